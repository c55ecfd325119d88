"""The fake GitHub as tests hold it: seed it, point a client at it, look at what is left."""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import Self

from fake_github.backend import Backend, Hook
from fake_github.behaviour import Behaviour
from fake_github.exchange import LoggedRequest
from fake_github.faults import Fault
from fake_github.limits import LimitKeeper, Limits
from fake_github.packages import FakePackage
from fake_github.server import Listeners
from fake_github.tokens import Token, secret_of
from fake_github.world import Owner, RoleName, Sso, World


class FakeGitHub:
    """One GitHub of its own; a context manager that listens while it is entered.

    `latency` is added to every answer, in seconds; a `port` of 0 takes a free one, any other is the
    API's, and the registry's is the next.
    """

    def __init__(
        self, *, latency: float = 0.0, port: int = 0, behaviour: Behaviour | None = None
    ) -> None:
        self.world = World(behaviour=behaviour or Behaviour())
        self._backend = Backend(self.world, latency)
        self._listeners = Listeners(self._backend, (port, port + 1 if port else 0))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if error is None:
            self.check()

    def start(self) -> None:
        """Begin to listen on 127.0.0.1."""
        self._listeners.start()

    def close(self) -> None:
        """Stop listening; the state can still be looked at."""
        self._listeners.close()

    def check(self) -> None:
        """Raise what failed inside the fake or a hook: no test may take it for GitHub's doing."""
        if self._backend.failures:
            raise RuntimeError("the fake GitHub itself failed") from self._backend.failures[0]

    # Addresses

    @property
    def api_url(self) -> str:
        """Where the API answers; the same API is under `/api/v3`."""
        return self._backend.api.url

    @property
    def registry_url(self) -> str:
        """Where the registry answers: another port, so that mixing up the hosts shows."""
        return self._backend.registry.url

    # Seeding

    def add_organization(
        self,
        login: str,
        *,
        sso: bool | Sso = False,
        ip_allow_list: bool = False,
        base_role: RoleName = "admin",
    ) -> Owner:
        """Add an organization, in which persons have `base_role` on every package.

        `sso`: True or `required` refuses tokens that are not authorised, `partial` leaves rows out,
        `hidden` answers 404.
        """
        state: Sso = ("required" if sso else "off") if isinstance(sso, bool) else sso
        owner = Owner(
            login=login,
            id=self.world.new_id(),
            kind="Organization",
            sso=state,
            ip_allow_list=ip_allow_list,
            base_role=base_role,
        )
        return self.world.add_owner(owner)

    def add_user(self, login: str) -> Owner:
        """Add a user."""
        return self.world.add_owner(Owner(login=login, id=self.world.new_id(), kind="User"))

    def add_token(self, token: Token) -> str:
        """Make a token known and say its secret, in the form of its kind."""
        secret = secret_of(token, len(self.world.tokens))
        self.world.tokens[secret] = token
        return secret

    def add_package(
        self,
        owner: str,
        package_type: str,
        name: str,
        *,
        visibility: str = "public",
        repository: str | None = None,
        created_at: dt.datetime | None = None,
    ) -> FakePackage:
        """Add a package without versions to an owner that was added before."""
        found = self.world.owner(owner)
        if found is None:
            raise ValueError(f"no owner {owner}: add the organization or user first")
        package = FakePackage(
            self.world,
            found,
            package_type,
            name,
            visibility=visibility,
            repository=repository,
            created_at=created_at,
        )
        if package.key in self.world.packages:
            raise ValueError(f"{owner} has a {package_type} package {name} already")
        self.world.packages[package.key] = package
        return package

    # Circumstances

    @property
    def now(self) -> dt.datetime:
        """The wall clock that `deleted_at` and the 30 days go by; set it to stop it there."""
        return self.world.now

    @now.setter
    def now(self, value: dt.datetime) -> None:
        self.world.set_now = value

    @property
    def behaviour(self) -> Behaviour:
        """How this GitHub behaves where it may behave in several ways."""
        return self.world.behaviour

    @behaviour.setter
    def behaviour(self, value: Behaviour) -> None:
        self.world.behaviour = value

    @property
    def limits(self) -> Limits:
        """The rate limits; setting them starts all counts anew."""
        return self._backend.keeper.limits

    @limits.setter
    def limits(self, value: Limits) -> None:
        self._backend.keeper = LimitKeeper(value)

    @property
    def latency(self) -> float:
        """Seconds that every answer takes longer."""
        return self._backend.latency

    @latency.setter
    def latency(self, value: float) -> None:
        self._backend.latency = value

    def fail(self, fault: Fault) -> None:
        """Set a fault; several may be set, the first that is due meets a call."""
        self._backend.faults.add(fault, self.world.sequence)

    def heal(self) -> None:
        """Take all faults away."""
        self._backend.faults.clear()

    def on_request(self, hook: Hook) -> None:
        """Have `hook` called in the server with every call, before it is handled.

        It may change the state (push, retag, delete), but not send requests to this server.
        """
        self._backend.hooks.append(hook)

    # Looking

    @property
    def requests(self) -> list[LoggedRequest]:
        """All requests answered (or dropped) so far, in the order of their arrival."""
        return sorted(self._backend.log, key=lambda request: request.time)

    def forget_requests(self) -> None:
        """Empty the log, to look at one part of a test only."""
        self._backend.log.clear()
