"""Which packages are meant: names, globs and exclusions, in all the forms people paste.

Decides what of `ghcr.io/owner/name` is the name that GitHub's API knows. It does not decide whether
such a package exists.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.inputs.lists import each, glob_problem, read_pattern
from package_keeper.inputs.values import Unreadable, unreadable

_LONGEST = 255
_CONTAINER_NAME = re.compile(r"[a-z0-9._/-]+")
_OTHER_NAME = re.compile(r"""[^\s:@/?#%\\"'<>|*]+""")
_CONTAINERS = (PackageType.CONTAINER, PackageType.DOCKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSelection:
    """The packages of one owner and type that are meant.

    `exact` are names as they are sent, already without what is excluded. `globs` need the owner's
    packages to be listed; of these, what `excluded` matches is left out.
    """

    exact: tuple[str, ...]
    globs: tuple[Pattern, ...] = ()
    excluded: tuple[Pattern, ...] = ()
    ignores_case: bool = False

    @property
    def needs_listing(self) -> bool:
        """Whether the names are only known when the owner's packages are listed."""
        return bool(self.globs)

    @property
    def is_one(self) -> bool:
        """Whether exactly one package is meant."""
        return len(self.exact) == 1 and not self.globs

    def selects(self, name: str) -> bool:
        """Whether a package of this name, as listed, is meant."""
        if self.excludes(name):
            return False
        exact = {self._folded(known) for known in self.exact}
        return self._folded(name) in exact or self._any(self.globs, name)

    def excludes(self, name: str) -> bool:
        """Whether a package of this name is left out, whatever else names it."""
        return self._any(self.excluded, name)

    def _any(self, patterns: tuple[Pattern, ...], name: str) -> bool:
        """A regular expression says itself whether it ignores case; globs are folded."""
        return any(
            pattern.matches(name if pattern.is_regex else self._folded(name))
            for pattern in patterns
        )

    def _folded(self, name: str) -> str:
        return name.lower() if self.ignores_case else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What names are relative to: the owner, the type and the hosts a name may begin with.

    Without an owner, which then is a mistake itself, any may be named.
    """

    owner: str
    package_type: PackageType
    registry_hosts: frozenset[str]

    def select(self, items: tuple[str, ...]) -> NameSelection:
        """The selection that the items stand for; raises `Unreadable` with all problems."""
        wanted = tuple(item for item in items if not item.startswith("!"))
        excluded = each(tuple(item for item in items if item.startswith("!")), self._exclusion)
        if not wanted:
            raise unreadable(", ".join(items), "only excludes; name what is meant, or * for all")
        chosen = each(wanted, self.normalise)
        selection = NameSelection(
            exact=self._each_once(name for name in chosen if not _is_pattern(name)),
            globs=tuple(self._pattern(name) for name in chosen if _is_pattern(name)),
            excluded=excluded,
            ignores_case=self._ignores_case,
        )
        return _without_excluded(selection, items)

    def can_read(self, items: tuple[str, ...]) -> bool:
        """Whether there is no mistake in the items."""
        try:
            self.select(items)
        except Unreadable:
            return False
        return True

    def normalise(self, text: str) -> str:
        """The name, or glob, as the API knows it; regular expressions stay as they are."""
        if text.startswith("/"):
            return read_pattern(text).text
        decoded = re.sub("%2F", "/", text, flags=re.IGNORECASE).replace("%40", "@")
        name = self._without_owner(text, decoded)
        if self.package_type in _CONTAINERS:
            name = name.lower()  # a registry's grammar has no other letters
        self._check(text, name)
        return name

    def _without_owner(self, text: str, name: str) -> str:
        bare, scheme = re.subn(r"^(?:https?|docker)://", "", name, flags=re.IGNORECASE)
        host, _, path = bare.partition("/")
        if host.lower() in self.registry_hosts:
            return self._in_registry(text, path)
        if scheme:
            raise unreadable(text, f"is an address of {host}, which is not the registry")
        if bare.startswith("@") and "/" in bare:
            return self._in_registry(text, bare[1:])
        owner, slash, rest = bare.partition("/")
        return rest if slash and self._is_owner(owner) else bare

    def _in_registry(self, text: str, path: str) -> str:
        """The name in a path that certainly starts with the owner."""
        owner, _, name = path.partition("/")
        if not self._is_owner(owner):
            raise unreadable(text, f"is a package of {owner}, but owner is {self.owner}")
        return name

    def _is_owner(self, text: str) -> bool:
        return not self.owner or text.lower() == self.owner.lower()

    def _check(self, text: str, name: str) -> None:
        if not name:
            raise unreadable(text, "names no package")
        if name.startswith("/"):  # and not a regular expression, for the text did not
            raise unreadable(text, "has an empty part between slashes")
        if len(name) > _LONGEST:
            raise unreadable(text, f"is longer than {_LONGEST} characters")
        if self.package_type in _CONTAINERS and (":" in name or "@" in name):
            raise unreadable(text, "names a version; tags and digests go into keep or delete")
        if _is_pattern(name) and (problem := glob_problem(name)):
            raise unreadable(text, problem)
        plain = re.sub(r"[*?\[\]!]", "x", name) if _is_pattern(name) else name
        grammar = _CONTAINER_NAME if self.package_type in _CONTAINERS else _OTHER_NAME
        if not grammar.fullmatch(plain) or not plain.isprintable():
            raise unreadable(text, self._why_no_name())
        if any(segment in ("", ".", "..") for segment in plain.split("/")):
            raise unreadable(text, "has an empty part between slashes")

    def _why_no_name(self) -> str:
        if self.package_type is PackageType.MAVEN:
            return "can't be a Maven package; its name is groupId.artifactId, with a dot"
        return f"can't be the name of a package of type {self.package_type.value}"

    @property
    def _ignores_case(self) -> bool:
        return self.package_type is PackageType.NUGET

    def _each_once(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names as written, but `Pkg` and `pkg` only once where they are the same package."""
        by_key = {name.lower() if self._ignores_case else name: name for name in names}
        return tuple(by_key.values())

    def _exclusion(self, item: str) -> Pattern:
        return self._pattern(self.normalise(item[1:].strip()))

    def _pattern(self, name: str) -> Pattern:
        folds = self._ignores_case and not name.startswith("/")
        return Pattern(name.lower() if folds else name)


def _is_pattern(name: str) -> bool:
    return not Pattern(name).is_literal if name else False


def _without_excluded(selection: NameSelection, items: tuple[str, ...]) -> NameSelection:
    exact = tuple(name for name in selection.exact if not selection.excludes(name))
    if not exact and not selection.globs:
        raise unreadable(", ".join(items), "excludes everything that it names")
    return NameSelection(
        exact=exact,
        globs=selection.globs,
        excluded=selection.excluded,
        ignores_case=selection.ignores_case,
    )
