"""Whatever is written into the inputs: settings or mistakes, never a crash, never the token."""

import string
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inputs.environments import TOKEN, environment
from package_keeper.domain.errors import WrongInputs
from package_keeper.inputs.declared import INPUTS
from package_keeper.inputs.lists import read_items, read_patterns
from package_keeper.inputs.settings import Settings, read_settings
from package_keeper.inputs.values import FALSE, TRUE, Unreadable

NAMES = [entry.name for entry in INPUTS]
TELLING = [
    *"true false 0 7 -1 10% 30d container npm nuget maven keep-newest ghp_abcdef ${{x}}".split(),
    *"* v1.* /v[0-9]{1,2}/ !x [ ] [! /( /(?i)x/ sha256: # , / .. ghcr.io/ Octo-Org/ @".split(),
    *"%2F %40 /github/workspace/x http:// [::1] https://api.github.com https://ghcr.io".split(),
    *(" ", "\n", "\x00", "\u202e", "\udc80"),
]
text = st.one_of(
    st.sampled_from(TELLING),
    st.lists(st.sampled_from(TELLING), max_size=5).map("".join),
    st.text(max_size=30),
    st.text(string.printable, max_size=60),
)
RIGHT = {
    "owner": ("octo", "Octo-Org"),
    "package-name": ("app", "ghcr.io/octo-org/app, b", "w-*, !w-1", "/w+/, !w"),
    "package-type": ("container", "npm", "docker"),
    "versions-to-keep": ("0", "3"),
    "keep": ("latest", "v1.*, /x{1,2}/"),
    "delete": ("pr-*", "/.*/"),
    "older-than": ("30d", "0s"),
    "delete-untagged": ("true", "false"),
    "delete-ids": ("7", "7, 8"),
    "untag": ("true", "false"),
    "dry-run": ("TRUE", "False"),
    "max-deletions": ("5", "10%"),
    "if-empty": ("fail", "keep-newest"),
    "journal-file": ("a/j.jsonl", "/github/workspace/j"),
    "manifest-cache": ("cache",),
    "max-wait": ("1h",),
    "api-url": ("https://api.github.com", "https://ghes.example/api/v3"),
    "registry-url": ("http://127.0.0.1:5000",),
}
right = st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in RIGHT.items()})
inputs = st.builds(
    lambda rights, others: {"versions-to-keep": "3"} | rights | others,
    right,
    st.dictionaries(st.sampled_from(NAMES), text, max_size=2),
)
unknown = st.dictionaries(
    st.text(st.characters(exclude_characters="\x00="), max_size=20), text, max_size=2
)


def read(values: dict[str, str]) -> Settings | WrongInputs:
    try:
        return read_settings(environment(values))
    except WrongInputs as wrong:
        return wrong


@given(inputs, st.one_of(st.just({}), unknown))
def test_nothing_but_settings_or_mistakes(known: dict[str, str], more: dict[str, str]) -> None:
    result = read(more | {"token": TOKEN} | known)
    if isinstance(result, WrongInputs):
        assert result.mistakes
        assert all(len(m.value or "") <= 100 and len(m.problem) <= 300 for m in result.mistakes)
        shown = [part for m in result.mistakes for part in (m.name, m.value or "", m.problem)]
        assert all(part.isprintable() for part in shown)
    else:
        assert result.short.selects
        assert result.names.exact or result.names.globs
        for name in result.names.exact:
            assert name.isprintable()
            assert not set(name.split("/")) & {"", ".", ".."}
            assert result.names.selects(name)
        assert result.journal_file.is_relative_to(result.workspace)
        assert ".." not in result.journal_file.parts


@given(st.text(max_size=12).filter(lambda t: t.strip() not in (*TRUE, *FALSE, "")))
def test_a_mistyped_boolean_never_yields_settings(text: str) -> None:
    for name in ("dry-run", "untag", "delete-untagged"):
        result = read({"delete": "x", "delete-ids": "", name: text})
        assert isinstance(result, WrongInputs)
        assert result.mistakes[0].name == name


@given(
    st.text(string.ascii_letters + string.digits + string.punctuation, min_size=20, max_size=60),
    st.sampled_from([*NAMES, "dry_run", "zzz"]),
    text,
    text,
    inputs,
)
def test_the_token_never_shows(
    token: str, name: str, before: str, after: str, others: dict[str, str]
) -> None:
    """In whatever input it stands, and as the name of one."""
    values = others | {name: before + token + after, "token": token}
    for result in (read(values), read(values | {token: "x"})):
        shown = str(result) if isinstance(result, WrongInputs) else repr(result.summary_settings)
        assert token.lower() not in shown.lower()
        assert token.lower() not in repr(result).lower()


@given(text)
def test_items_are_what_is_left_of_the_text(text: str) -> None:
    try:
        items = read_items(text)
    except Unreadable:
        return
    assert len(set(items)) == len(items)
    for item in items:
        assert item == item.strip() != ""
        assert item in text
        assert "\n" not in item
        assert "," not in item or item.startswith(("/", "!/"))


@given(st.lists(st.from_regex(r"[a-z0-9.*?-]{1,8}", fullmatch=True), min_size=1, max_size=5))
def test_lines_and_commas_mean_the_same(items: list[str]) -> None:
    forms: list[Callable[[list[str]], str]] = [",".join, "\n".join, " , ".join, " # x\n".join]
    expected = tuple(dict.fromkeys(items))
    for form in forms:
        assert tuple(str(pattern) for pattern in read_patterns(form(items))) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_value_that_linux_passes_is_read_in_no_time(name: str) -> None:
    """128 KiB: no expression here backtracks, and no message gets long."""
    for piece in (
        "1",
        "[",
        "a ",
        "#",
        "/",
        "a.",
        "@",
        "1d",
        "%2F",
        "://",
        "ghp_",
        "a{n}:,",
        "!{n},",
    ):
        text = "".join(piece.replace("{n}", str(n)) for n in range(131_000 // len(piece)))
        started = time.process_time()
        result = read({"versions-to-keep": "3", "delete": "x", name: text})
        assert time.process_time() - started < 10
        if isinstance(result, WrongInputs):
            assert len(str(result)) < 10_000
