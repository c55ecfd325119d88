"""What looks like one of GitHub's tokens, wherever it turns up.

Decides what is hidden for its looks alone, in the same way in messages, summaries and the journal.
It does not decide how the run's own token is hidden: that is known, whatever it looks like.
"""

import re

HIDDEN = "***"
"""Stands for what was hidden, as in the runner's log."""

_START = r"(?:gh[oprsu]|github_pat)_"
_REST = r"[A-Za-z0-9._-]"

_TOKEN = re.compile(rf"{_START}{_REST}{{10,}}", re.IGNORECASE)
"""The prefixes are GitHub's; the rest has no fixed length, and what was cut is one as well.

What is shorter is no secret, and may be a name. Since April 2026 `ghs_` tokens hold a JWT, so dots,
hyphens and underscores belong to them. Case is ignored because the runner puts the names of inputs
into upper case.
"""

_SURELY_A_TOKEN = re.compile(rf"{_START}{_REST}{{30,}}", re.IGNORECASE)


def without_tokens(text: str) -> str:
    """The text with `***` for everything that looks like a token."""
    return _TOKEN.sub(HIDDEN, text)


def holds_token(text: str) -> bool:
    """Whether something in it can hardly be anything but a token."""
    return _SURELY_A_TOKEN.search(text) is not None
