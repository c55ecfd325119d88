"""The life of a package: pushes, signatures, deletions by hand and runs, in any order."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import NOW, package, referrer_tag
from domain.promises import closure, images_of, rule_lists, twice_as_many
from fakes.github import GitHubInMemory, PackageInMemory
from fakes.runs import Stage
from package_keeper.domain.manifests import INDEX_TYPES, MANIFEST_TYPES, Child, Manifest
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import PackageReport
from package_keeper.domain.rules import Rule

TAGS = st.sampled_from(["v1", "v2", "v3", "pr-1", "pr-2", "latest", "main", ""])


@dataclass(slots=True)
class Life:
    """A package through time. A push of something that is there already only moves its tags."""

    github: GitHubInMemory = field(
        default_factory=lambda: GitHubInMemory(PackageInMemory(ref=package().ref))
    )
    now: datetime = NOW - timedelta(days=100)
    pushed: int = 0

    @property
    def held(self) -> PackageInMemory:
        return self.github.only

    def some(self, pick: int) -> Version | None:
        versions = sorted(self.held.versions.values(), key=lambda v: v.id)
        return versions[pick % len(versions)] if versions else None

    def push(
        self,
        *tags: str,
        children: Iterable[Version] = (),
        subject: str | None = None,
        same: int | None = None,
    ) -> Version:
        listed = tuple(
            Child(digest=v.name, media_type=self.held.manifests[v.name].media_type)
            for v in children
            if v.name in self.held.manifests
        )
        self.pushed += 1
        said = f"{[c.digest for c in listed]} {subject} {self.pushed if same is None else same}"
        digest = f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
        known = {v.name: v for v in self.held.versions.values()}
        former = known.get(digest)
        version = Version(
            id=former.id if former else self.pushed,
            name=digest,
            tags=tuple(dict.fromkeys([*(former.tags if former else ()), *filter(None, tags)])),
            created_at=former.created_at if former else self.now,
            updated_at=self.now,
        )
        media_type = INDEX_TYPES[0] if listed else MANIFEST_TYPES[0]
        self.held.push(
            version,
            Manifest(digest=digest, media_type=media_type, children=listed, subject=subject),
        )
        return version

    def image(self, tag: str, platforms: int, base: int) -> None:
        """A build of some platforms, of which the first may be the same as in another build."""
        parts = [self.push(same=base if n == 0 else None) for n in range(platforms)]
        self.push(tag, children=parts) if parts else self.push(tag)

    def attest(self, pick: int) -> None:
        """A referrer, and the index under the fallback tag that lists all there are by now."""
        subject = self.some(pick)
        if subject is None:
            return
        self.push(subject=subject.name)
        about = [
            v
            for v in self.held.versions.values()
            if (m := self.held.manifests.get(v.name)) is not None and m.subject == subject.name
        ]
        self.push(referrer_tag(subject.name), children=about)

    def sign(self, pick: int) -> None:
        """A signature as cosign before version 3 attaches it."""
        subject = self.some(pick)
        if subject is not None:
            self.push(referrer_tag(subject.name, ".sig"))

    def gather(self, tag: str, picks: list[int]) -> None:
        """An index of whatever is there: other indexes, referrers, images."""
        self.push(tag, children=[v for v in map(self.some, picks) if v is not None])

    def delete(self, pick: int) -> None:
        """Somebody deletes one version by hand, parts or not."""
        version = self.some(pick)
        if version is not None:
            self.held.versions.pop(version.id)
            self.held.manifests.pop(version.name, None)


_picks = st.integers(0, 40)
_days = st.integers(0, 20)
_events = st.one_of(
    st.tuples(st.just("image"), TAGS, st.integers(0, 2), st.integers(-3, -1)),
    st.tuples(st.just("attest"), _picks),
    st.tuples(st.just("sign"), _picks),
    st.tuples(st.just("gather"), TAGS, st.lists(_picks, max_size=3)),
    st.tuples(st.just("delete"), _picks),
    st.tuples(st.just("pass"), _days),
    st.tuples(st.just("run"), rule_lists()),
)


def _run(life: Life, rules: tuple[Rule, ...]) -> PackageReport:
    stage = Stage(life.github, workers=1, now=life.now)
    (told,) = stage.run(stage.asked(rules)).packages
    assert told.error is None
    assert told.plan is not None
    fine = (Outcome.DELETED, Outcome.RETAINED)
    failed = {r.version.id for r in told.results if r.outcome not in fine}
    assert failed == set(told.plan.missing_ids)
    return told


def _keeps_the_promises(life: Life, rules: tuple[Rule, ...]) -> None:
    before = life.held.world
    told = _run(life, rules)
    assert told.plan is not None
    assert len(told.plan.decisions) == len(before.versions)
    gone = {v.name for v in before.versions} - {v.name for v in life.held.world.versions}
    assert not closure(before, images_of(told.plan, before)) & gone
    assert {r.version.name for r in told.with_outcome(Outcome.DELETED)} == gone
    assert any(v.own_tags for v in before.versions) == any(
        v.own_tags for v in life.held.world.versions
    )
    if told.with_outcome(Outcome.RETAINED):
        return  # GitHub keeps the last tag, though it may only attach something
    assert gone == {d.version.name for d in told.plan.deletions}
    again = _run(life, rules)
    assert again.plan is not None
    assert again.plan.deletions == ()


@settings(max_examples=twice_as_many())
@given(st.lists(_events, max_size=14), rule_lists())
def test_every_run_in_the_life_of_a_package_keeps_the_promises(
    events: list[tuple[object, ...]], rules: tuple[Rule, ...]
) -> None:
    life = Life()
    for what, *about in [*events, ("run", rules)]:
        if what == "run":
            _keeps_the_promises(life, *about)  # type: ignore[arg-type]
        elif what == "pass":
            life.now += timedelta(days=about[0])  # type: ignore[arg-type]
        else:
            getattr(life, str(what))(*about)
