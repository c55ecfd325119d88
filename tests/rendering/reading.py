"""Reading Markdown as a browser shows it, to tell what a person sees and what became of markup."""

import re
from html import unescape
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from typing_extensions import override

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

# What GitHub turns into links, mentions, emoji or mathematics in any text that is not code.
_COMES_ALIVE = re.compile(
    r"@[\w-]|#\d|\bGH-\d|://|\bwww\.|mailto:|xmpp:|:[\w+-]+:|\$\S*\$", re.IGNORECASE
)


class Page(HTMLParser):
    """The elements of a page, its addresses, its text, and its pieces of text outside code."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.plain_pieces = [""]
        self._in_code = 0
        self.feed(_PARSER.render(markdown))
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        self._in_code += tag == "code"
        self.plain_pieces.append("")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag == "code"
        self.plain_pieces.append("")

    @override
    def handle_comment(self, data: str) -> None:
        self.plain_pieces.append("")

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._in_code:
            self.plain_pieces[-1] += data

    @override
    def handle_entityref(self, name: str) -> None:
        self.handle_data(unescape(f"&{name};"))

    @override
    def handle_charref(self, name: str) -> None:
        self.handle_data(unescape(f"&#{name};"))

    @property
    def alive(self) -> list[str]:
        """The pieces of text of which GitHub would make more than text."""
        return [piece for piece in self.plain_pieces if _COMES_ALIVE.search(piece)]
