"""How a value from outside may be shown in a message.

Decides what of it is hidden, escaped and cut. It does not decide how a log line or Markdown is
neutralised: that is rendering's part, and what comes from here may still hold anything printable.
"""

import re
from dataclasses import dataclass, field

from package_keeper.domain.tokens import HIDDEN, holds_token, without_tokens

_USER_INFO = re.compile(r"(?<=://)[^/\s]*@")
_LEAST_HIDDEN = 4  # hiding less than this would blacken every message and protect nothing
_LEAST_REFUSED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Shows values without ever showing the token, wherever it was pasted."""

    token: str = field(repr=False)

    def hide(self, text: str) -> str:
        """The text with the token, its parts, what looks like a token, and passwords hidden."""
        for secret in self._secrets():
            text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
        return _USER_INFO.sub(f"{HIDDEN}@", without_tokens(text))

    def show(self, text: str, *, limit: int = 100) -> str:
        """The text on one line: secrets hidden, what can't be printed escaped, then cut."""
        hidden = self.hide(text)
        shown = escaped(hidden[: limit + 1])
        return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"

    def reveals(self, text: str) -> bool:
        """Whether the text holds the token, or what can hardly be anything but a token."""
        longest = max(self._secrets(), key=len, default="")
        pasted = len(longest) >= _LEAST_REFUSED and longest.casefold() in text.casefold()
        return pasted or holds_token(text)

    def _secrets(self) -> list[str]:
        """The token, and its parts where line breaks came into it, longest first."""
        parts = {self.token, *self.token.split()}
        return sorted((part for part in parts if len(part) >= _LEAST_HIDDEN), key=len, reverse=True)


def escaped(text: str) -> str:
    r"""The text with everything that can't be printed written as `\n`, `\x1b`, `\u202e`."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
