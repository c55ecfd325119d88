"""Manifests of one package in a container registry.

Decides when a 404 means that a manifest is not there. ghcr.io also answers 404 where it has one of
a media type that `Accept` lacks, and where it does not show the repository at all; neither is
absence, and taking it for that would offer what is needed for deletion. The referrers endpoint is
never asked: ghcr.io has none and redirects to another host.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Protocol, TypeVar
from urllib.parse import quote

from package_keeper.adapters.registry_host import RegistryHost, Request
from package_keeper.adapters.sessions import Reply
from package_keeper.domain.answers import Answer, AnswerLost, Refusal, Refused
from package_keeper.domain.manifests import (
    EMPTY_CONTENT,
    EMPTY_DIGEST,
    INDEX_TYPES,
    MANIFEST_TYPES,
    Manifest,
    NotAManifest,
    parse_manifest,
)
from package_keeper.domain.model import DIGEST
from package_keeper.execution.ports import Content
from package_keeper.pacing.together import ask_together

T = TypeVar("T")

ACCEPT = ", ".join(INDEX_TYPES + MANIFEST_TYPES)

_TAGS_AT_ONCE = 32
"""How many tags are looked up at the same time; the pacer holds them to the registry's limits."""

_DIGEST_HEADER = "docker-content-digest"


class Remembered(Protocol):
    """Manifests that were read in an earlier run."""

    def get(self, digest: str) -> Manifest | None:
        """The manifest, its content checked against the digest."""
        ...

    def put(self, digest: str, media_type: str, content: bytes) -> None:
        """Keep what the registry sent."""
        ...


class Registry:
    """Implements the port Manifests for one package, and pushing; from any thread.

    Names are lower-case in a registry, however GitHub writes the owner's.
    """

    def __init__(
        self, host: RegistryHost, *, owner: str, name: str, cache: Remembered | None = None
    ) -> None:
        self._host = host
        self._cache = cache
        self._name = f"{owner}/{name}".lower()
        self._path = f"/v2/{quote(self._name, safe='/')}"

    def manifest(self, digest: str) -> Manifest:
        """The manifest with this digest, its content checked against the digest.

        One that is remembered says what it is, not that it is there still, so that is asked.
        """
        known = None if self._cache is None else self._cache.get(digest)
        if known is not None and self.exists(digest):
            return known
        return self._read(digest, lambda reply: self._parse(digest, reply))

    def content(self, digest: str) -> Content:
        """The manifest's bytes, to push them under a tag."""

        def read(reply: Reply) -> Content:
            self._parse(digest, reply)
            media_type = reply.headers.get("content-type", "")
            return Content(media_type=media_type, content=reply.body)

        return self._read(digest, read)

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        """What the registry's tags lead to, apart from the known ones; no content is read."""
        tags = [tag for tag in dict.fromkeys(self._tags()) if tag not in known]
        digests = ask_together(self.digest_of, tags, workers=_TAGS_AT_ONCE)
        return tuple(dict.fromkeys(digest for digest in digests if digest is not None))

    def _tags(self) -> Iterator[str]:
        """All tags, page after page ("Listing tags" in the OCI distribution specification)."""
        url: str | None = f"{self._path}/tags/list?n=1000"
        seen: set[str] = set()
        while url is not None and url not in seen:
            seen.add(url)
            request = Request(method="GET", url=url, scope=self._scope("pull"))
            tags, url = self._host.send(request, self._page_of_tags)
            yield from tags

    def _page_of_tags(self, reply: Reply) -> tuple[tuple[str, ...], str | None]:
        try:
            tags = json.loads(reply.body)["tags"] or []
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise AnswerLost("the registry's list of tags can't be read") from error
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise AnswerLost("the registry's list of tags is no list of names")
        after = re.search(r'<([^>]+)>;\s*rel="next"', reply.headers.get("link", ""))
        return tuple(tags), self._host.own_url(after[1]) if after else None

    def digest_of(self, tag: str) -> str | None:
        """What a tag leads to; None where it leads nowhere, as those of deleted versions may."""
        request = Request(
            method="HEAD",
            url=f"{self._path}/manifests/{quote(tag, safe='')}",
            scope=self._scope("pull"),
            headers={"Accept": ACCEPT},
        )
        try:
            return self._host.send(request, lambda reply: reply.headers.get(_DIGEST_HEADER))
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND:
                return None
            raise

    def exists(self, digest: str) -> bool:
        """Whether the registry has it, without reading it, which would count as a download.

        HEAD has no text that tells absence from the other reasons of a 404, so a 404 is asked for
        once more with GET; of what is absent that reads nothing either.
        """
        try:
            return self._host.send(
                self._request("HEAD", digest), lambda reply: _is_about(digest, reply)
            )
        except Refused as refused:
            if refused.refusal is not Refusal.NOT_FOUND:
                raise
        try:
            self._read(digest, lambda reply: self._parse(digest, reply))
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND:
                return False
            raise
        return True

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        """Push a manifest under a tag, which moves the tag to it; returns its digest.

        The empty configuration is pushed before it where the content names it. Raises AnswerLost
        where the tag may or may not have moved.
        """
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if EMPTY_DIGEST.encode() in content:
            self._put_empty()
        request = Request(
            method="PUT",
            url=f"{self._path}/manifests/{quote(tag, safe='')}",
            scope=self._scope("pull,push"),
            headers={"Content-Type": media_type},
            body=content,
        )
        self._host.send(request, lambda reply: _is_about(digest, reply))
        return digest

    def _read(self, digest: str, read: Callable[[Reply], T]) -> T:
        try:
            return self._host.send(self._request("GET", digest), read)
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND and not _is_absence(refused.answer):
                said = refused.answer.message or "no reason"
                text = f"{self._host.name} answered 404 for {digest}, but not as missing: {said}"
                raise AnswerLost(text, refused.answer) from refused
            raise

    def _put_empty(self) -> None:
        scope = self._scope("pull,push")
        blob = f"{self._path}/blobs/{EMPTY_DIGEST}"
        try:
            self._host.send(Request(method="HEAD", url=blob, scope=scope), lambda _: True)
        except Refused as refused:
            if refused.refusal is not Refusal.NOT_FOUND:
                raise
        else:
            return
        start = Request(method="POST", url=f"{self._path}/blobs/uploads/", scope=scope)
        location = self._host.send(start, lambda reply: reply.headers.get("location", ""))
        url = self._host.own_url(location)
        separator = "&" if "?" in url else "?"
        upload = Request(
            method="PUT",
            url=f"{url}{separator}digest={quote(EMPTY_DIGEST, safe='')}",
            scope=scope,
            headers={"Content-Type": "application/octet-stream"},
            body=EMPTY_CONTENT,
        )
        self._host.send(upload, lambda _: True)

    def _request(self, method: str, digest: str) -> Request:
        if not DIGEST.fullmatch(digest):
            raise AnswerLost(f"{digest[:100]!r} is no digest that can be checked")
        return Request(
            method=method,
            url=f"{self._path}/manifests/{digest}",
            scope=self._scope("pull"),
            headers={"Accept": ACCEPT},
        )

    def _scope(self, actions: str) -> str:
        return f"repository:{self._name}:{actions}"

    def _parse(self, digest: str, reply: Reply) -> Manifest:
        media_type = reply.headers.get("content-type", "")
        try:
            manifest = parse_manifest(digest, media_type, reply.body)
        except NotAManifest as error:
            raise AnswerLost(str(error)) from error
        if self._cache is not None:
            self._cache.put(digest, media_type, reply.body)
        return manifest


def _is_absence(answer: Answer) -> bool:
    """Whether a 404 says that the manifest itself is not there."""
    said = answer.message.lower().replace("_", " ")
    return "manifest unknown" in said and "does not support" not in said


def _is_about(digest: str, reply: Reply) -> bool:
    said = reply.headers.get(_DIGEST_HEADER, digest)
    if said != digest:
        raise AnswerLost(f"the registry speaks of {said[:100]} where {digest} was meant")
    return True
