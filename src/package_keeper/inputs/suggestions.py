"""What was probably meant by an input that does not exist.

Decides which of our inputs stands behind a misspelt name, or behind the name of an input of other
actions that clean up GitHub Packages. An unknown input is a mistake and not a warning: someone who
wrote `dry_run: true` must not see versions deleted.
"""

from collections.abc import Iterable

from package_keeper.inputs.values import closest

RUNNERS_OWN = frozenset({"args", "entrypoint"})
"""Inputs every container action has: they change how the container is started."""

NOT_YET = (
    "policy",
    "plan-file",
    "apply",
)
"""Inputs that the documentation of a later version may have led someone to."""

_WHAT_STAYS = "versions-to-keep, which counts what stays instead of what goes"
_ONLY_UNTAGGED = "delete-untagged, by itself: versions-to-keep lets tagged versions go"
_AGE = "older-than, with a unit such as 30d"
_REGEX = "which takes a regular expression as /.../ that has to match the whole text"

USE = {
    "access-token": "token",
    "account": "owner",
    "container": "package-name",
    "container-name": "package-name",
    "cut-off": _AGE,
    "days": _AGE,
    "delete-only-pre-release-versions": "delete, with patterns such as *-rc*",
    "delete-only-untagged-versions": _ONLY_UNTAGGED,
    "delete-tags": "delete",
    "exclude": "keep",
    "exclude-tags": "keep",
    "expand-packages": "package-name, which takes globs as they are",
    "filter-include-untagged": "delete-untagged",
    "filter-tags": "delete",
    "github-api-url": "api-url",
    "github-token": "token",
    "ignore-versions": f"keep, {_REGEX}",
    "ignored-version-names": f"keep, {_REGEX}",
    "image": "package-name",
    "image-name": "package-name",
    "image-names": "package-name",
    "image-tags": "delete, and keep instead of a leading '!'",
    "images": "package-name",
    "keep-at-least": "versions-to-keep",
    "keep-last": "versions-to-keep",
    "keep-n-most-recent": "versions-to-keep",
    "keep-n-tagged": "versions-to-keep",
    "keep-n-untagged": "delete-untagged with older-than; untagged images are not counted here",
    "keep-tags": "keep",
    "keep-tags-regexes": f"keep, {_REGEX}",
    "keep-versions": "versions-to-keep for a number, keep for patterns",
    "keep-younger-than": _AGE,
    "max-deletes": "max-deletions",
    "min-versions-to-keep": "versions-to-keep",
    "name": "package-name",
    "names": "package-name",
    "num-old-versions-to-delete": _WHAT_STAYS,
    "org": "owner",
    "org-name": "owner",
    "organization": "owner",
    "package": "package-name",
    "package-names": "package-name",
    "package-version-ids": "delete-ids",
    "packages": "package-name",
    "prune-tags-regexes": f"delete, {_REGEX}",
    "prune-untagged": "delete-untagged",
    "registry": "registry-url",
    "repo": "package-name, and owner where it is another one",
    "repository": "package-name, and owner where it is another one",
    "repository-owner": "owner",
    "semver-pattern": "delete or keep, with patterns such as 1.*",
    "shas-to-skip": "keep, with patterns that start with sha256:",
    "skip-shas": "keep, with patterns that start with sha256:",
    "skip-tags": "keep",
    "tag": "delete",
    "tag-regex": f"delete, {_REGEX}",
    "tag-selection": "delete-untagged for untagged images, delete for tags",
    "tagged-keep-latest": "versions-to-keep",
    "tags": "delete",
    "type": "package-type",
    "untagged": "delete-untagged",
    "untagged-keep-latest": "delete-untagged with older-than; untagged images are not counted here",
    "untagged-older-than": "delete-untagged with older-than",
    "untagged-only": "delete-untagged",
    "user": "owner",
    "username": "owner",
    "version-ids": "delete-ids",
    "version-pattern": f"delete, {_REGEX}",
}
"""Inputs of actions people come from, and what takes their place here."""

LEAVE_OUT = {
    "account-type": "whether the owner is a user or an organization is found out",
    "delete-ghost-images": "no input of this version asks for broken images",
    "delete-orphaned-images": "referrers without a subject go with delete-untagged",
    "delete-partial-images": "no input of this version asks for broken images",
    "except-untagged-multiplatform": "the parts of kept images always stay",
    "log-level": "the workflow's own debug logging shows more",
    "owner-type": "whether the owner is a user or an organization is found out",
    "rate-limit": "GitHub's limits are always heeded; max-wait says for how long",
    "timestamp-to-use": "age is always counted from when a version was created",
    "token-type": "which kind of token it is is found out",
    "use-regex": "a pattern between slashes, as /.../, is a regular expression",
    "validate": "kept images are always checked after a deletion",
    "with-sigs": "signatures always follow what they sign",
}
"""Inputs of other actions that need nothing in their place."""


def about_unknown(name: str, known: Iterable[str]) -> str:
    """What to say about an input that does not exist, in words that follow its name."""
    plain = name.casefold().replace("_", "-").replace(" ", "-")
    names = tuple(known)
    if plain in NOT_YET:
        return "is not available in this version"
    if plain in names:
        return f"is not an input; {plain} is meant, with a hyphen for each '_' or space"
    if plain in USE:
        return f"is not an input; use {USE[plain]}"
    if plain in LEAVE_OUT:
        return f"is not an input; leave it out: {LEAVE_OUT[plain]}"
    return f"is not an input{_closest(plain, names)}"


def _closest(plain: str, names: tuple[str, ...]) -> str:
    """The nearest of all names; one of another action's leads to ours."""
    nearest = closest(plain, (*names, *NOT_YET)) or closest(plain, (*USE, *LEAVE_OUT))
    if nearest is None:
        return ""
    if nearest in NOT_YET:
        return f"; probably {nearest} is meant, which is not available in this version"
    return f"; probably {nearest if nearest in names else USE.get(nearest, nearest)} is meant"
