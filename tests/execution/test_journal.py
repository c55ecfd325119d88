"""The journal: what stands in its lines, and when."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import digest_of, package, version
from fakes.runs import LinesInMemory
from package_keeper.domain.errors import NotJournalled
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.execution.journal import Journal

NOW = datetime(2026, 11, 22, 12, 0, 0, 5000, tzinfo=UTC)
VERSION = version(7, digest_of("7"), "v1", "latest")
DECISION = Decision(
    version=VERSION,
    verdict=Verdict.DELETE,
    ground=Ground.RULE,
    reason="selected by delete: *",
    parents=(digest_of("8"),),
)
RESULT = Result(version=VERSION, outcome=Outcome.DELETED, detail="deleted", request_id="A:1")


def journal(lines: LinesInMemory) -> Journal:
    return Journal(lines=lines, now=lambda: NOW, header={"program": "package-keeper 1"})


def test_a_run_that_does_nothing_writes_nothing() -> None:
    lines = LinesInMemory()
    journal(lines)
    assert lines.lines == []


def test_a_header_then_a_line_before_and_a_line_after() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    writing.started(package(), DECISION)
    writing.ended(package(), DECISION, RESULT)
    about = {
        "time": "2026-11-22T12:00:00.005Z",
        "owner": "acme",
        "type": "container",
        "package": "app",
        "id": 7,
        "name": digest_of("7"),
        "tags": ["v1", "latest"],
        "parents": [digest_of("8")],
        "action": "delete",
        "reason": "selected by delete: *",
    }
    assert lines.entries == [
        {"journal": 1, "time": "2026-11-22T12:00:00.005Z", "program": "package-keeper 1"},
        {**about, "outcome": "started", "request-id": None},
        {**about, "outcome": "deleted", "request-id": "A:1", "detail": "deleted"},
    ]


def test_the_line_after_says_which_tags_are_off_and_the_line_before_which_are_to_go() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    untag = replace(DECISION, verdict=Verdict.UNTAG, tags_off=("v1", "latest"))
    outcome = replace(RESULT, outcome=Outcome.DENIED)
    for result in (replace(outcome, tags_off=("v1",)), outcome):
        writing.started(package(), untag)
        writing.ended(package(), untag, result)
    assert [entry["tags-off"] for entry in lines.entries[1:]] == [
        ["v1", "latest"],
        ["v1"],
        ["v1", "latest"],
        [],
    ]


def test_what_stands_in_for_a_tag_is_no_image_that_loses_it() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    stand_in = replace(DECISION, verdict=Verdict.UNTAG, ground=Ground.PART, tags_off=("v1",))
    writing.started(package(), stand_in)
    writing.ended(package(), stand_in, RESULT)
    assert all("tags-off" not in entry for entry in lines.entries)


def test_what_is_started_and_has_not_ended_may_have_been_done() -> None:
    writing = journal(LinesInMemory())
    other = replace(DECISION, version=version(8, digest_of("8")))
    writing.started(package(), DECISION)
    writing.started(package(), other)
    writing.ended(package(), DECISION, RESULT)
    assert writing.unsettled(package().ref) == (other,)
    assert writing.unsettled(replace(package().ref, name="another")) == ()


def test_several_are_written_at_once_all_before_and_all_after() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    other = replace(DECISION, version=version(8, digest_of("8")))
    writing.started(package(), DECISION, other)
    assert writing.unsettled(package().ref) == (DECISION, other)
    ends = [(DECISION, RESULT), (other, replace(RESULT, version=other.version))]
    writing.all_ended(package(), ends)
    assert lines.actions == [(7, "started"), (8, "started"), (7, "deleted"), (8, "deleted")]
    assert writing.unsettled(package().ref) == ()


def test_what_could_not_be_written_was_not_started() -> None:
    lines = LinesInMemory()

    def full(line: str) -> None:
        raise OSError("full")

    lines.before = full
    writing = journal(lines)
    with pytest.raises(NotJournalled, match="full"):
        writing.started(package(), DECISION)
    assert writing.unsettled(package().ref) == ()


def test_after_a_line_that_could_not_be_written_nothing_is_announced() -> None:
    """What was done is still told, where there is room again."""
    lines = LinesInMemory()
    writing = journal(lines)
    writing.started(package(), DECISION)

    def full(line: str) -> None:
        raise OSError("full")

    lines.before = full
    writing.ended(package(), DECISION, RESULT)
    assert writing.unsettled(package().ref) == ()
    lines.before = lambda _: None
    before = len(lines.lines)
    with pytest.raises(NotJournalled, match="full"):
        writing.started(package(), DECISION)
    with pytest.raises(NotJournalled, match="full"):
        writing.package_started(package().ref, Verdict.RESTORE)
    assert len(lines.lines) == before
    writing.ended(package(), DECISION, RESULT)
    assert len(lines.lines) == before + 1


def test_a_whole_package_has_lines_without_a_version() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    writing.package_started(package().ref, Verdict.RESTORE)
    writing.package_ended(package().ref, Verdict.RESTORE, Outcome.RESTORED)
    _, started, ended = lines.entries
    assert (started["id"], started["action"], started["outcome"]) == (None, "restore", "started")
    assert ended["outcome"] == "restored"


def test_lines_of_several_threads_never_mix() -> None:
    lines = LinesInMemory()
    writing = journal(lines)
    threads = [
        threading.Thread(
            target=lambda n=n: writing.started(
                package(), replace(DECISION, version=version(n, str(n)))
            )
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("journal" in entry for entry in lines.entries) == 1
    assert "journal" in lines.entries[0]
    assert sorted(number for number, _ in lines.actions if isinstance(number, int)) == list(
        range(20)
    )


_texts = st.text(st.characters(exclude_categories=()), max_size=20)


@given(_texts, _texts, _texts)
def test_whatever_the_names_are_a_line_is_one_line(tag: str, reason: str, detail: str) -> None:
    lines = LinesInMemory()
    decided = replace(DECISION, version=replace(VERSION, tags=(tag,)), reason=reason)
    writing = journal(lines)
    writing.ended(package(), decided, replace(RESULT, detail=detail))
    line = lines.lines[-1]
    assert line.isascii()
    assert line.isprintable()
    read = json.loads(line)
    assert (read["tags"], read["reason"], read["detail"]) == ([tag], reason, detail)
