"""No text from elsewhere is a command, markup, a mention or a link, and all of it can be read."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given

from package_keeper.rendering.links import Links
from package_keeper.rendering.untrusted import (
    code,
    for_html,
    for_log,
    for_markdown,
    for_table_cell,
    link,
    shorten,
    visible,
)
from rendering.reading import Page
from rendering.reports import HOSTILE
from rendering.strategies import texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.2.3-rc.1+build", "1.2.3-rc.1+build"),
        ("größe 界 🎉", "größe 界 🎉"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u200bb\u00adc\u3164", r"a\u200bb\xadc\u3164"),
        ("\ud800", r"\ud800"),
        ("the token ghp_0123456789abcdef leaked", "the token *** leaked"),
        ("GITHUB_PAT_0123456789_abcdef", "***"),
        ("ghs_12_eyJhbGciOi.J9.e30-x", "***"),
    ],
)
def test_what_cannot_be_seen_is_written_out_and_tokens_are_not(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("::error::owned", r":\:error:\:owned"),
        (":::", r":\:\:"),
        ("x ##[add-mask]y", r"x ##\[add-mask]y"),
        ("a: b::c", r"a: b:\:c"),
        ("sha256:abc", "sha256:abc"),
    ],
)
def test_a_log_line_is_never_a_command(text: str, line: str) -> None:
    assert for_log(text) == line


def is_command(line: str) -> bool:
    """Whether the runner looks for a command in it (OutputManager.cs, ActionCommand.cs)."""
    return line.lstrip().startswith("::") or "##[" in line


@given(texts)
@example("####[error]")
@example(" \u00a0\u2003::debug::x")
def test_no_line_is_a_command_alone_or_behind_anything(text: str) -> None:
    line = for_log(text)
    assert line.isprintable()
    assert not any(is_command(before + line) for before in ("", "  ", "delete ", "#", "x:"))
    assert "::" not in line
    assert for_log(line) == line


PLACES = ("{} end", "before {} end", "- {} end", "> {} end", "before\n{} end", "## {} end")


@pytest.mark.parametrize("place", PLACES)
@given(text=texts)
def test_text_in_markdown_is_text_and_all_of_it(place: str, text: str) -> None:
    page = Page(place.format(for_markdown(text)))
    assert page.elements <= {"p", "ul", "li", "blockquote", "h2", "span"}
    assert visible(text).strip() in page.text
    assert not page.alive


def start(text: str, limit: int) -> str:
    return shorten(visible(shorten(text, limit)), limit)


TABLE = "| a | b | c |\n| --- | --- | --- |\n| one | {} | three |\n"


@pytest.mark.parametrize(
    ("neutral", "limit"), [(for_table_cell, 300), (code, 200), (for_html, 10_000)]
)
@given(text=texts)
@example(text="\\|")
@example(text="`|`")
@example(text="a\\")
def test_a_cell_stays_one_cell(neutral: Callable[[str], str], limit: int, text: str) -> None:
    page = Page(TABLE.format(neutral(text)))
    allowed = {"table", "thead", "tbody", "tr", "th", "td", "span"}
    assert page.elements <= (allowed | {"code"} if neutral is code else allowed)
    cells = re.split(r"\s*\n\s*", page.text.strip())
    shown = start(text, limit).strip()
    assert cells == ["a", "b", "c", "one", *([shown] if shown else []), "three"]
    assert not page.alive


@given(texts)
def test_code_in_a_line_is_code_and_all_of_it(text: str) -> None:
    page = Page(f"before {code(text)} after")
    assert page.elements <= {"p", "code", "span"}
    assert "code" in page.elements
    assert start(text, 200) in page.text
    assert not page.alive


@given(texts)
def test_html_is_text_in_an_element_and_all_of_it(text: str) -> None:
    page = Page(f"<details>\n<summary>{for_html(text)}</summary>\n\nx\n\n</details>\n")
    assert page.elements <= {"details", "summary", "p", "span"}
    assert visible(text) in page.text
    assert not page.alive


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "https:// evil.example",
        "https://a.example/\u202e",
        "https://a.example/x y",
        "https://user:pass@a.example/",
        "https://a.example/ghp_0123456789abcdefghij",
        "http" + "s://a.example/" + 1000 * "x",
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url: str | None) -> None:
    assert link("text", url) == "text"


@given(texts)
def test_an_address_can_not_leave_its_link(text: str) -> None:
    page = Page(link("`v1`", f"https://github.com/{text}") + " end")
    assert page.elements <= {"p", "a", "code"}
    assert page.attributes <= {"href"}
    assert page.text.strip() == "v1 end"
    assert all(address.startswith("https://github.com/") for address in page.addresses)


def test_an_address_keeps_its_meaning() -> None:
    url = "https://github.com/o/r/packages/12?version=1.0&x=(a)"
    assert link("`v1`", url) == (
        "[`v1`](https://github.com/o/r/packages/12?version=1.0&amp;x=%28a%29)"
    )


def test_a_message_links_to_this_github_only() -> None:
    text = "Open https://github.com/orgs/o/sso?a=1&b=2. Not https://evil.example/x or github.com."
    page = Page(Links().prose(text))
    assert page.addresses == ["https://github.com/orgs/o/sso?a=1&b=2"]
    assert page.text.strip() == text
    assert not page.alive


@given(texts)
def test_a_message_is_nothing_but_text_and_links_to_this_github(text: str) -> None:
    page = Page(f"x {Links().prose(f'{text} https://github.com/{text}')} end")
    assert page.elements <= {"p", "a", "span"}
    assert all(address.startswith("https://github.com/") for address in page.addresses)
    assert not page.alive


def test_shortening_counts_the_ellipsis() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
    assert shorten("abc", 0) == "…"


def test_shortening_leaves_no_part_of_a_token() -> None:
    text = "before ghp_0123456789abcdefghij after"
    assert not any("ghp" in shorten(text, limit) for limit in range(len(text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_reader_of_these_tests_sees_what_is_alive(text: str) -> None:
    """The raw texts do harm in the same reader, so that the tests above can fail."""
    page = Page(f"before\n\n{text}")
    harmless = page.elements <= {"p"} and not page.alive and visible(text) in page.text
    assert not harmless or is_command(text)
