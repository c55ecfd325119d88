"""The state everything shares: owners, tokens, packages, ids, the clock and the sequence.

Decides nothing about access or HTTP. One re-entrant lock guards every change, since tests change
the state from their own thread while the server reads it.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from fake_github.behaviour import Behaviour
from fake_github.tokens import Token

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

OwnerKind = Literal["User", "Organization"]
RoleName = Literal["none", "read", "write", "admin"]
Sso = Literal["off", "required", "partial", "hidden"]

RESTORABLE = dt.timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Owner:
    """A user or an organization; `base_role` is what persons have on its packages by default."""

    login: str
    id: int
    kind: OwnerKind
    sso: Sso = "off"
    ip_allow_list: bool = False
    base_role: RoleName = "admin"


@dataclass(slots=True, kw_only=True)
class World:
    """All state of one fake GitHub. `sequence` grows with every change of a version."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    behaviour: Behaviour = field(default_factory=Behaviour)
    owners: dict[str, Owner] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    packages: dict[tuple[str, str, str], FakePackage] = field(default_factory=dict)
    deleted_packages: list[FakePackage] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    sequence: int = 0
    set_now: dt.datetime | None = None
    last_id: int = 100_000

    @property
    def now(self) -> dt.datetime:
        """The fake wall clock: what was set, else the real time; always aware, in UTC."""
        return self.set_now or dt.datetime.now(dt.UTC)

    def new_id(self) -> int:
        """A new id, unique over everything and larger than any before."""
        self.last_id += 1
        return self.last_id

    def changed(self) -> int:
        """Count one change, and say its number."""
        self.sequence += 1
        return self.sequence

    def owner(self, login: str) -> Owner | None:
        """The owner with this login, whatever its case."""
        return self.owners.get(login.lower())

    def owner_by_id(self, number: str) -> Owner | None:
        """The owner with this id, as the `Link` URLs of the `id` form name it."""
        return next((o for o in self.owners.values() if str(o.id) == number), None)

    def add_owner(self, owner: Owner) -> Owner:
        """Add an owner; its login must be free."""
        if owner.login.lower() in self.owners:
            raise ValueError(f"the login {owner.login} is taken")
        self.owners[owner.login.lower()] = owner
        return owner

    def package(self, login: str, package_type: str, name: str) -> FakePackage | None:
        """The active package of this owner, type and exact name."""
        return self.packages.get((login.lower(), package_type, name))

    def packages_of(self, owner: Owner) -> list[FakePackage]:
        """All active packages of an owner, oldest first."""
        return [p for key, p in self.packages.items() if key[0] == owner.login.lower()]

    def last_deleted_package(self, login: str, package_type: str, name: str) -> FakePackage | None:
        """The package deleted last under this name, which is the one a restore brings back."""
        key = (login.lower(), package_type, name)
        return next((p for p in reversed(self.deleted_packages) if p.key == key), None)
