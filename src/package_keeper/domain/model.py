"""The nouns of GitHub Packages: owners, packages and versions.

Decides what identifies a package and a version and which tags count as a version's own. It does
not decide what happens to them, and it knows nothing of how they are fetched.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

REFERRER_TAG = re.compile(r"sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?")
"""A tag by which registries without a referrers API attach something to the digest it names.

The form without a suffix is the OCI distribution specification's "referrers tag schema"; the
suffixes are those of cosign before version 3.
"""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class PackageType(Enum):
    """The `package_type` values of GitHub's API."""

    CONTAINER = "container"
    NPM = "npm"
    MAVEN = "maven"
    NUGET = "nuget"
    RUBYGEMS = "rubygems"
    DOCKER = "docker"

    @property
    def has_tags(self) -> bool:
        """Whether versions carry tags apart from their name."""
        return self in (PackageType.CONTAINER, PackageType.DOCKER)

    @property
    def has_manifests(self) -> bool:
        """Whether versions are manifests in a registry that can be read."""
        return self is PackageType.CONTAINER


class OwnerKind(Enum):
    """Which family of endpoints reaches an owner's packages."""

    ORGANIZATION = "organization"
    USER = "user"
    AUTHENTICATED_USER = "authenticated user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A user or an organization, as `GET /users/{login}` names it."""

    login: str
    kind: OwnerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRef:
    """What identifies a package: its owner, its type and its name without the owner."""

    owner: Owner
    type: PackageType
    name: str

    def __str__(self) -> str:
        return f"{self.owner.login}/{self.name} ({self.type.value})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as the API describes it; `version_count` is None where unsaid."""

    ref: PackageRef
    html_url: str | None = None
    version_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One row of the versions listing.

    `name` is the manifest digest on containers and the version string elsewhere. Times are aware
    and in UTC. `tags` is empty for package types whose versions have none. Of these, `own_tags`
    name the version itself rather than attach it to another one, and `tagged_subjects` are the
    digests that it is attached to by the others.
    """

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    tags: tuple[str, ...] = ()
    html_url: str | None = None
    deleted_at: datetime | None = None
    own_tags: tuple[str, ...] = field(init=False, repr=False, compare=False)
    tagged_subjects: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Once: a version can have thousands of tags, and is asked by everything that it is tied to.
        matches = [match for match in map(REFERRER_TAG.fullmatch, self.tags) if match]
        attached = {match[0] for match in matches}
        own = tuple(tag for tag in self.tags if tag not in attached) if attached else self.tags
        object.__setattr__(self, "own_tags", own)
        subjects = tuple(f"sha256:{match[1]}" for match in matches)
        object.__setattr__(self, "tagged_subjects", subjects)

    @classmethod
    def absent(cls, version_id: int) -> "Version":
        """A stand-in for a version that was asked for and does not exist."""
        never = datetime.fromtimestamp(0, UTC)
        return cls(id=version_id, name="(no such version)", created_at=never, updated_at=never)

    @property
    def label(self) -> str:
        """How a person would name it: by its tags if it has any, else by its name."""
        return ", ".join(self.tags) or self.name


def newest_first(version: Version) -> tuple[float, int]:
    """Sort key: by creation, ties by id, newest first.

    The order of GitHub's listing is not documented, so every order in this program is made here.
    """
    return (-version.created_at.timestamp(), -version.id)
