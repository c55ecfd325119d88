"""Writing to the registry: blobs in one or many parts, mounts, and manifests, which make versions.

Decides what a push changes and who may push; the state it changes is the package's own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from fake_github.access import Role, role_of
from fake_github.exchange import Call, Refusal, Reply, registry_error
from fake_github.manifests import digest_of, manifest_from
from fake_github.packages import FakePackage
from fake_github.tokens import Token
from fake_github.world import World

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path of the registry names."""

    owner: str
    name: str
    kind: str
    reference: str

    @property
    def repository(self) -> str:
        """`owner/name`, as scopes name it."""
        return f"{self.owner}/{self.name}"


class Uploads:
    """The writing handlers of the registry."""

    def __init__(self, world: World) -> None:
        self.world = world

    def may_write(self, token: Token) -> bool:
        """Whether the token may push anything at all."""
        return token.permission == "write" if token.integration else token.has("write:packages")

    def may_create(self, token: Token, login: str, name: str) -> bool:
        """Whether the token may push the first version of a package."""
        owner = self.world.owner(login)
        if owner is None or not name or not self.may_write(token):
            return False
        if token.integration:
            return token.repository.split("/")[0].lower() == owner.login.lower()
        mine = owner.login.lower() == token.login.lower()
        return mine or (owner.kind == "Organization" and owner.base_role in ("write", "admin"))

    def handle(self, call: Call, token: Token, target: Target) -> Reply:
        """Answer one writing call."""
        package = self._writable(token, target.owner, target.name)
        path, reference = f"/v2/{target.repository}", target.reference
        match (call.method, target.kind):
            case ("POST", "blobs/uploads"):
                return self._start(call, token, package, path)
            case ("PATCH", "blobs/uploads"):
                return self._go_on(call, package, path, reference)
            case ("PUT", "blobs/uploads"):
                return self._finish(call, package, path, reference)
            case ("DELETE", "blobs/uploads"):
                package.uploads.pop(reference, None)
                return Reply(status=204)
            case ("PUT", "manifests"):
                return self._manifest(call, package, path, reference)
            case _:
                raise registry_error(405, "UNSUPPORTED", "The operation is unsupported.")

    def _writable(self, token: Token, login: str, name: str) -> FakePackage:
        package = self.world.package(login, "container", name)
        if package is not None:
            if self.may_write(token) and role_of(token, package) >= Role.WRITE:
                return package
            raise _denied("Write" if token.integration else "")
        owner = self.world.owner(login)
        if owner is None or not self.may_create(token, login, name):
            raise _denied("Create" if token.integration else "")
        repository = token.repository or None
        package = FakePackage(
            self.world, owner, "container", name, visibility="private", repository=repository
        )
        if token.integration:
            package.roles[token.repository.lower()] = "admin"
        self.world.packages[package.key] = package
        return package

    def _start(self, call: Call, token: Token, package: FakePackage, path: str) -> Reply:
        """Begin an upload; a mount of what the registry holds is done at once."""
        mount, digest = call.query.get("mount"), call.query.get("digest")
        if mount is not None and self._mountable(token, mount, call.query.get("from")):
            package.blobs.add(mount)
            return _created(f"{path}/blobs/{mount}", mount)
        if digest is not None:
            return self._store(package, path, digest, call.body)
        number = str(self.world.new_id())
        package.uploads[number] = bytearray()
        return _accepted(path, number, 0)

    def _mountable(self, token: Token, digest: str, source: str | None) -> bool:
        """A blob can be taken over from a repository that the token may read."""
        login, _, name = (source or "").partition("/")
        package = self.world.package(login, "container", name)
        readable = package is not None and role_of(token, package) >= Role.READ
        return readable and package is not None and digest in package.blobs

    def _go_on(self, call: Call, package: FakePackage, path: str, number: str) -> Reply:
        upload = self._upload(package, number)
        start = call.headers.get("content-range", "").split("-")[0]
        if start and int(start) != len(upload):
            raise registry_error(416, "BLOB_UPLOAD_INVALID", "blob upload invalid")
        upload.extend(call.body)
        return _accepted(path, number, len(upload))

    def _finish(self, call: Call, package: FakePackage, path: str, number: str) -> Reply:
        upload = self._upload(package, number)
        content = bytes(upload) + call.body
        reply = self._store(package, path, call.query.get("digest", ""), content)
        del package.uploads[number]
        return reply

    @staticmethod
    def _upload(package: FakePackage, number: str) -> bytearray:
        upload = package.uploads.get(number)
        if upload is None:
            raise registry_error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        return upload

    def _store(self, package: FakePackage, path: str, digest: str, content: bytes) -> Reply:
        if digest_of(content) != digest:
            raise registry_error(400, "DIGEST_INVALID", "provided digest did not match content")
        self.world.blobs[digest] = content
        package.blobs.add(digest)
        return _created(f"{path}/blobs/{digest}", digest)

    def _manifest(self, call: Call, package: FakePackage, path: str, reference: str) -> Reply:
        """New content becomes a new version; a tag moves, and its former version stays untagged."""
        try:
            stored = manifest_from(call.body, call.headers.get("content-type"))
            missing = self._missing(package, call) if self.world.behaviour.blobs_checked else ()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise registry_error(400, "MANIFEST_INVALID", "manifest invalid") from error
        if missing:
            raise registry_error(400, "MANIFEST_BLOB_UNKNOWN", f"unknown: {missing[0]}")
        by_digest = _DIGEST.fullmatch(reference) is not None
        if by_digest and reference != stored.digest:
            raise registry_error(400, "DIGEST_INVALID", "provided digest did not match content")
        if not by_digest and _TAG.fullmatch(reference) is None:
            raise registry_error(400, "TAG_INVALID", "manifest tag did not match URI")
        tags = () if by_digest else (reference,)
        package.push_manifest(stored.content, stored.media_type, tags=tags)
        return _created(f"{path}/manifests/{reference}", stored.digest)

    @staticmethod
    def _missing(package: FakePackage, call: Call) -> tuple[str, ...]:
        """Parts of a manifest that were not pushed before it; a subject may come later."""
        if not isinstance(json.loads(call.body), dict):
            raise TypeError("a manifest is an object")
        manifest = manifest_from(call.body, call.headers.get("content-type"))
        blobs = tuple(d for d in manifest.blobs() if d not in package.blobs)
        return blobs + tuple(d for d in manifest.children() if d not in package.active)


def _created(location: str, digest: str) -> Reply:
    return Reply(status=201, headers={"Location": location, "docker-content-digest": digest})


def _accepted(path: str, number: str, size: int) -> Reply:
    headers = {
        "Location": f"{path}/blobs/uploads/{number}",
        "Docker-Upload-UUID": number,
        "Range": f"0-{max(0, size - 1)}",
    }
    return Reply(status=202, headers=headers)


def _denied(verb: str) -> Refusal:
    text = f"installation not allowed to {verb} organization package" if verb else ""
    return registry_error(403, "DENIED", text or "permission_denied: write_package")
