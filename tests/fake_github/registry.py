"""The registry at the side of GitHub: its tokens, and reading manifests, blobs and tags.

Decides who may pull what and how ghcr.io refuses. Writing is in `uploads`; referrers are not to be
had and nothing can be deleted here, as on ghcr.io.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from dataclasses import dataclass
from urllib.parse import quote

from fake_github.access import Role, role_of, sso_state
from fake_github.exchange import Call, Refusal, Reply, json_reply, registry_error
from fake_github.manifests import MANIFEST_TYPES, Manifest, unaccepted
from fake_github.packages import FakePackage
from fake_github.tokens import ANONYMOUS, UNKNOWN, Token
from fake_github.uploads import Target, Uploads
from fake_github.world import World

SERVICE = "ghcr.io"
_PATH = re.compile(
    r"/v2/(?P<owner>[a-z0-9._-]+)/(?P<name>[a-z0-9._/-]+?)/"
    r"(?P<kind>manifests|blobs/uploads|blobs|tags|referrers)/(?P<reference>[^/]*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A registry token: what it lets its bearer do, of what was asked, until when (monotonic)."""

    token: Token
    scopes: frozenset[tuple[str, str]]
    asked: frozenset[tuple[str, str]]
    until: float


class Registry:
    """The handlers of the registry; `url` is where its server listens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.uploads = Uploads(world)
        self._grants: dict[str, Grant] = {}

    def identify(self, call: Call) -> Token:
        """Whose call this is, however the secret was sent."""
        kind, _, value = call.headers.get("authorization", "").partition(" ")
        if not value:
            return ANONYMOUS
        if kind.lower() == "bearer" and value in self._grants:
            return self._grants[value].token
        secret = _decoded(value)
        if kind.lower() == "basic":
            secret = secret.partition(":")[2]
        return self.world.tokens.get(secret, UNKNOWN)

    def handle(self, call: Call, token: Token) -> Reply:
        """Answer one call; raises `Refusal` for every error."""
        if call.path == "/token":
            with self.world.lock:
                return self._token(call, token)
        if call.path in ("/v2", "/v2/"):
            self._authorize(call, "user/image", "pull")
            return json_reply(200, {})
        matched = _PATH.fullmatch(call.path)
        if matched is None:
            raise registry_error(404, "NOT_FOUND", "404 page not found")
        target = Target(**matched.groupdict())
        with self.world.lock:
            return self._routed(call, token, target)

    def _routed(self, call: Call, token: Token, target: Target) -> Reply:
        if call.method == "DELETE" and target.kind != "blobs/uploads":
            raise registry_error(405, "UNSUPPORTED", "The operation is unsupported.")
        if call.method not in ("GET", "HEAD"):
            self._authorize(call, target.repository, "push")
            return self.uploads.handle(call, token, target)
        self._authorize(call, target.repository, "pull")
        package = self._pullable(token, target)
        match target.kind:
            case "manifests":
                return self._manifest(call, package, target.reference)
            case "blobs":
                return self._blob(package, target.reference)
            case "tags" if target.reference == "list":
                return self._tags(call, package, target)
            case "referrers":
                return self._referrers(target)
            case _:
                raise registry_error(404, "NOT_FOUND", "404 page not found")

    # Tokens

    def _token(self, call: Call, token: Token) -> Reply:
        """A registry token for HTTP Basic or nobody; a GitHub token as Bearer is refused here."""
        if call.method != "GET":
            raise registry_error(405, "UNSUPPORTED", "The operation is unsupported.")
        if call.headers.get("authorization", "").lower().startswith("bearer"):
            raise registry_error(401, "UNAUTHORIZED", "authentication required")
        if token.kind == "unknown":
            raise _denied()
        scopes = frozenset(s for text in call.scopes for s in self._granted(token, text))
        secret = base64.b64encode(f"grant-{len(self._grants)}".encode()).decode()
        seconds = self.world.behaviour.token_seconds
        until = time.monotonic() + (seconds if seconds is not None else 300)
        asked = frozenset(pair for text in call.scopes for pair in _pairs(text))
        self._grants[secret] = Grant(token=token, scopes=scopes, asked=asked, until=until)
        body: dict[str, object] = {"token": secret}
        return json_reply(200, body if seconds is None else {**body, "expires_in": seconds})

    def _granted(self, token: Token, scope: str) -> list[tuple[str, str]]:
        """The (repository, action) pairs of a scope, or a refusal of what may not even be read."""
        wanted = _pairs(scope)
        owner, _, name = wanted[0][0].partition("/")
        package = self.world.package(owner, "container", name)
        if package is not None:
            if not self._may(token, package, Role.READ):
                raise _denied()
            pushes = self._may(token, package, Role.WRITE) and self.uploads.may_write(token)
            return [(r, a) for r, a in wanted if a == "pull" or pushes]
        if token.kind == "anonymous" or not self.uploads.may_create(token, owner, name):
            raise _denied()
        return wanted

    def _may(self, token: Token, package: FakePackage, role: Role) -> bool:
        owner = package.owner
        if owner.ip_allow_list or sso_state(token, owner) != "off":
            return package.visibility == "public" and role == Role.READ
        public = package.visibility == "public" and role == Role.READ
        readable = token.integration or token.has("read:packages")
        return public or (readable and role_of(token, package) >= role)

    def _authorize(self, call: Call, repository: str, action: str) -> None:
        """Refuse a call without a registry token for this, or the GitHub token in base64."""
        kind, _, value = call.headers.get("authorization", "").partition(" ")
        grant = self._grants.get(value)
        if kind.lower() == "bearer":
            if grant is not None and grant.until > time.monotonic():
                if repository == "user/image" or (repository, action) in grant.scopes:
                    return
                if (repository, action) in grant.asked:
                    raise registry_error(403, "DENIED", "permission_denied: write_package")
            elif grant is None and _decoded(value) in self.world.tokens:
                return
        actions = "pull" if action == "pull" else "pull,push"
        scope = f"repository:{repository}:{actions}"
        challenge = f'Bearer realm="{self.url}/token",service="{SERVICE}",scope="{scope}"'
        raise registry_error(
            401, "UNAUTHORIZED", "authentication required", {"Www-Authenticate": challenge}
        )

    # Reading

    def _pullable(self, token: Token, target: Target) -> FakePackage:
        package = self.world.package(target.owner, "container", target.name)
        if package is None:
            raise registry_error(404, "NAME_UNKNOWN", "repository name not known to registry")
        if not self._may(token, package, Role.READ):
            raise _denied()
        return package

    def _manifest(self, call: Call, package: FakePackage, reference: str) -> Reply:
        """A manifest by tag or digest; `Accept` must name its very type."""
        tagged = package.by_tag(reference)
        version = tagged or package.active.get(reference)
        stored = package.manifests.get(version.name) if version is not None else None
        if version is None or stored is None:
            raise registry_error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        accepted = {
            part.split(";")[0].strip() for part in call.headers.get("accept", "").split(",")
        }
        if stored.media_type in MANIFEST_TYPES and stored.media_type not in accepted:
            raise registry_error(404, "MANIFEST_UNKNOWN", unaccepted(stored.media_type))
        if call.method == "GET" or self.world.behaviour.head_downloads:
            version.downloads += 1
        return _content(stored)

    def _blob(self, package: FakePackage, digest: str) -> Reply:
        content = self.world.blobs.get(digest) if digest in package.blobs else None
        if content is None:
            raise registry_error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        headers = {"Content-Type": "application/octet-stream", "docker-content-digest": digest}
        return Reply(status=200, body=content, headers=headers)

    def _tags(self, call: Call, package: FakePackage, target: Target) -> Reply:
        """Tags in lexical order, a page of them after `last`."""
        most = self.world.behaviour.tags_page
        asked = call.query.get("n", "")
        size = min(int(asked), most) if asked.isdecimal() and int(asked) > 0 else most
        rest = sorted(tag for tag in package.tags if tag > call.query.get("last", ""))
        page, headers = rest[:size], {}
        if len(rest) > size:
            path = f"/v2/{target.repository}/tags/list"
            headers["Link"] = f'<{path}?last={quote(page[-1])}&n={size}>; rel="next"'
        return json_reply(200, {"name": target.repository, "tags": page}, headers)

    def _referrers(self, target: Target) -> Reply:
        """No referrers API: a redirect to another host, the digest cut short, or a plain 404."""
        if self.world.behaviour.referrers == 404:
            raise registry_error(404, "NOT_FOUND", "404 page not found")
        path = quote(f"{target.repository}/referrers/sha256", safe="")
        location = f"https://github.com/-/v2/packages/container/package/{path}"
        return Reply(status=303, headers={"Location": location})


def _pairs(scope: str) -> list[tuple[str, str]]:
    """`repository:acme/app:pull,push` as pairs of repository and action."""
    _, repository, actions = (*scope.split(":", 2), "", "")[:3]
    return [(repository, action) for action in actions.split(",")]


def _content(stored: Manifest) -> Reply:
    headers = {"Content-Type": stored.media_type, "docker-content-digest": stored.digest}
    return Reply(status=200, body=stored.content, headers=headers)


def _denied() -> Refusal:
    return registry_error(403, "DENIED", "denied")


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
