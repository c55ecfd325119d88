"""What reading a registry gave.

Decides how "it is there", "it is not" and "it can't be told" are kept apart. What is read is
`inventory`'s to decide, what follows from it the image graph's and the plan's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from package_keeper.domain.manifests import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What reading the registry gave, by digest.

    `absent` answered 404; `unreadable` failed otherwise, with the reason; what is in none of the
    three was not asked for.
    """

    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    unreadable: Mapping[str, str] = field(default_factory=dict)

    def tells(self, digest: str) -> bool:
        """Whether it was asked for, whatever came of it."""
        return digest in self.manifests or digest in self.absent or digest in self.unreadable

    @property
    def count(self) -> int:
        """How many manifests were asked for."""
        return len(self.manifests) + len(self.absent) + len(self.unreadable)
