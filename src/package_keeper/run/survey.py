"""What a plan is made of: the versions of a package and, where they matter, their manifests.

Decides whether manifests are read at all: not where the rules can't delete anything, since every
read counts as a download and 5,000 downloads make a public version undeletable. Where tags are to
be taken off, what may be left over from that is read first, since no age protects it. It does not
plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from package_keeper.domain.errors import ListingIncomplete
from package_keeper.domain.images import ImageGraph, build_graph, plain_graph
from package_keeper.domain.model import Package, Version
from package_keeper.domain.planning import Question
from package_keeper.domain.readings import Readings
from package_keeper.domain.selection import may_delete, perhaps_left_over
from package_keeper.inventory.listing import list_versions
from package_keeper.inventory.ports import Packages
from package_keeper.inventory.reading import ManifestReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyor:
    """Surveys one package, more than once if need be; manifests are not read twice."""

    api: Packages
    package: Package
    reader: ManifestReader | None
    question: Question

    def versions(self) -> tuple[Version, ...]:
        """All versions that are listed now."""
        return list_versions(self.api, self.package)

    def graph(self, versions: Sequence[Version]) -> ImageGraph:
        """The versions and what ties them together."""
        if self.reader is None:
            return plain_graph(versions)
        by_digest = {version.name: version for version in versions}
        if not self._may_delete(self.reader, versions):
            return build_graph(by_digest, Readings())
        unlisted = self._unlisted(self.reader, versions)
        return build_graph(by_digest, self.reader.read(versions, also=unlisted))

    def _may_delete(self, reader: ManifestReader, versions: Sequence[Version]) -> bool:
        """By the listing alone, or by what a run left that was killed while it took a tag off."""
        rules, of_type, now = self.question.rules, self.package.ref.type, self.question.now
        if may_delete(versions, rules, of_type, now):
            return True
        if not self.question.untag:
            return False
        found = reader.among(perhaps_left_over(versions, rules, of_type, now))
        return any(manifest.stands_in_for is not None for manifest in found)

    def _unlisted(self, reader: ManifestReader, versions: Sequence[Version]) -> tuple[str, ...]:
        """What the registry's tags lead to where the listing is short of what GitHub counts.

        It is there, and needs its parts, whatever the listing shows. The count alone is no proof of
        anything: what it counts is not documented.
        """
        count = self.package.version_count
        if count is None or len(versions) >= count:
            return ()
        digests = reader.behind_other_tags(versions)
        listed = {version.name: version for version in versions}
        for digest in digests:
            if digest in listed:
                raise ListingIncomplete(
                    f"{self.package.ref}: the listing is behind the registry, where version "
                    f"{listed[digest].id} has a tag that it does not show. Nothing was deleted.",
                    hint="Run again when nothing is being pushed.",
                )
        return digests
