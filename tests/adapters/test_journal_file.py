"""The journal's file: appended to, on disk when told so, and never outside of the workspace."""

import os
from pathlib import Path

import pytest

from package_keeper.adapters.journal_file import (
    JournalFile,
    OutsideWorkspace,
    check_journal,
    read_journal,
)


def opened(path: Path, workspace: Path) -> JournalFile:
    return JournalFile(path, workspace=workspace, redact=lambda line: line.replace("secret", "***"))


def test_lines_are_appended_and_the_file_is_made_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "journal.jsonl"
    journal = opened(path, tmp_path)
    assert not path.parent.exists()
    written = [journal.is_written]
    journal.append("one")
    assert [*written, journal.is_written] == [False, True]
    journal.append("zwei ü")
    journal.close()
    again = opened(path, tmp_path)
    again.append("three")
    again.close()
    assert read_journal(path, workspace=tmp_path) == "one\nzwei ü\nthree\n"


def test_a_line_that_was_cut_stays_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('whole\n{"cut')
    journal = opened(path, tmp_path)
    journal.append("next")
    journal.close()
    assert path.read_text() == 'whole\n{"cut\nnext\n'


def test_a_line_is_on_disk_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    path = tmp_path / "journal.jsonl"
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_text()))
    journal = opened(path, tmp_path)
    journal.append("one")
    journal.append("two")
    journal.close()
    assert synced == ["one\n", "one\ntwo\n"]


def test_several_lines_are_on_disk_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    path = tmp_path / "journal.jsonl"
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_text()))
    journal = opened(path, tmp_path)
    journal.append("one", "two with a secret")
    journal.close()
    assert synced == ["one\ntwo with a ***\n"]


def test_after_a_write_that_failed_the_next_line_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    journal = opened(path, tmp_path)
    journal.append("one")

    def full(_: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            journal.append("two")
    journal.append("three")
    journal.close()
    assert path.read_text().splitlines() == ["one", "two", "three"]


def test_a_line_is_written_without_what_must_not_show(tmp_path: Path) -> None:
    journal = opened(tmp_path / "journal.jsonl", tmp_path)
    journal.append("a secret")
    journal.close()
    assert (tmp_path / "journal.jsonl").read_text() == "a ***\n"


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    journal = opened(tmp_path / "journal.jsonl", tmp_path)
    journal.close()
    with pytest.raises(OSError, match="the journal is closed"):
        journal.append("late")


def outside_of(tmp_path: Path, link: str) -> tuple[Path, Path]:
    """A workspace with a link, to a file or to its folder, that leads out of it."""
    workspace, outside = tmp_path / "workspace", tmp_path / "outside"
    workspace.mkdir()
    outside.mkdir()
    (outside / "journal.jsonl").write_text("theirs\n")
    if link == "file":
        (workspace / "journal.jsonl").symlink_to(outside / "journal.jsonl")
        return workspace, workspace / "journal.jsonl"
    (workspace / "reports").symlink_to(outside)
    return workspace, workspace / "reports" / "journal.jsonl"


@pytest.mark.parametrize("link", ["file", "folder"])
def test_no_link_leads_out_of_the_workspace(tmp_path: Path, link: str) -> None:
    workspace, path = outside_of(tmp_path, link)
    with pytest.raises(OutsideWorkspace, match="leads out of the workspace"):
        read_journal(path, workspace=workspace)
    journal = opened(path, workspace)
    with pytest.raises(OutsideWorkspace):
        journal.append("ours")
    assert path.read_text() == "theirs\n"


def test_a_link_inside_of_the_workspace_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("one\n")
    (tmp_path / "journal.jsonl").symlink_to(tmp_path / "real.jsonl")
    assert read_journal(tmp_path / "journal.jsonl", workspace=tmp_path) == "one\n"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is not a file"):
        read_journal(tmp_path / "pipe", workspace=tmp_path)


def test_a_mark_that_an_editor_left_at_the_beginning_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b"\xef\xbb\xbfone\n")
    assert read_journal(tmp_path / "journal.jsonl", workspace=tmp_path) == "one\n"


def test_what_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_journal(tmp_path / "journal.jsonl", workspace=tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnicodeDecodeError):
        read_journal(tmp_path / "binary", workspace=tmp_path)


def test_a_place_that_may_not_be_written_to_is_known_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reports" / "journal.jsonl"
    check_journal(path, workspace=tmp_path)
    assert not path.parent.exists()
    asked: list[object] = []
    monkeypatch.setattr(os, "access", lambda place, _: asked.append(place))
    with pytest.raises(OSError, match="may not write there"):
        check_journal(path, workspace=tmp_path)
    path.parent.mkdir()
    path.write_text("")
    with pytest.raises(OSError, match="may not write there"):
        check_journal(path, workspace=tmp_path)
    assert asked == [tmp_path, path]
