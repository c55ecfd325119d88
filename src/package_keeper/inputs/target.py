"""Whose packages are meant, and at which GitHub.

Decides what owner, package and addresses are where they are not given: those of the repository the
workflow runs in. It does not decide whether they exist.
"""

from dataclasses import dataclass

from package_keeper.domain.model import PackageType
from package_keeper.inputs.addresses import (
    GITHUB_REGISTRY,
    host_of,
    registry_url_of,
    server_url_of,
)
from package_keeper.inputs.context import RunnerContext
from package_keeper.inputs.declared import (
    API_URL,
    OWNER,
    PACKAGE_NAME,
    PACKAGE_TYPE,
    REGISTRY_URL,
)
from package_keeper.inputs.names import NameSelection, Naming
from package_keeper.inputs.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a run works; None, or an empty text, where a mistake was recorded instead."""

    owner: str
    package_type: PackageType | None
    names: NameSelection | None
    api_url: str
    registry_url: str


def read_target(reading: Reading, context: RunnerContext) -> Target:
    """The target that the inputs name and the runner's context completes."""
    usual = usual_texts(context)
    for entry in (OWNER, PACKAGE_NAME):
        if not (reading.text(entry) or usual[entry.name]):
            reading.refuse(entry, "is not given, and GITHUB_REPOSITORY does not tell it")
    owner = reading.optional(OWNER, fallback=usual[OWNER.name]) or ""
    package_type = reading.optional(PACKAGE_TYPE)
    api_url = reading.optional(API_URL, fallback=context.api_url) or ""
    registry_url = _registry_url(reading, context, api_url, package_type)
    return Target(
        owner=owner,
        package_type=package_type,
        names=_names(reading, context, owner, package_type, registry_url),
        api_url=api_url,
        registry_url=registry_url,
    )


def usual_texts(context: RunnerContext) -> dict[str, str]:
    """What blank stands for in the inputs whose default the runner tells, by the input's name."""
    return {
        OWNER.name: context.repository_owner,
        PACKAGE_NAME.name: context.repository_name,
        API_URL.name: context.api_url,
        REGISTRY_URL.name: registry_url_of(context.server_url),
    }


def _registry_url(
    reading: Reading, context: RunnerContext, api_url: str, package_type: PackageType | None
) -> str:
    """The registry that belongs to the API, never that of another server.

    Where the API is not the runner's own, its address tells the server; where it does not, the
    registry has to be given, or the token would be sent to a host it was not meant for.
    """
    server_url = context.server_url if api_url == context.api_url else server_url_of(api_url)
    if server_url is not None:
        return reading.optional(REGISTRY_URL, fallback=registry_url_of(server_url)) or ""
    given = reading.optional(REGISTRY_URL)
    if given is None and api_url and package_type is PackageType.CONTAINER:
        problem = "has to be given with an api-url that does not tell where the registry is"
        reading.refuse(REGISTRY_URL, problem)
    return given or ""


def _names(
    reading: Reading,
    context: RunnerContext,
    owner: str,
    package_type: PackageType | None,
    registry_url: str,
) -> NameSelection | None:
    """The packages; None where owner or type are mistakes, of which the names' own are told then.

    Each type has its own names, so where it is not known, only what none of them could have is one.
    """
    items = reading.optional(PACKAGE_NAME, fallback=context.repository_name)
    if items is None:
        return None
    hosts = frozenset(host_of(url) for url in (GITHUB_REGISTRY, registry_url) if url)
    types = tuple(PackageType) if package_type is None else (package_type,)
    namings = [Naming(owner=owner, package_type=each, registry_hosts=hosts) for each in types]
    naming = next((naming for naming in namings if naming.can_read(items)), namings[0])
    selection = reading.attempt(PACKAGE_NAME, items, naming.select)
    return selection if owner and package_type else None
