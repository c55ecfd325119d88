"""GitHub's Packages API over PyGithub."""

from package_keeper.adapters.github.client import GitHubPackages

__all__ = ["GitHubPackages"]
