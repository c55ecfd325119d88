"""Making text that came from elsewhere harmless wherever it is shown.

Decides how tags, names, patterns and error texts look in a log line, in Markdown and in HTML, so
that they can neither be a command to the runner nor markup, a mention, a reference or a link.
It does not decide what is shown, and it is no substitute for masking the token in the runner.
"""

import re

from package_keeper.domain.tokens import without_tokens

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters that count as printable and yet show nothing."""

_LONGEST_TOKEN = 1_000
"""Room for a token that begins inside a text's limit; those of today have about 520 characters."""

_BREAKS = re.compile(
    r"(?<=@)(?=[\w-])"  # mention, e-mail address
    r"|(?<=#)(?=\d)|(?<=GH)(?=-\d)"  # issue or pull request
    r"|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)|(?<=xmpp)(?=:)"  # link without brackets
    r"|(?<=:)(?=[\w+-]+:)",  # emoji
    re.IGNORECASE,
)
_BREAK = "\0"
"""Stands for a break until the text is escaped; `visible` has left no other one."""

_COMMON = {
    _BREAK: "<!-- -->",
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "|": "&#124;",
    "\\": "&#92;",
    # GitHub reads $…$ as mathematics; its documentation names this as the way out.
    "$": "<span>&#36;</span>",
}
_MARKDOWN = str.maketrans(_COMMON | {mark: f"\\{mark}" for mark in "`*_[]~#"})
_HTML = str.maketrans(_COMMON | {mark: f"&#{ord(mark)};" for mark in "'`*_[]~#"})
_LEADING = re.compile(r"^(?:(?=[-+=])|(\d+)(?=[.)]))")


def visible(text: str) -> str:
    r"""The text on one line, with what can't be seen written out, and without tokens.

    Line breaks, control characters, ANSI escapes, direction marks, zero-width characters and lone
    surrogates become escapes such as `\n` or `\u202e`.
    """
    if not text.isprintable() or not _BLANK.isdisjoint(text):
        text = "".join(map(_written_out, text))
    return without_tokens(text)


def _written_out(character: str) -> str:
    if character.isprintable() and character not in _BLANK:
        return character
    return character.encode("unicode_escape").decode("ascii")


def shorten(text: str, limit: int) -> str:
    """The text, cut to `limit` characters of which the last is then an ellipsis.

    Tokens are taken out before, since what is left of one that was cut may not look like one.
    """
    if len(text) <= limit:
        return text
    start = without_tokens(text[: limit + _LONGEST_TOKEN])
    return f"{start[: max(limit - 1, 0)]}…"


def _visible_start(text: str, limit: int) -> str:
    return shorten(visible(shorten(text, limit)), limit)


def for_log(text: str) -> str:
    """One line that the runner takes for no command, neither alone nor inside another line.

    The runner executes a line of stdout or stderr that starts with `::` after blanks and one that
    holds `##[` anywhere (actions/runner, OutputManager.cs and ActionCommand.cs). Applying it twice
    changes nothing more, so that a composed line can go through it again.
    """
    return re.sub(r":(?=:)", r":\\", visible(text)).replace("#[", r"#\[")


def inline(text: str) -> str:
    """Text inside a line of Markdown that is nothing but text there; blanks around it stay."""
    escaped = _BREAKS.sub(_BREAK, visible(text)).translate(_MARKDOWN)
    return _LEADING.sub(lambda match: f"{match[1] or ''}\\", escaped)


def for_markdown(text: str) -> str:
    """Text for a paragraph, a list item or a table cell that is nothing but text there."""
    return inline(visible(text).strip())


def for_table_cell(text: str, limit: int = 300) -> str:
    """Text for a cell: on one line, without a column of its own, at most about `limit` long."""
    return for_markdown(_visible_start(text, limit))


def for_html(text: str) -> str:
    """Text for an HTML element, also where Markdown may be read around it; not for attributes."""
    return _BREAKS.sub(_BREAK, visible(text)).translate(_HTML)


def code(text: str, limit: int = 200) -> str:
    """Text as inline code for Markdown, in table cells too.

    What has a backtick, a pipe or a backslash is written as HTML, as the parsers of tables differ
    in how they read these in code.
    """
    shown = _visible_start(text, limit)
    if shown and shown == shown.strip() and not any(mark in shown for mark in "`|\\"):
        return f"`{shown}`"
    return f"<code>{for_html(shown)}</code>"


_URL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.:-]*(?:[/?#][!-~]*)?", re.IGNORECASE)
_URL_UNSAFE = re.compile(r"[^A-Za-z0-9:/?#@!$&'*+,;=%~._-]")


def link(text: str, url: str | None) -> str:
    """`text`, which is Markdown already, as a link where `url` is a plain http or https address."""
    if not url or len(url) > 1000 or not _URL.fullmatch(url):
        return text
    if without_tokens(url) != url:
        return text
    quoted = _URL_UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{text}]({quoted.replace('&', '&amp;')})"
