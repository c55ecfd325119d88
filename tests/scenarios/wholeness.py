"""What must still be there for the images that are left, told from the fake's own contents.

Decides, apart from the action's code and in a few lines, what belongs to an image: what it lists at
any depth, what is about any of that by `subject` or by tag, and what these are about.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from fake_github import FakePackage

_ABOUT = re.compile(r"sha256-([0-9a-f]{64})(\.sig|\.att|\.sbom)?")


class Contents:
    """What a package held at one moment: which of its versions could be pulled, and their ties.

    `unpullable` are digests for which the registry answers that they are not there.
    """

    def __init__(self, package: FakePackage, *, unpullable: Iterable[str] = ()) -> None:
        versions = package.versions
        self.tags = {version.name: version.tags for version in versions}
        pullable = package.manifests.keys() - set(unpullable)
        self.present = {version.name for version in versions if version.name in pullable}
        self._needs: dict[str, set[str]] = defaultdict(set)
        for digest in self.present:
            stored = package.manifests[digest]
            self._needs[digest].update(stored.children())
            subject = stored.document.get("subject") or {}
            self._tie(digest, filter(None, [subject.get("digest")]))
        for digest, tags in self.tags.items():
            self._tie(digest, (f"sha256:{m[1]}" for m in map(_ABOUT.fullmatch, tags) if m))
        self.listed = {d: package.manifests[d].children() for d in self.present}

    def _tie(self, referrer: str, subjects: Iterable[str]) -> None:
        for subject in subjects:
            self._needs[referrer].add(subject)
            self._needs[subject].add(referrer)

    @property
    def images(self) -> set[str]:
        """The digests with a tag by which people pull them."""
        return {d for d, tags in self.tags.items() if any(not _ABOUT.fullmatch(t) for t in tags)}

    def belonging_to(self, digest: str) -> set[str]:
        """All that could be pulled and belongs to an image, itself included."""
        found, pending = set[str](), [digest]
        while pending:
            current = pending.pop()
            if current not in found:
                found.add(current)
                pending += self._needs[current]
        return found & self.present


def assert_left_whole(
    before: Contents,
    after: Contents,
    names: Mapping[str, str],
    *,
    images: Iterable[str] | None = None,
) -> None:
    """Fail where something is left that lost something; `names` says what digests are called.

    What is left lost nothing that it lists, and `images` (all with a tag) nothing that belongs to
    them.
    """
    called = {digest: name for name, digest in names.items()}
    for digest in after.present & before.present:
        lost = (set(before.listed[digest]) & before.present) - after.present
        assert not lost, f"{called.get(digest, digest)} lists {_names(lost, called)}, now gone"
    for digest in before.present & (after.images if images is None else set(images)):
        lost = before.belonging_to(digest) - after.present
        assert not lost, f"{called.get(digest, digest)} lost {_names(lost, called)}"


def _names(digests: Iterable[str], called: Mapping[str, str]) -> list[str]:
    return sorted(called.get(digest, digest) for digest in digests)
