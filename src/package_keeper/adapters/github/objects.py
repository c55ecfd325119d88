"""Packages and their versions in the manner of PyGithub, which has no classes for them.

Decides how the fields of a row are read, with PyGithub's own attribute types, and where a version's
tags are. It does not decide which rows are usable. The classes are of the kind that is never
completed: reading an attribute must not send a request that pacing knows nothing of. So what
is not in the row is None.

Schemas: `package` and `package-version` in GitHub's OpenAPI description.
"""

from datetime import datetime
from typing import Any

from github.GithubObject import Attribute, NonCompletableGithubObject, NotSet


class Package(NonCompletableGithubObject):
    """A package, as https://docs.github.com/rest/packages/packages describes it."""

    def _initAttributes(self) -> None:
        self._created_at: Attribute[datetime] = NotSet
        self._html_url: Attribute[str] = NotSet
        self._id: Attribute[int] = NotSet
        self._name: Attribute[str] = NotSet
        self._owner: Attribute[dict[str, Any]] = NotSet
        self._package_type: Attribute[str] = NotSet
        self._updated_at: Attribute[datetime] = NotSet
        self._url: Attribute[str] = NotSet
        self._version_count: Attribute[int] = NotSet
        self._visibility: Attribute[str] = NotSet

    def __repr__(self) -> str:
        return self.get__repr__(
            {"name": self._name.value, "package_type": self._package_type.value}
        )

    @property
    def created_at(self) -> datetime | None:
        return self._created_at.value

    @property
    def html_url(self) -> str | None:
        return self._html_url.value

    @property
    def id(self) -> int | None:
        return self._id.value

    @property
    def name(self) -> str | None:
        return self._name.value

    @property
    def owner_login(self) -> str | None:
        """The owner's login; `owner` is optional in the schema and may be null."""
        login = (self._owner.value or {}).get("login")
        return login if isinstance(login, str) else None

    @property
    def package_type(self) -> str | None:
        return self._package_type.value

    @property
    def updated_at(self) -> datetime | None:
        return self._updated_at.value

    @property
    def url(self) -> str | None:
        return self._url.value

    @property
    def version_count(self) -> int | None:
        return self._version_count.value

    @property
    def visibility(self) -> str | None:
        return self._visibility.value

    def _useAttributes(self, attributes: dict[str, Any]) -> None:  # noqa: C901 - PyGithub's form
        if "created_at" in attributes:
            self._created_at = self._makeDatetimeAttribute(attributes["created_at"])
        if "html_url" in attributes:
            self._html_url = self._makeStringAttribute(attributes["html_url"])
        if "id" in attributes:
            self._id = self._makeIntAttribute(attributes["id"])
        if "name" in attributes:
            self._name = self._makeStringAttribute(attributes["name"])
        if "owner" in attributes:
            self._owner = self._makeDictAttribute(attributes["owner"])
        if "package_type" in attributes:
            self._package_type = self._makeStringAttribute(attributes["package_type"])
        if "updated_at" in attributes:
            self._updated_at = self._makeDatetimeAttribute(attributes["updated_at"])
        if "url" in attributes:
            self._url = self._makeStringAttribute(attributes["url"])
        if "version_count" in attributes:
            self._version_count = self._makeIntAttribute(attributes["version_count"])
        if "visibility" in attributes:
            self._visibility = self._makeStringAttribute(attributes["visibility"])


class PackageVersion(NonCompletableGithubObject):
    """A version of a package; of containers a manifest, whose digest is its name."""

    def _initAttributes(self) -> None:
        self._created_at: Attribute[datetime] = NotSet
        self._deleted_at: Attribute[datetime] = NotSet
        self._html_url: Attribute[str] = NotSet
        self._id: Attribute[int] = NotSet
        self._metadata: Attribute[dict[str, Any]] = NotSet
        self._name: Attribute[str] = NotSet
        self._package_html_url: Attribute[str] = NotSet
        self._updated_at: Attribute[datetime] = NotSet
        self._url: Attribute[str] = NotSet

    def __repr__(self) -> str:
        return self.get__repr__({"id": self._id.value, "name": self._name.value})

    @property
    def created_at(self) -> datetime | None:
        return self._created_at.value

    @property
    def deleted_at(self) -> datetime | None:
        return self._deleted_at.value

    @property
    def html_url(self) -> str | None:
        return self._html_url.value

    @property
    def id(self) -> int | None:
        return self._id.value

    @property
    def metadata(self) -> dict[str, Any] | None:
        return self._metadata.value

    @property
    def name(self) -> str | None:
        return self._name.value

    @property
    def package_html_url(self) -> str | None:
        return self._package_html_url.value

    @property
    def updated_at(self) -> datetime | None:
        return self._updated_at.value

    @property
    def url(self) -> str | None:
        return self._url.value

    def _useAttributes(self, attributes: dict[str, Any]) -> None:
        if "created_at" in attributes:
            self._created_at = self._makeDatetimeAttribute(attributes["created_at"])
        if "deleted_at" in attributes:
            self._deleted_at = self._makeDatetimeAttribute(attributes["deleted_at"])
        if "html_url" in attributes:
            self._html_url = self._makeStringAttribute(attributes["html_url"])
        if "id" in attributes:
            self._id = self._makeIntAttribute(attributes["id"])
        if "metadata" in attributes:
            self._metadata = self._makeDictAttribute(attributes["metadata"])
        if "name" in attributes:
            self._name = self._makeStringAttribute(attributes["name"])
        if "package_html_url" in attributes:
            self._package_html_url = self._makeStringAttribute(attributes["package_html_url"])
        if "updated_at" in attributes:
            self._updated_at = self._makeDatetimeAttribute(attributes["updated_at"])
        if "url" in attributes:
            self._url = self._makeStringAttribute(attributes["url"])
