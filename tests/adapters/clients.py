"""The adapters, set up against a fake GitHub; pauses pass at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fake_github import FakeGitHub, Fault, FaultKind, Token
from pacing.clocks import FakeClock
from pacing.hosts import sender
from package_keeper.adapters.github import GitHubPackages
from package_keeper.adapters.registry import Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.domain.model import Owner, OwnerKind, PackageRef, PackageType

SCOPES = ("read:packages", "write:packages", "delete:packages")
ACME = Owner(login="acme", kind=OwnerKind.ORGANIZATION)
APP = PackageRef(owner=ACME, type=PackageType.CONTAINER, name="app")


def ref(
    name: str, package_type: PackageType = PackageType.CONTAINER, owner: Owner = ACME
) -> PackageRef:
    return PackageRef(owner=owner, type=package_type, name=name)


def person(github: FakeGitHub, *, scopes: tuple[str, ...] = SCOPES) -> str:
    """A classic token of octocat's."""
    return github.add_token(Token.classic(login="octocat", scopes=scopes))


@contextmanager
def api_of(
    github: FakeGitHub, token: str | None = None, *, url: str | None = None, timeout: int = 10
) -> Iterator[GitHubPackages]:
    """A client with a token, by default one that may do everything."""
    client = GitHubPackages(
        api_url=url or github.api_url,
        token=token or person(github),
        sender=sender(FakeClock()),
        timeout=timeout,
    )
    try:
        yield client
    finally:
        client.close()


@contextmanager
def registry_of(
    github: FakeGitHub,
    name: str = "app",
    token: str | None = None,
    *,
    url: str | None = None,
    mask: Callable[[str], None] = lambda _: None,
) -> Iterator[Registry]:
    """A registry client for a package of acme's."""
    host = RegistryHost(
        url=url or github.registry_url,
        token=token or person(github),
        sender=sender(FakeClock()),
        mask=mask,
        timeout=10,
    )
    try:
        yield Registry(host, owner="Acme", name=name)
    finally:
        host.close()


def asked(github: FakeGitHub) -> list[str]:
    """Method and path of every request so far."""
    return [f"{request.method} {request.path}" for request in github.requests]


def answered(status: int, body: str | bytes | dict[str, object], **headers: str) -> Fault:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(kind=FaultKind.STATUS, status=status, body=body, headers=names, times=None)


def unknown(code: str, message: str) -> dict[str, object]:
    return {"errors": [{"code": code, "message": message}]}
