"""What exists: the packages that were asked for, their versions and their manifests."""
