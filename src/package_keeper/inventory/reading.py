"""Reading the manifests of a package from its container registry.

Decides what is read: every listed version once, and whatever these name that no listing shows, so
that nothing is taken for gone which is only missing from a list. The listed parts of a Docker
schema 2 list need no reading. It does not decide whether anything needs reading at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.manifests import DOCKER_SCHEMA_2, Manifest
from package_keeper.domain.model import Version
from package_keeper.domain.readings import Readings
from package_keeper.inventory.ports import Manifests
from package_keeper.pacing.together import ask_together


@dataclass(slots=True, kw_only=True)
class ManifestReader:
    """Reads manifests, `workers` at once, and none of them twice in its life."""

    registry: Manifests
    workers: int
    _manifests: dict[str, Manifest] = field(default_factory=dict)
    _absent: set[str] = field(default_factory=set)
    _unreadable: dict[str, str] = field(default_factory=dict)
    _refusals: list[Refused] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many manifests were asked for in all."""
        return len(self._manifests) + len(self._absent) + len(self._unreadable)

    def behind_other_tags(self, versions: Iterable[Version]) -> tuple[str, ...]:
        """The digests that tags lead to which the versions don't show: none if it does not tell."""
        known = frozenset(tag for version in versions for tag in version.tags)
        try:
            return self.registry.digests_of_other_tags(known)
        except (Refused, AnswerLost):
            return ()

    def among(self, versions: Iterable[Version]) -> tuple[Manifest, ...]:
        """The manifests of these versions alone, as far as they can be read."""
        digests = [version.name for version in versions]
        self._fetch(digests)
        return tuple(self._manifests[digest] for digest in digests if digest in self._manifests)

    def read(self, versions: Iterable[Version], *, also: Iterable[str] = ()) -> Readings:
        """What the registry says of these versions, of all that they name, and of `also`.

        What answered 404 or failed before is asked again, since it may have come meanwhile. Raises
        `Refused` where nothing at all could be read, since then it is the token that is refused.
        """
        self._absent.clear()
        self._unreadable.clear()
        return self._read(versions, also, known=frozenset())

    def read_on(self, versions: Iterable[Version]) -> Readings:
        """The same once some of it is deleted: only what is new, and what that names, is asked for.

        Of what answered 404 or failed before only what is listed is asked for again.
        """
        rows = tuple(versions)
        listed = {version.name for version in rows}
        self._absent -= listed
        self._unreadable = {d: why for d, why in self._unreadable.items() if d not in listed}
        return self._read(rows, (), known=frozenset(self._manifests))

    def _read(
        self, versions: Iterable[Version], also: Iterable[str], *, known: frozenset[str]
    ) -> Readings:
        """Read what is listed, and whatever manifests name that are not `known` already."""
        self._refusals.clear()
        listed = {version.name: version for version in versions}
        tagged = [digest for digest, version in listed.items() if version.tags]
        self._fetch(tagged[:1])  # alone, so that the others find a registry token
        self._fetch(tagged)
        leaves = self._schema_2_leaves()
        self._fetch(digest for digest in listed if digest not in leaves)
        self._fetch(also)
        while named := self._named_only(listed, known):
            self._fetch(named)
        if self._refusals and not self._manifests:
            raise self._refusals[0]
        return Readings(
            manifests=dict(self._manifests),
            absent=frozenset(self._absent),
            unreadable=dict(self._unreadable),
        )

    def _fetch(self, digests: Iterable[str]) -> None:
        wanted = [digest for digest in digests if not self._is_settled(digest)]
        results = ask_together(self._one, wanted, workers=self.workers)
        for digest, result in zip(wanted, results, strict=True):
            if isinstance(result, Manifest):
                self._manifests[digest] = result
            elif result is None:
                self._absent.add(digest)
            else:
                self._unreadable[digest] = result

    def _one(self, digest: str) -> Manifest | str | None:
        """The manifest, None where the registry has none, or why it could not be read."""
        try:
            return self.registry.manifest(digest)
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND:
                return None
            self._refusals.append(refused)
            return str(refused)
        except AnswerLost as lost:
            return lost.reason

    def _is_settled(self, digest: str) -> bool:
        return digest in self._manifests or digest in self._absent or digest in self._unreadable

    def _schema_2_leaves(self) -> frozenset[str]:
        """Children of a format that has neither children nor a subject."""
        return frozenset(
            child.digest
            for manifest in self._manifests.values()
            for child in manifest.children
            if child.media_type == DOCKER_SCHEMA_2
        )

    def _named_only(self, listed: Mapping[str, Version], known: frozenset[str]) -> frozenset[str]:
        """The digests that something read names and that nothing was asked about yet."""
        read = (m for digest, m in self._manifests.items() if digest not in known)
        named = {digest for manifest in read for digest in _named_by(manifest)}
        named.update(subject for v in listed.values() for subject in v.tagged_subjects)
        return frozenset(d for d in named if d not in listed and not self._is_settled(d))


def _named_by(manifest: Manifest) -> Iterator[str]:
    yield from (child.digest for child in manifest.children if child.is_manifest)
    if manifest.subject:
        yield manifest.subject
