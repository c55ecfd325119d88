"""Everything that teams push to one package: images of two build tools, signatures of two
generations, attestations, an SBOM, build caches, charts.

Decides what is pushed and under which tags, and remembers which manifests each push added.
"""

from dataclasses import dataclass, field

from real_images.clients import Clients


@dataclass(slots=True, kw_only=True)
class Collection:
    """What was pushed: by the name of the push, the digests that were new in the registry."""

    clients: Clients
    pushes: dict[str, set[str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def added_by(self, *names: str) -> set[str]:
        """The digests that these pushes added."""
        return {digest for name in names for digest in self.pushes[name]}

    def note(self, name: str, digest: str | None = None) -> None:
        """Remember what is new since the last time."""
        known = {digest for push in self.pushes.values() for digest in push}
        self.pushes[name] = self.clients.registry.manifests.keys() - known
        if digest is not None:
            self.digests[name] = digest


def made(clients: Clients) -> Collection:
    """Push it all. `yesterday` is the build that had the tag `edge` before."""
    collection = Collection(clients=clients)
    clients.make_keys()
    _push_images(collection)
    _push_other_things(collection)
    _sign(collection)
    return collection


def _push_images(collection: Collection) -> None:
    clients, note = collection.clients, collection.note
    note("yesterday", clients.push_fixture("monday", "edge"))
    note("edge", clients.push_fixture("again", "edge"))
    note("pr-1", clients.push_fixture("pr-1", "pr-1"))
    note("1.0.0", clients.push_built("1.0.0", "one", "oci"))
    note("pr-2", clients.push_built("pr-2", "two", "docker"))


def _push_other_things(collection: Collection) -> None:
    clients, note = collection.clients, collection.note
    note("cache-main", clients.push_fixture("cache-main", "cache-main"))
    note("cache-pr", clients.push_fixture("cache-pr", "cache-pr"))
    note("chart-0.1.0", clients.push_chart("chart-0.1.0"))
    note("chart-0.2.0", clients.push_chart("chart-0.2.0"))


def _sign(collection: Collection) -> None:
    """Each bundle of `edge` makes a new index of referrers; the former two are left untagged."""
    clients, note, digests = collection.clients, collection.note, collection.digests
    clients.sign("cosign2", digests["1.0.0"], "--recursive")
    clients.attest("cosign2", digests["1.0.0"])
    note("signatures of 1.0.0")
    clients.sign("cosign2", digests["pr-2"])
    note("signature of pr-2")
    clients.sign("cosign3", digests["pr-1"])
    note("signature of pr-1")
    clients.sign("cosign3", digests["edge"])
    clients.attest("cosign3", digests["edge"])
    clients.attach(digests["edge"], '{"spdxVersion": "SPDX-2.3"}')
    note("signatures of edge")
