"""Reads `package.yaml`, the notation in which a scenario describes a package, and pushes that.

Decides what the words of the notation stand for; README.md beside this file is its reference. It
does not decide what is asked of the action, nor what is expected of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fake_github import FakePackage
from fake_github.manifests import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    digest_of,
)

Json = dict[str, Any]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SUFFIXES = {"sig-of": ".sig", "att-of": ".att", "sbom-of": ".sbom", "referrers-of": ""}
_WORDS = {
    *("tags", "age", "platforms", "provenance", "lists", "lists-layers", "about", "format"),
    *("kind", "missing"),
    *_SUFFIXES,
}
_CONFIGS = {
    "image": OCI_CONFIG,
    "helm chart": "application/vnd.cncf.helm.config.v1+json",
    "bundle": "application/vnd.oci.empty.v1+json",
    "unknown": "application/vnd.acme.rules.v1+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the versions of a package are called in the scenario: name to digest, name to id."""

    digests: Mapping[str, str]
    ids: Mapping[str, int]

    def of_id(self, version_id: int) -> str:
        """The name of the version with this id."""
        return next(name for name, known in self.ids.items() if known == version_id)

    def put_into(self, text: str) -> str:
        """The text with names in place of digests, referrer tags and ids, which are always new."""
        for name, digest in self.digests.items():
            text = text.replace(digest, name).replace(digest.replace(":", "-"), f"tag-on:{name}")
        for name, version_id in self.ids.items():
            text = text.replace(str(version_id), f"#{name}")
        return text

    def filled_into(self, text: str) -> str:
        """The text with digests and ids in place of `{digest:name}` and `{id:name}`."""
        text = re.sub(r"\{digest:([^}]+)\}", lambda match: self.digests[match[1]], text)
        return re.sub(r"\{id:([^}]+)\}", lambda match: str(self.ids[match[1]]), text)


def push(
    package: FakePackage, versions: Mapping[str, Json], *, after: Names | None = None
) -> Names:
    """Push what `package.yaml` says, in its order; returns what everything is called.

    `after` are the names of what was pushed before, which may be named in turn.
    """
    pusher = _Pusher(package, after or Names(digests={}, ids={}))
    for name, entry in versions.items():
        unknown = entry.keys() - _WORDS
        if unknown:
            raise ValueError(f"{name}: unknown words {sorted(unknown)}")
        pusher.push(name, entry)
    pusher.attach_by_tag(versions)
    names = Names(digests=pusher.digests, ids=pusher.ids)
    pusher.take_away(versions)
    return names


def age_of(text: str) -> timedelta:
    """An age such as `40d`, `3h`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


class _Pusher:
    def __init__(self, package: FakePackage, known: Names) -> None:
        self._package = package
        self._now = datetime.now(UTC)
        self.digests: dict[str, str] = dict(known.digests)
        self.ids: dict[str, int] = dict(known.ids)

    def push(self, name: str, entry: Json) -> None:
        """Push one entry, the parts that it implies before itself."""
        age = age_of(entry.get("age", "30d"))
        listed = [self._listed(part) for part in entry.get("lists", ())]
        for platform in entry.get("platforms", ()):
            part = f"{name}/{platform}"
            self._put(part, _manifest(part, {"format": entry.get("format")}), age, ())
            listed.append({**self._listed(part), "platform": _platform(platform)})
        if entry.get("provenance"):
            listed += [self._provenance(f"{name}/{p}", age) for p in entry["platforms"]]
        listed += [_layer(f"{name} {number}") for number in range(entry.get("lists-layers", 0))]
        document = _index(name, entry, listed) if listed else _manifest(name, entry)
        if "about" in entry:
            document["subject"] = self._listed(entry["about"])
        self._put(name, document, age, tuple(str(tag) for tag in entry.get("tags", ())))

    def attach_by_tag(self, versions: Mapping[str, Json]) -> None:
        """Put the tags by which versions are about others, which may have been pushed later."""
        for name, entry in versions.items():
            tags = tuple(
                self.digests[entry[word]].replace(":", "-") + suffix
                for word, suffix in _SUFFIXES.items()
                if word in entry
            )
            self._package.retag(self._package.active[self.digests[name]], tags)

    def take_away(self, versions: Mapping[str, Json]) -> None:
        """Let go what is missing: from the registry alone, or because somebody deleted it."""
        for name, entry in versions.items():
            for part, where in _missing(name, entry).items():
                digest = self.digests[part]
                if where == "from the registry":
                    del self._package.manifests[digest]
                else:
                    self._package.delete_version(self._package.active[digest])

    def _provenance(self, subject: str, age: timedelta) -> Json:
        name = f"{subject}/provenance"
        self._put(name, _manifest(name, {}), age, ())
        annotations = {
            "vnd.docker.reference.digest": self.digests[subject],
            "vnd.docker.reference.type": "attestation-manifest",
        }
        unknown = {"architecture": "unknown", "os": "unknown"}
        return {**self._listed(name), "annotations": annotations, "platform": unknown}

    def _put(self, name: str, document: Json, age: timedelta, tags: tuple[str, ...]) -> None:
        digest = self._package.push_manifest(document, tags=tags, created_at=self._now - age)
        if digest in self.digests.values():
            raise ValueError(f"{name} has the content of another version")
        self.digests[name] = digest
        self.ids[name] = self._package.active[digest].id

    def _listed(self, name: str) -> Json:
        stored = self._package.manifests[self.digests[name]]
        return {
            "mediaType": stored.media_type,
            "digest": stored.digest,
            "size": len(stored.content),
        }


def _missing(name: str, entry: Json) -> dict[str, str]:
    """`missing: everywhere`, `missing: from the registry`, or which parts of it, and where."""
    missing = entry.get("missing", {})
    if isinstance(missing, str):
        return {name: missing}
    return {f"{name}/{part}": where for part, where in missing.items()}


def _manifest(name: str, entry: Json) -> Json:
    docker = entry.get("format") == "docker"
    kind = _CONFIGS[entry.get("kind", "image")]
    return {
        "schemaVersion": 2,
        "mediaType": DOCKER_MANIFEST if docker else OCI_MANIFEST,
        "config": {"mediaType": kind, "digest": digest_of(b"{}"), "size": 2},
        "layers": [_layer(name)],
    }


def _index(name: str, entry: Json, listed: list[Json]) -> Json:
    if entry.get("format") == "docker":
        return {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": listed}
    annotations = {"org.opencontainers.image.title": name}
    return {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": listed,
        "annotations": annotations,
    }


def _layer(content: str) -> Json:
    return {
        "mediaType": OCI_LAYER,
        "digest": digest_of(content.encode()),
        "size": len(content.encode()),
    }


def _platform(name: str) -> Json:
    architecture, _, variant = name.partition("/")
    return {
        "os": "linux",
        "architecture": architecture,
        **({"variant": variant} if variant else {}),
    }
