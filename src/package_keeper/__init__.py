"""Package Keeper keeps, deletes and restores versions of GitHub Packages."""

__version__ = "0.1.0"
