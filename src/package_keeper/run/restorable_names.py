"""Which packages a journal is about, and what is said of those that are not to be found.

A package that was deleted as a whole is in no listing, so a glob alone would pass it over without a
word. Decides that the names in the journal are looked up one by one. What the journal holds was
held against the run's own names before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from package_keeper.domain.errors import AccessDenied
from package_keeper.inventory.finding import Missing, Names


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesOfJournal:
    """The names that were asked for, with those `named` in the journal, each once.

    These `alone` need no listing.
    """

    asked: Names
    named: Sequence[str]
    alone: bool

    @property
    def exact(self) -> tuple[str, ...]:
        """Names as they are sent, each once."""
        known = {name.lower() for name in self.asked.exact}
        return (*self.asked.exact, *(name for name in self.named if name.lower() not in known))

    @property
    def needs_listing(self) -> bool:
        """Whether the owner's packages must be listed."""
        return self.asked.needs_listing and not self.alone

    def selects(self, name: str) -> bool:
        """Whether a package of this name, as listed, is meant."""
        return self.asked.selects(name)


def with_way_back(missing: Missing) -> Missing:
    """A package whose versions were to come back, with the way to bring it back as a whole."""
    error = missing.error
    if not isinstance(error, AccessDenied):
        return missing
    way = "If the package itself was deleted, bring it back first, with restore-package: true."
    told = AccessDenied(error.message, hint=f"{way} {error.hint}", request_id=error.request_id)
    return replace(missing, error=told)
