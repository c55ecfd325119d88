"""What counts as a journal, and what is gone by its account."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from package_keeper.domain.account import account_of, gone_by
from package_keeper.domain.journal import (
    Entries,
    JournalEntry,
    NotAJournal,
    PackageEntry,
    parse_journal,
)
from package_keeper.domain.model import PackageType
from package_keeper.domain.plan import Verdict

HEADER = json.dumps({"journal": 1, "time": "2026-11-22T12:00:00Z", "run": ""})


def line(number: int = 1, outcome: str = "deleted", **changes: object) -> str:
    fields: dict[str, object] = {
        "time": "2026-11-22T12:00:00Z",
        "owner": "acme",
        "type": "npm",
        "package": "app",
        "id": number,
        "name": f"{number}.0.0",
        "tags": [],
        "parents": [],
        "action": "delete",
        "reason": "selected",
        "outcome": outcome,
        "request-id": None,
    }
    return json.dumps(fields | changes)


def journal(*lines: str) -> str:
    return "".join(f"{text}\n" for text in (HEADER, *lines))


def gone(*lines: str) -> list[int]:
    return [entry.id for entry in gone_by(parse_journal(journal(*lines)).versions)]


def versions_in(text: str) -> tuple[JournalEntry, ...]:
    return parse_journal(text).versions


def test_a_line_becomes_an_entry() -> None:
    (entry,) = versions_in(journal(line(tags=["a"], parents=["b"], type="container")))
    assert entry == JournalEntry(
        owner="acme",
        type=PackageType.CONTAINER,
        package="app",
        id=1,
        name="1.0.0",
        tags=("a",),
        parents=("b",),
        action=Verdict.DELETE,
        outcome="deleted",
    )


# Cut


@given(st.integers(0, 3000))
@settings(max_examples=300)
def test_a_journal_may_end_anywhere(length: int) -> None:
    """As `kill -9` leaves it; whole lines are never lost, and half a line never counts."""
    whole = journal(*(line(n, outcome) for n in (1, 2) for outcome in ("started", "deleted")))
    text = whole[:length]
    if "\n" not in text and text != HEADER:
        with pytest.raises(NotAJournal, match="no run wrote a whole line"):
            parse_journal(text)
        return
    complete = text.count("\n") - 1 + (text != whole and text.endswith("}"))
    assert len(versions_in(text)) == max(min(complete, 4), 0)


HOSTILE = 'selected by /{a}", {"x": {}}\\{}}/'


@given(st.integers(0, 3000), st.booleans())
@settings(max_examples=300)
def test_a_line_may_be_cut_after_any_character_of_its_reason(
    length: int,
    goes_on: bool,  # noqa: FBT001
) -> None:
    """Braces and quotes in it end nothing, neither at the end nor where the next run goes on."""
    head = f"{HEADER}\n{line(1)}\n"
    cut = line(2, reason=HOSTILE)
    cut = cut[: length % len(cut)]
    text = head + (f"{cut}\n{HEADER}\n{line(3)}\n" if goes_on else cut)
    assert [entry.id for entry in versions_in(text)] == ([1, 3] if goes_on else [1])


def test_the_next_run_goes_on_after_a_cut_line() -> None:
    text = journal(line(1), line(2)[:40], HEADER, line(3))
    assert [entry.id for entry in versions_in(text)] == [1, 3]


def test_a_disk_that_was_full_for_a_while_loses_only_the_lines_it_did_not_take() -> None:
    text = journal(line(1), line(2, "started"), line(2)[:70], line(3))
    assert [entry.id for entry in versions_in(text)] == [1, 2, 3]


def test_a_header_that_was_cut_is_followed_by_another() -> None:
    assert versions_in(f"{HEADER[:20]}\n{journal(line(1))}")[0].id == 1


@pytest.mark.parametrize("length", [0, 40, None])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_power_loss_may_leave_nul_bytes_at_the_end(length: int | None, *, goes_on: bool) -> None:
    """Where the file had its new size on disk, and not yet all that was to be in it."""
    text = journal(line(1)) + line(2)[:length] + "\0" * 300
    text += f"\n{HEADER}\n{line(3)}\n" if goes_on else ""
    assert [e.id for e in versions_in(text)] == [1, *[2] * (length is None), *[3] * goes_on]


def test_nul_bytes_within_a_line_are_nothing_that_a_power_loss_leaves() -> None:
    with pytest.raises(NotAJournal, match="line 2"):
        versions_in(journal("\0" + line(1)))


@pytest.mark.parametrize("end", ["\r\n", "\n\n"])
def test_line_ends_may_have_changed_on_the_way(end: str) -> None:
    assert versions_in(journal(line(1)).replace("\n", end))[0].id == 1


# Not a journal


@pytest.mark.parametrize("text", ["", "\n\n", "{", "{\n{\n"])
def test_nothing_written_is_no_journal(text: str) -> None:
    with pytest.raises(NotAJournal, match="no run wrote a whole line to it"):
        parse_journal(text)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "7",
        '"text"',
        "[" * 100_000,
        line(1),
        f"{HEADER}\nnot json\n{line(1)}",
        f"{HEADER}\n[]\n",
        f"{HEADER}\n{'9' * 5000}\n",
        f'{HEADER}\n{{"a": {"[" * 100_000}{"]" * 100_000}}}\n',
        f"{HEADER}\n{{}}\n",
        f"{HEADER}\n{line(1)[:-1]}, }}\n",
        f"{HEADER}\n{line(1)}}}\n",
        f"{HEADER}\n{line(1)}{line(2)}\n",
        f'{HEADER}\n{{"a": "{line(1)}',
    ],
)
def test_other_texts_are_refused_with_the_line(text: str) -> None:
    with pytest.raises(NotAJournal, match=r"^line [12] is not a line of a journal$"):
        parse_journal(text)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1"},
        {"id": 0},
        {"id": -1},
        {"id": 1.5},
        {"id": True},
        {"id": None},
        {"id": [1]},
        {"owner": None},
        {"type": "docker-image"},
        {"package": 7},
        {"name": ["x"]},
        {"tags": "v1"},
        {"tags": [1]},
        {"parents": {}},
        {"action": "destroy"},
        {"outcome": 3},
    ],
)
def test_fields_are_what_they_must_be(change: dict[str, object]) -> None:
    with pytest.raises(NotAJournal, match="line 2 is not a line of a journal"):
        parse_journal(journal(line(1, **change)))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["owner", "type", "package", "id", "name", "tags", "outcome"])
def test_no_field_may_be_missing(field: str) -> None:
    fields = json.loads(line())
    del fields[field]
    with pytest.raises(NotAJournal, match="line 2"):
        parse_journal(journal(json.dumps(fields)))


def test_another_version_of_the_format_is_refused() -> None:
    with pytest.raises(NotAJournal, match="line 1 is of a journal of version 2, not 1"):
        parse_journal('{"journal": 2}\n')


@given(st.text())
def test_any_text_is_a_journal_or_refused(text: str) -> None:
    with suppress(NotAJournal):
        assert isinstance(parse_journal(f"{HEADER}\n{text}"), Entries)


# Gone


@pytest.mark.parametrize("outcome", ["started", "deleted", "error"])
def test_what_may_have_been_deleted_counts_as_gone(outcome: str) -> None:
    assert gone(line(1, "started"), line(1, outcome)) == [1]


@pytest.mark.parametrize(
    "outcome", ["denied", "retained", "undeletable", "changed", "not-attempted", "already-gone"]
)
def test_what_was_not_deleted_is_not_gone(outcome: str) -> None:
    assert gone(line(1, "started"), line(1, outcome)) == []


@pytest.mark.parametrize("outcome", ["already-gone", "not-attempted"])
def test_what_an_earlier_run_may_have_deleted_stays_gone(outcome: str) -> None:
    """The first run was killed; its deletion was carried out, as the second one finds."""
    assert gone(line(1, "started"), HEADER, line(1, "started"), line(1, outcome)) == [1]


def test_what_was_brought_back_is_not_gone_and_the_rest_is() -> None:
    restore = {"action": "restore"}
    done = [line(n) for n in (1, 2, 3)]
    back = [line(1, "started", **restore), line(1, "restored", **restore)]
    not_back = [line(2, "started", **restore), line(3, "denied", **restore)]
    assert gone(*done, HEADER, *back, *not_back) == [3, 2]
    assert gone(*done[:1], *back, line(1)) == [1]
    assert gone(*back) == []


def test_what_was_confirmed_and_could_not_be_read_afterwards_is_gone_still() -> None:
    restore = {"action": "restore"}
    said = [line(1, text, **restore) for text in ("started", "restored", "error")]
    assert gone(line(1), *said) == [1]
    assert gone(line(1), *said, *said[:2]) == []
    assert gone(*said) == []


def test_taking_a_tag_off_deletes_nothing_that_is_to_come_back() -> None:
    """Its stand-in is deleted, and is nobody's; the image was there."""
    untag = {"action": "untag"}
    assert gone(line(1, "untagged", **untag), line(2, "started", **untag)) == []
    assert gone(line(2, "deleted", **untag)) == []


@pytest.mark.parametrize("outcome", ["started", "deleted", "error"])
def test_a_stand_in_that_a_later_run_deleted_is_not_to_come_back(outcome: str) -> None:
    """The tag would lead to it, and whoever pulls it would pull nothing."""
    text = journal(line(1, outcome, **{"stand-in": True}), line(2, outcome))
    assert [entry.id for entry in account_of(parse_journal(text)).versions] == [2]
    with pytest.raises(NotAJournal, match="line 2"):
        versions_in(journal(line(1, **{"stand-in": "yes"})))


# Whole packages, and tags


def whole(outcome: str, action: str = "delete", **changes: object) -> str:
    about = {"owner": "acme", "type": "npm", "package": "app", "whole-package": True, "id": None}
    return json.dumps(about | {"action": action, "outcome": outcome} | changes)


def packages_gone(*lines: str) -> list[str]:
    account = account_of(parse_journal(journal(*lines)))
    return [entry.package for entry in account.packages]


def test_a_line_about_a_package_is_about_no_version() -> None:
    parsed = parse_journal(journal(line(1), whole("started")))
    assert [entry.id for entry in parsed.versions] == [1]
    assert parsed.packages == (
        PackageEntry(
            owner="acme",
            type=PackageType.NPM,
            package="app",
            action=Verdict.DELETE,
            outcome="started",
        ),
    )


@pytest.mark.parametrize("change", [{"owner": 1}, {"type": "x"}, {"action": "x"}, {"outcome": 0}])
def test_fields_of_a_package_are_what_they_must_be(change: dict[str, object]) -> None:
    with pytest.raises(NotAJournal, match="line 2 is not a line of a journal"):
        parse_journal(journal(whole(**{"outcome": "started", **change})))  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", ["deleted", "error"])
def test_a_package_that_may_have_been_deleted_counts_as_gone(outcome: str) -> None:
    assert packages_gone(whole("started")) == ["app"]
    assert packages_gone(whole("started"), whole(outcome)) == ["app"]
    assert packages_gone(whole("started", package="web"), whole(outcome)) == ["app", "web"]


def test_a_package_that_is_back_or_was_never_deleted_is_not_gone() -> None:
    back = [whole("started", "restore"), whole("restored", "restore")]
    assert packages_gone(whole("deleted"), *back) == []
    assert packages_gone(whole("deleted"), back[0]) == ["app"]
    assert packages_gone(whole("deleted"), whole("error", "restore")) == ["app"]
    assert packages_gone(whole("started"), whole("denied")) == []
    again = [whole("started"), whole("already-gone")]
    assert packages_gone(whole("started"), *again) == ["app"]
    assert packages_gone(*again) == []


def test_tags_that_were_taken_off_are_named_once_with_the_last_outcome() -> None:
    untag = {"action": "untag"}
    account = account_of(
        parse_journal(
            journal(
                line(1, "started", **untag, **{"tags-off": ["a", "b"]}),
                line(9, "deleted", **untag),
                line(1, "error", **untag, **{"tags-off": ["a", "b"]}),
                line(2, "started", **untag, **{"tags-off": ["d"]}),
                line(1, "started", **untag, **{"tags-off": ["b", "c"]}),
            )
        )
    )
    found = [(entry.id, entry.tags_off, entry.outcome) for entry in account.untagged]
    assert found == [(1, ("a", "b", "c"), "started"), (2, ("d",), "started")]
    assert account.names == ("app",)
    assert account.versions == ()


def lost(*lines: tuple[str, list[str]]) -> list[tuple[tuple[str, ...], str]]:
    """The tags that one image lost by lines with these outcomes and tags, and the last of these."""
    written = (line(1, outcome, action="untag", **{"tags-off": tags}) for outcome, tags in lines)
    account = account_of(parse_journal(journal(*written)))
    return [(entry.tags_off, entry.outcome) for entry in account.untagged]


def test_how_taking_tags_off_ended_says_which_of_them_are_off() -> None:
    assert lost(("started", ["a", "b"]), ("not-attempted", ["a"])) == [(("a",), "not-attempted")]
    assert lost(("started", ["a", "b"]), ("denied", [])) == []
    assert lost(("started", ["a", "b"]), ("untagged", ["a", "b"])) == [(("a", "b"), "untagged")]


def test_a_run_that_took_nothing_off_leaves_what_the_runs_before_did() -> None:
    before = ("started", ["a"]), ("untagged", ["a"])
    assert lost(*before, ("started", ["b"]), ("changed", [])) == [(("a",), "untagged")]
    killed = ("started", ["a", "b"])
    assert lost(killed, ("started", ["b"]), ("denied", [])) == [(("a", "b"), "started")]


def test_an_end_without_its_beginning_counts_as_well() -> None:
    """A disk that was full for a while did not take the first line."""
    assert lost(("not-attempted", ["a"])) == [(("a",), "not-attempted")]
    assert lost(("untagged", ["a"]), ("untagged", ["b"])) == [(("a", "b"), "untagged")]


def test_the_same_id_in_another_package_is_another_version() -> None:
    restored = line(1, "restored", action="restore", package="web")
    assert gone(line(1), restored) == [1]
