"""What these tests ask of the action, and what its journal says became of each version."""

from end_to_end.runner import Finished
from fake_github import FakeVersion, Fault, FaultKind

NPM = {"package-type": "npm", "versions-to-keep": "2"}


def outcome_of(finished: Finished, version: FakeVersion) -> str:
    """What the journal says last about a version."""
    return finished.outcomes[version.id]


def outcomes_of(finished: Finished, versions: list[FakeVersion]) -> set[str]:
    """What the journal says last about these versions, each outcome once."""
    return {outcome_of(finished, version) for version in versions}


def refused(status: int, message: str, **headers: str) -> Fault:
    """Every deletion is answered so; `_` stands for `-` in the names of headers."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    body = {"message": message, "documentation_url": "https://docs.github.com", "status": "403"}
    return Fault(
        kind=FaultKind.STATUS,
        method="DELETE",
        status=status,
        body=body,
        headers=names,
        times=None,
    )
