"""Where a summary may lead, and how versions and packages are named in it.

Decides which addresses become links and the short name of a version. It does not decide what an
address that came from elsewhere looks like in Markdown; `untrusted` does.
"""

import re
from dataclasses import dataclass

from package_keeper.domain.model import DIGEST, Version
from package_keeper.domain.report import PackageReport
from package_keeper.rendering.untrusted import code, for_markdown, inline, link, shorten, visible
from package_keeper.rendering.words import number

_HOST = re.compile(r"https?://([A-Za-z0-9.-]+(?::[0-9]+)?)/?", re.IGNORECASE)
_MOST_TAGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The GitHub this run talks to, and this action as a workflow names it.

    `server_url` is the runner's `GITHUB_SERVER_URL`; `action` is `GITHUB_ACTION_REPOSITORY`, an
    `@` and `GITHUB_ACTION_REF`, or empty where the runner says neither.
    """

    server_url: str = "https://github.com"
    action: str = ""

    @property
    def other_host(self) -> str | None:
        """The host where it is not github.com, which command line tools must then be told."""
        match = _HOST.fullmatch(self.server_url)
        return match[1].lower() if match and match[1].lower() != "github.com" else None

    def prose(self, text: str, limit: int = 2000) -> str:
        """A message as Markdown in which only addresses on this GitHub are links."""
        text = visible(shorten(text, limit)).strip()
        if not _HOST.fullmatch(self.server_url):
            return for_markdown(text)
        own = re.escape(self.server_url.rstrip("/"))
        # Every second piece is an address; what ends a sentence does not belong to it.
        pieces = re.split(rf"({own}/[^\s<>()\[\]\"'`|\\]*[\w/=&-])", text)
        return "".join(
            link(inline(shorten(piece, 100)), piece) if place % 2 else inline(piece)
            for place, piece in enumerate(pieces)
        )


def package_name(package: PackageReport) -> str:
    """The package as people know it: `owner/name`, or as asked for where it was not found."""
    if package.plan is None:
        return package.name
    ref = package.plan.package.ref
    return f"{ref.owner.login}/{ref.name}"


def package_link(package: PackageReport) -> str:
    """The package's name as Markdown, linked to its page."""
    url = package.plan.package.html_url if package.plan else None
    return link(code(package_name(package)), url)


def label(version: Version) -> str:
    """The version as people know it, in plain text that is not harmless yet."""
    if not version.tags:
        return f"{short_name(version.name)} (id {version.id})"
    shown = ", ".join(shorten(short_name(tag), 80) for tag in version.tags[:_MOST_TAGS])
    more = len(version.tags) - _MOST_TAGS
    return f"{shown} and {number(more)} more" if more > 0 else shown


def version_link(version: Version) -> str:
    """The version's tags, or its shortened name, as Markdown, linked to its page."""
    if not version.tags:
        name = code(short_name(version.name))
        return link(name, version.html_url) if version.html_url else f"{name} (id {version.id})"
    shown = " ".join(code(short_name(tag), 80) for tag in version.tags[:_MOST_TAGS])
    more = len(version.tags) - _MOST_TAGS
    return link(shown, version.html_url) + (f" and {number(more)} more tags" if more > 0 else "")


def short_name(name: str) -> str:
    """A digest cut to twelve digits, which tell it apart well enough; other names as they are."""
    return f"{name[:19]}…" if DIGEST.fullmatch(name) else name
