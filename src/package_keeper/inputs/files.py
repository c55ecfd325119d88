"""Which files the action may write: those in the workspace, by their path.

Decides by the path alone, without looking at the disk. It does not decide about symbolic links:
whoever opens the file must not follow them out of the workspace.
"""

from pathlib import Path, PurePosixPath

from package_keeper.inputs.values import unreadable

ACCEPTED = "a file in the workspace, such as reports/journal.jsonl"


def workspace_file(text: str, workspace: Path) -> Path:
    """The absolute path of a file below `workspace`, which is absolute itself.

    An absolute path is accepted where it lies in the workspace, since `${{ github.workspace }}` is
    a common way to write one.
    """
    if not workspace.is_absolute():
        raise unreadable(text, "has no workspace to be in: GITHUB_WORKSPACE is not absolute")
    path = PurePosixPath(text)
    if ".." in path.parts:
        raise unreadable(text, "leads upwards with '..'")
    absolute = PurePosixPath(workspace) / path
    if not absolute.is_relative_to(workspace):
        raise unreadable(text, "is outside of the workspace")
    if text.endswith("/") or absolute == PurePosixPath(workspace):
        raise unreadable(text, "is a folder, not a file")
    return Path(absolute)
