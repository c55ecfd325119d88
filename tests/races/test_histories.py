"""Random lives of a package: pushes, moving tags, deletions by hand, faults, runs of the action.

After each run every image that the rules keep is whole. Which these are is told from the tags and
times alone, in the few lines of `kept_by`, and what belongs to them by `wholeness`.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from end_to_end.hooks import at_call, before_deletion, before_second_look
from fake_github import Call, FakePackage, Fault, FaultKind
from scenarios.notation import Json, Names, push
from scenarios.stage import Run, staged
from scenarios.wholeness import Contents, assert_left_whole

ALWAYS = "3.0.0"
TAGS = ("pr-1", "pr-2", "pr-3", "1.0.0", "2.0.0", "latest")
INPUTS: dict[str, dict[str, Any]] = {
    "all pull requests": {"delete": "pr-*", "delete-untagged": True, "older-than": "0s"},
    "the newest two": {"versions-to-keep": 2, "keep": "latest"},
    "only tagged": {"delete": "pr-*", "keep": "pr-1"},
    "taking tags off": {"delete": "pr-*", "untag": True},
}

ages = st.sampled_from(["0s", "3h", "2d", "40d", "41d", "90d"])
tags = st.lists(st.sampled_from(TAGS), max_size=2, unique=True)
picks = st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True)
pick = st.integers(0, 99)

Event_ = Callable[[], object]


def kept_by(inputs: dict[str, Any], contents: Contents, package: FakePackage) -> set[str]:
    """The images that the inputs, read by a person, leave alone."""
    own = {d: [t for t in contents.tags[d] if _is_own(t)] for d in contents.images}
    protected = inputs.get("keep", "")
    kept = {d for d, names in own.items() if any(fnmatchcase(t, protected) for t in names)}
    if "delete" in inputs:
        pattern = inputs["delete"]
        return kept | {d for d in own if not all(fnmatchcase(t, pattern) for t in own[d])}
    rest = [package.active[digest] for digest in own if digest not in kept]
    rest.sort(key=lambda version: (version.created_at.timestamp(), version.id), reverse=True)
    return kept | {version.name for version in rest[: inputs["versions-to-keep"]]}


class Life(RuleBasedStateMachine):
    """One package and all that happens to it."""

    @initialize()
    def begin(self) -> None:
        self.close = ExitStack()
        folder = self.close.enter_context(tempfile.TemporaryDirectory())
        patched = self.close.enter_context(pytest.MonkeyPatch.context())
        self.stage = self.close.enter_context(staged(Path(folder), patched))
        self.package = self.stage.package
        self.names = Names(digests={}, ids={})
        self.count = 0
        self.push({"tags": [ALWAYS], "age": "50d"})  # so that one tagged image always stays
        self.push({"tags": ["pr-1"], "age": "45d", "platforms": ["amd64", "arm64"]})
        self.push({"age": "45d", "platforms": ["amd64"]})

    def teardown(self) -> None:
        if hasattr(self, "close"):
            self.close.close()

    # What people do

    @rule(tags=tags, age=ages, platforms=st.integers(0, 2), provenance=st.booleans())
    def push_image(self, tags: list[str], age: str, platforms: int, *, provenance: bool) -> None:
        self.push(
            {
                "tags": tags,
                "age": age,
                "platforms": ["amd64", "arm64"][:platforms],
                "provenance": provenance and platforms > 0,
            }
        )

    @rule(tags=tags, age=ages, parts=picks)
    def push_index(self, tags: list[str], age: str, parts: list[int]) -> None:
        self.push(self.index(tags, age, parts))

    @rule(word=st.sampled_from(["about", "sig-of", "att-of"]), age=ages, subject=pick)
    def attach(self, word: str, age: str, subject: int) -> None:
        self.push({word: self.named(subject), "age": age})

    @rule(subject=pick, age=ages)
    def attach_with_fallback_tag(self, subject: int, age: str) -> None:
        """As cosign 3 does: the former index of referrers is left without its tag."""
        name = self.named(subject)
        tag = self.names.digests[name].replace(":", "-")
        former = self.package.tags.get(tag)
        listed = self.package.manifests[former].children() if former else ()
        called = {digest: name for name, digest in self.names.digests.items()}
        self.push({"about": name, "age": age, "kind": "bundle"})
        bundle = f"v{self.count}"
        lists = [*(called[d] for d in listed if d in called), bundle]
        self.push({"lists": lists, "referrers-of": name, "age": age})

    @rule(tag=st.sampled_from(TAGS), to=pick)
    def move_tag(self, tag: str, to: int) -> None:
        self.retag(tag, self.named(to))

    @precondition(lambda self: len(self.package.active) > 3)
    @rule(which=pick)
    def delete_by_hand(self, which: int) -> None:
        version = self.package.active[self.names.digests[self.named(which)]]
        if ALWAYS not in version.tags:
            self.package.delete_version(version)

    # What the action does

    @rule(inputs=st.sampled_from(sorted(INPUTS)))
    def run_twice(self, inputs: str) -> None:
        """Where nothing goes wrong the second run has nothing to do."""
        first = self.run(INPUTS[inputs])
        assert first.finished.code == 0, first.finished.log
        assert first.finished.outcome in ("done", "nothing-to-do"), first.finished.log
        again = self.stage.run(INPUTS[inputs])
        assert again.finished.outcome == "nothing-to-do", again.finished.log
        assert again.writes == ()

    @rule(inputs=st.sampled_from(sorted(INPUTS)), tag=st.sampled_from(TAGS[3:]), part=pick)
    def run_while_somebody_pushes(self, inputs: str, tag: str, part: int) -> None:
        """The new image lists what might have gone."""
        entry = {"tags": [tag], "age": "0s", "lists": [self.candidate(part)]}
        before_second_look(self.stage.github, lambda: self.push(entry))
        self.run(INPUTS[inputs])

    @rule(inputs=st.sampled_from(sorted(INPUTS)), tag=st.sampled_from(TAGS), to=pick)
    def run_while_somebody_moves_a_tag(self, inputs: str, tag: str, to: int) -> None:
        """The tag lands on what might have gone."""
        name = self.candidate(to)
        before_second_look(self.stage.github, lambda: self.retag(tag, name))
        self.run(INPUTS[inputs])

    @rule(
        inputs=st.sampled_from(sorted(INPUTS)),
        which=pick,
        kind=st.sampled_from(["absent", "500", FaultKind.TRUNCATED, FaultKind.WRONG_CONTENT]),
        times=st.sampled_from([1, None]),
    )
    def run_with_a_bad_manifest(
        self, inputs: str, which: int, kind: str, times: int | None
    ) -> None:
        digest = self.names.digests[self.named(which)]
        missing = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
        self.stage.github.fail(
            Fault(
                kind=kind if isinstance(kind, FaultKind) else FaultKind.STATUS,
                status=404 if kind == "absent" else 500,
                body=missing if kind == "absent" else "",
                method="GET",
                path_contains=f"/manifests/{digest}",
                times=times,
            )
        )
        self.run(INPUTS[inputs], unpullable=[digest] if kind == "absent" else [])

    @rule(
        inputs=st.sampled_from(sorted(INPUTS)),
        which=pick,
        kind=st.sampled_from([FaultKind.STATUS, FaultKind.LOST_ANSWER, FaultKind.STALE_404]),
        times=st.sampled_from([1, None]),
    )
    def run_with_a_bad_deletion(
        self, inputs: str, which: int, kind: FaultKind, times: int | None
    ) -> None:
        version_id = self.names.ids[self.named(which)]
        self.stage.github.fail(
            Fault(kind=kind, method="DELETE", path_contains=f"/versions/{version_id}", times=times)
        )
        self.run(INPUTS[inputs])

    @rule(
        inputs=st.sampled_from(sorted(INPUTS)),
        kind=st.sampled_from([FaultKind.MISSING_PAGE, FaultKind.TRUNCATED, FaultKind.RESET]),
        skip=st.integers(0, 2),
    )
    def run_with_a_bad_listing(self, inputs: str, kind: FaultKind, skip: int) -> None:
        self.stage.github.fail(Fault(kind=kind, path_contains="/versions?", skip=skip))
        self.run(INPUTS[inputs])

    @rule(inputs=st.sampled_from(sorted(INPUTS)), deletions=st.integers(1, 4))
    def run_and_be_cancelled(self, inputs: str, deletions: int) -> None:
        cancelled = Event()
        before_deletion(self.stage.github, cancelled.set, number=deletions)
        self.run(INPUTS[inputs], cancelled=cancelled)

    # How

    def run(
        self,
        inputs: dict[str, Any],
        *,
        unpullable: list[str] | None = None,
        cancelled: Event | None = None,
    ) -> Run:
        """Run the action, and hold it to what there was right before its first write."""
        seen: list[tuple[Contents, set[str]]] = []

        def look() -> None:
            contents = Contents(self.package, unpullable=unpullable or ())
            seen.append((contents, kept_by(inputs, contents, self.package)))

        at_call(self.stage.github, _is_write, 1, look)
        try:
            run = self.stage.run(inputs, cancelled=cancelled)
        finally:
            self.stage.github.heal()
            self.stage.github._backend.hooks.clear()
        if seen:
            [(contents, kept)] = seen
            after = Contents(self.package)
            assert_left_whole(contents, after, self.names.digests, images=kept)
            for digest in kept:
                taken = set(contents.tags[digest]) - set(after.tags[digest])
                assert not taken or inputs.get("untag"), run.finished.log
        assert "a kept image is not whole" not in run.finished.log
        return run

    def push(self, entry: Json) -> None:
        self.count += 1
        self.names = push(self.package, {f"v{self.count}": entry}, after=self.names)

    def index(self, tags: list[str], age: str, parts: list[int]) -> Json:
        lists = list(dict.fromkeys(self.named(part) for part in parts))
        return {"tags": tags, "age": age, "lists": lists}

    def retag(self, tag: str, name: str) -> None:
        self.package.retag(self.package.active[self.names.digests[name]], (tag,))

    def named(self, number: int) -> str:
        """One of the versions there are."""
        return self._chosen(number, lambda _: True)

    def candidate(self, number: int) -> str:
        """One of the versions without a tag that any inputs protect by itself, if there are any."""
        return self._chosen(
            number, lambda tags: all(fnmatchcase(tag, "pr-*") for tag in tags if _is_own(tag))
        )

    def _chosen(self, number: int, fits: Callable[[tuple[str, ...]], bool]) -> str:
        there = {
            name: self.package.active[digest].tags
            for name, digest in self.names.digests.items()
            if digest in self.package.active
        }
        fitting = [name for name, tags in there.items() if fits(tags)] or list(there)
        return fitting[number % len(fitting)]


def _is_own(tag: str) -> bool:
    return tag in (*TAGS, ALWAYS)


def _is_write(call: Call) -> bool:
    return call.method not in ("GET", "HEAD")


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=14, deadline=None)
TestLife = Life.TestCase
