"""Patterns: what they match, always the whole text and case sensitively."""

import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from package_keeper.domain import patterns
from package_keeper.domain.errors import PatternTooSlow
from package_keeper.domain.patterns import Pattern, any_matches


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("latest", ["latest"], ["Latest", "latest-1", "not-latest", "lates", ""]),
        ("v*", ["v", "v1", "v1.2.3", "very"], ["V1", "av1", ""]),
        ("*", ["", "a", "a b", "a\nb"], []),
        ("pr-?", ["pr-1", "pr-?"], ["pr-", "pr-12"]),
        ("v[12]", ["v1", "v2"], ["v3", "v12", "v[12]"]),
        ("v[!12]", ["v3", "vx"], ["v1", "v"]),
        ("1.2", ["1.2"], ["1x2", "112"]),
        ("a+b", ["a+b"], ["aab"]),
        ("sha256:12*", ["sha256:12", "sha256:123"], ["12", "sha256:2"]),
        ("/pr-[0-9]+/", ["pr-1", "pr-12"], ["pr-", "pr-1a", "apr-1"]),
        ("/a|b/", ["a", "b"], ["ab", "ac"]),
        ("/a|ab/", ["a", "ab"], ["abc"]),
        ("/(?i)latest/", ["latest", "LATEST"], ["latest1"]),
        ("/./", ["a", "/"], ["", "ab", "\n"]),
    ],
)
def test_a_pattern_matches_the_whole_text_or_not_at_all(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    assert [text for text in [*matching, *others] if Pattern(pattern).matches(text)] == matching


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("/", "starts with '/' but is not a regular expression between two slashes"),
        ("//", "starts with '/' but is not a regular expression between two slashes"),
        ("/v1", "starts with '/' but is not a regular expression between two slashes"),
        ("/(/", "is not a regular expression: missing ), unterminated subpattern at position 0"),
        ("/v[[:digit:]]/", "holds [:digit:], which Python's regular expressions do not have"),
        ("/[^[:^alpha:]]+/", "holds [:^alpha:], which Python's regular expressions do not have"),
        ("/a{99999999999}/", "is not a regular expression: the repetition number is too large"),
        (f"/{'(' * 5000}{')' * 5000}/", "is not a regular expression: it is nested too deeply"),
    ],
)
def test_what_is_no_pattern_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        Pattern(text)


@pytest.mark.filterwarnings("ignore:Possible :FutureWarning")
@given(st.text(max_size=12) | st.text("/()[]{}*+?|\\a1,", max_size=12), st.text(max_size=5))
def test_any_text_is_a_pattern_or_a_value_error(text: str, other: str) -> None:
    try:
        pattern = Pattern(text)
    except ValueError:
        return
    pattern.matches(other)
    assert str(pattern) == text
    assert not pattern.is_literal or pattern.matches(text)


@pytest.mark.parametrize(
    ("pattern", "text", "group"),
    [
        ("/(.+)-[0-9a-f]{7,40}/", "main-0a1b2c3", "main"),
        ("/(.+)-[0-9a-f]{7,40}/", "main", None),
        ("/(a)?b/", "b", None),
        ("/a.*/", "abc", None),
        ("a*", "abc", None),
    ],
)
def test_the_first_group_is_that_of_a_regular_expression(
    pattern: str, text: str, group: str | None
) -> None:
    assert Pattern(pattern).first_group(text) == group


@pytest.mark.parametrize(
    ("text", "literal", "regex", "digest"),
    [
        ("latest", True, False, False),
        ("v*", False, False, False),
        ("v?", False, False, False),
        ("v[1]", False, False, False),
        ("/v/", False, True, False),
        ("sha256:abc", True, False, True),
        ("sha256:*", False, False, True),
        ("/sha256:.*/", False, True, False),
    ],
)
def test_what_kind_of_pattern_it_is(text: str, literal: bool, regex: bool, digest: bool) -> None:  # noqa: FBT001 - a table
    pattern = Pattern(text)
    assert (pattern.is_literal, pattern.is_regex, pattern.means_digest) == (literal, regex, digest)


def test_one_of_several_is_enough() -> None:
    patterns = (Pattern("a*"), Pattern("/b+/"))
    assert any_matches(patterns, "bb")
    assert not any_matches(patterns, "c")
    assert not any_matches((), "a")


def test_patterns_are_equal_where_they_are_written_alike() -> None:
    assert Pattern("a*") == Pattern("a*")
    assert len({Pattern("a*"), Pattern("a*"), Pattern("b")}) == 2
    assert repr(Pattern("a*")) == "Pattern(text='a*')"


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "(a|b)", "(a|ab)", "(ab?)", r"\w"])
PIECES = st.tuples(ATOMS, st.sampled_from(["", "*", "+", "?", "{2}"])).map("".join)


@given(
    expression=st.lists(PIECES, min_size=1, max_size=5).map("".join),
    text=st.text("abc", max_size=8),
)
def test_regular_expressions_are_those_of_python(expression: str, text: str) -> None:
    """Though another library matches them."""
    pattern, match = Pattern(f"/{expression}/"), re.fullmatch(expression, text)
    assert pattern.matches(text) == (match is not None)
    if match and match.re.groups:
        assert pattern.first_group(text) == match[1]


@pytest.mark.parametrize(
    "expression", ["pr-{i}", "pr-{e}", "pr{1i+1d<2e}", r"pr\{e}", "[{e}]x", "{"]
)
@pytest.mark.parametrize(
    "text", ["pr-", "pr-1", "pr-{i}", "pr-{e}", "pr{1i+1d<2e}", "pr{e}", "ex", "{"]
)
def test_braces_that_repeat_nothing_are_text_as_in_python(expression: str, text: str) -> None:
    assert Pattern(f"/{expression}/").matches(text) == bool(re.fullmatch(expression, text))


@pytest.mark.parametrize("repeated", ["a{2}", "a{2,}", "a{,2}", "a{1,2}", r"\\{1}"])
def test_braces_that_repeat_do(repeated: str) -> None:
    for text in ("", "a", "aa", "aaa", "\\"):
        assert Pattern(f"/{repeated}/").matches(text) == bool(re.fullmatch(repeated, text))


def test_an_expression_that_takes_for_ever_ends_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other threads go on meanwhile, such as the one that hears of a cancelled run."""
    monkeypatch.setattr(patterns, "LONGEST", 0.2)
    beats: list[int] = []
    done = threading.Event()

    def beat() -> None:
        while not done.wait(0.001):
            beats.append(1)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        before = len(beats)
        with pytest.raises(PatternTooSlow, match=r"/\(a\|aa\)\+b/ took more than 0\.2 s"):
            Pattern("/(a|aa)+b/").matches("a" * 80)
        assert len(beats) > before
    finally:
        done.set()
        thread.join()


def test_what_only_looks_as_if_it_took_for_ever_does_not() -> None:
    assert not Pattern("/sha-([0-9a-f]+)*-dev/").matches("sha-" + "0123456789abcdef" * 3)
    assert Pattern("/sha-([0-9a-f]+)*-dev/").matches("sha-" + "0123456789abcdef" * 3 + "-dev")
