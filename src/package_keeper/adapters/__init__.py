"""The outside world: the only importers of PyGithub, requests and actions-toolkit."""
