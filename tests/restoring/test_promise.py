"""Promise 8, as properties: deleting and then restoring gives back what was there."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import NOW, World, referrer_tag, worlds
from domain.promises import closure, rule_lists, twice_as_many
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import IdIn, Rule, Verb
from package_keeper.run.means import ToRestore
from restoring.runs import run, undo
from restoring.small_github import Ending, SmallGitHub, missing_of

CleanUp = tuple[World, tuple[Rule, ...]]

workers = st.sampled_from([1, 1, 3])
kills = st.builds(Ending, write=st.integers(0, 4), is_carried_out=st.booleans())
losses = st.builds(
    Ending, write=st.integers(0, 4), is_carried_out=st.booleans(), lost=st.just(value=True)
)
endings = st.none() | kills | losses


def deletion_of(ids: Iterable[int]) -> tuple[Rule, ...]:
    return (Rule(verb=Verb.DELETE, text="delete-ids", conditions=(IdIn(ids=tuple(ids)),)),)


def indexes(world: World) -> list[int]:
    """The versions that consist of others which are there."""
    names = {version.name for version in world.versions}
    return [
        version.id
        for version in world.versions
        if version.name in world.manifests
        if any(child.digest in names for child in world.manifests[version.name].children)
    ]


layered_worlds = worlds().filter(indexes)


@st.composite
def clean_ups(draw: st.DrawFn) -> CleanUp:
    """A package, and rules of every kind or, more often, some that delete a good part of it."""
    world = draw(layered_worlds | worlds())
    if not draw(st.integers(0, 3)):
        return world, draw(rule_lists())
    ids = st.sampled_from([version.id for version in world.versions])
    return world, deletion_of({*indexes(world)[:1], *draw(st.sets(ids, min_size=1))})


@given(clean_ups(), workers)
def test_a_clean_up_is_undone_by_its_journal(clean_up: CleanUp, at_once: int) -> None:
    world, rules = clean_up
    github = SmallGitHub.holding(world)
    before = github.state
    deleted = run(github, rules=rules, workers=at_once).packages[0].with_outcome(Outcome.DELETED)
    report = undo(github, workers=at_once)
    assert github.state == before
    restored = report.with_outcome(Outcome.RESTORED) if report else ()
    assert {r.version.id for r in restored} == {r.version.id for r in deleted}


@settings(max_examples=twice_as_many())
@given(clean_ups(), workers, endings, endings)
def test_it_is_undone_wherever_it_was_cut_and_wherever_the_undoing_is_cut(
    clean_up: CleanUp, at_once: int, first: Ending | None, second: Ending | None
) -> None:
    world, rules = clean_up
    github = SmallGitHub.holding(world)
    before = github.state
    run(github, rules=rules, ending=first, workers=at_once)
    undo(github, ending=second, workers=at_once)
    undo(github, workers=at_once)
    assert github.state == before


@given(clean_ups(), st.sets(st.integers(1, 9)).map(deletion_of), endings, endings)
def test_all_runs_of_a_journal_are_undone(
    clean_up: CleanUp,
    others: tuple[Rule, ...],
    first: Ending | None,
    second: Ending | None,
) -> None:
    """A journal that was appended to counts as a whole: what it deleted and did not bring back."""
    world, rules = clean_up
    github = SmallGitHub.holding(world)
    before = github.state
    run(github, rules=rules, ending=first)
    run(github, rules=others, ending=second)
    undo(github)
    assert github.state == before


@settings(max_examples=twice_as_many())
@given(layered_worlds | worlds(), st.sets(st.integers(1, 9)), endings, endings)
def test_a_package_that_went_as_a_whole_comes_back_wherever_it_was_cut(
    world: World, single: set[int], first: Ending | None, second: Ending | None
) -> None:
    """With what was deleted of it before, and whatever GitHub leaves out of it."""
    github = SmallGitHub.holding(world)
    github.stays_gone = frozenset(single)
    before = github.state
    run(github, rules=deletion_of(single))
    everything = deletion_of(v.id for v in world.versions)
    run(github, rules=everything, ending=first, if_empty=IfEmpty.DELETE_PACKAGE)
    undo(github, ending=second)
    undo(github)
    assert github.state == before


@given(clean_ups())
def test_undoing_twice_is_nothing_to_do(clean_up: CleanUp) -> None:
    world, rules = clean_up
    github = SmallGitHub.holding(world)
    run(github, rules=rules)
    undo(github)
    written = list(github.lines)
    report = undo(github)
    assert report is None or not report.results
    assert github.lines == written


@given(clean_ups(), kills)
def test_no_image_is_back_before_its_parts(clean_up: CleanUp, ending: Ending | None) -> None:
    """Wherever the undoing is cut, each image that is there again is as whole as it was."""
    world, rules = clean_up
    github = SmallGitHub.holding(world)
    lacked = {v.name: missing_of(github, [v.name]) for v in world.versions}
    run(github, rules=rules)
    left = frozenset(github.active)
    undo(github, ending=ending)
    came = [v.name for v in github.active.values() if v.id not in left]
    assert all(missing_of(github, [name]) == lacked[name] for name in came)


@given(layered_worlds)
def test_an_image_comes_back_whole_without_a_journal(world: World) -> None:
    """What it is made of is read from its manifest once that is back."""
    number = indexes(world)[-1]
    github = SmallGitHub.holding(world)
    versions = dict(github.active)
    name = versions[number].name
    lacked = missing_of(github, [name])
    run(github, rules=deletion_of([number]))
    if number in github.active:
        return
    run(github, restore=ToRestore(ids=(number,)))
    assert missing_of(github, [name]) == lacked
    assert github.active[number] == versions[number]


@given(worlds(), st.sets(st.integers(1, 9), max_size=4))
def test_repair_makes_every_tag_pull_again(world: World, taken: set[int]) -> None:
    """Whatever untagged versions another tool took away, and whoever shares them."""
    github = SmallGitHub.holding(world)
    names = {v.id: v.name for v in github.active.values()}
    images = [v.name for v in github.active.values() if v.own_tags]
    lacked = missing_of(github, images)
    for number in taken & github.active.keys():
        if not github.active[number].own_tags:
            github.delete(number)
    run(github, restore=ToRestore(repair=True))
    assert missing_of(github, images) == lacked
    needed = closure(world, images)
    back = {names[i] for i in github.active if i in taken}
    assert all(name in needed for name in back if name not in images)


# Going on


@st.composite
def broken_packages(draw: st.DrawFn) -> SmallGitHub:
    """A package of which versions were deleted, some of them more than once, or pushed again."""
    world = draw(layered_worlds | worlds())
    github = SmallGitHub.holding(world)
    ids = st.sampled_from([version.id for version in world.versions])
    for version in world.versions:
        for number in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            tags = draw(st.sampled_from([(), version.tags, version.tags[:1], version.tags[1:]]))
            former = replace(version, id=100 * (number + 1) + version.id, tags=tags)
            at = NOW - timedelta(days=draw(st.sampled_from([1, 9])))
            github.gone[former.id] = replace(former, deleted_at=at)
    for number in draw(st.sets(ids, min_size=1)):
        name = github.active[number].name
        github.delete(number, NOW - timedelta(days=5))
        if draw(st.integers(0, 4)) == 0:
            again = replace(github.gone[number], id=900 + number, deleted_at=None, tags=())
            github.active[again.id] = replace(again, name=name)
    return github


def reached(github: SmallGitHub, roots: Iterable[str]) -> set[str]:
    """What versions need as far as tags and the manifests that are there lead to it."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        digest = pending.pop()
        if digest in found:
            continue
        found.add(digest)
        manifest = github.manifests.get(digest) if github.exists(digest) else None
        if manifest is not None:
            pending += [child.digest for child in manifest.children]
            pending += [manifest.subject] if manifest.subject else []
        for version in github.active.values():
            if version.name == digest:
                pending += version.tagged_subjects
            if digest in version.tagged_subjects:
                pending.append(version.name)
    return found


def restorable(github: SmallGitHub, roots: Iterable[str]) -> set[str]:
    """What versions lack, and could have back: children, and what nothing attached is instead of.

    What is only the subject of something is no part of it.
    """
    there = [digest for digest in reached(github, roots) if github.exists(digest)]
    manifests = [github.manifests[digest] for digest in there if digest in github.manifests]
    children = {child.digest for manifest in manifests for child in manifest.children}
    used = {tag for version in github.active.values() for tag in version.tags}
    wanted = {referrer_tag(d, suffix) for d in there for suffix in ("", ".sig", ".att")} - used
    rows = [v for v in github.gone.values() if not github.exists(v.name)]
    return {v.name for v in rows if v.name in children or wanted & set(v.tags)}


def go_on(github: SmallGitHub, restore: ToRestore, cuts: Iterable[Ending | None]) -> None:
    """Runs that are cut like this, one that is not, and one that has nothing to do then."""
    for ending in cuts:
        run(github, restore=restore, ending=ending)
    report = run(github, restore=restore).packages[0]
    assert not report.with_outcome(Outcome.ERROR)
    written = list(github.lines)
    assert not run(github, restore=restore).packages[0].results
    assert github.lines == written


several_cuts = st.lists(endings, max_size=3)


@settings(max_examples=twice_as_many())
@given(broken_packages(), several_cuts)
def test_repair_that_is_run_until_it_is_done_leaves_nothing_that_could_come_back(
    github: SmallGitHub, cuts: list[Ending | None]
) -> None:
    go_on(github, ToRestore(repair=True), cuts)
    images = [version.name for version in github.active.values() if version.own_tags]
    assert restorable(github, images) == set()


@settings(max_examples=twice_as_many())
@given(broken_packages(), several_cuts, st.data())
def test_ids_that_are_asked_for_until_it_is_done_come_back_whole(
    github: SmallGitHub, cuts: list[Ending | None], data: st.DataObject
) -> None:
    able = {v.name: v.id for v in github.gone.values() if not github.exists(v.name)}
    active = {v.name: v.id for v in github.active.values()}
    asked = data.draw(st.sets(st.sampled_from(sorted({**able, **active}.items())), min_size=1))
    go_on(github, ToRestore(ids=tuple(number for _, number in asked)), cuts)
    assert {number for _, number in asked} <= github.active.keys()
    assert restorable(github, [name for name, _ in asked]) == set()


@settings(max_examples=twice_as_many())
@given(broken_packages(), several_cuts, st.sampled_from(["*", "v*", "pr-1", "sha256:*"]))
def test_patterns_that_are_asked_for_until_it_is_done_come_back_whole(
    github: SmallGitHub, cuts: list[Ending | None], text: str
) -> None:
    pattern = Pattern(text)

    def is_meant(version: Version) -> bool:
        return any(map(pattern.matches, [version.name] if ":" in text else version.own_tags))

    asked = {version.name for version in github.gone.values() if is_meant(version)}
    go_on(github, ToRestore(patterns=(pattern,)), cuts)
    assert all(map(github.exists, asked))
    meant = [version.name for version in github.active.values() if is_meant(version)]
    assert restorable(github, meant) == set()


@settings(max_examples=twice_as_many())
@given(broken_packages(), kills, several_cuts, st.data())
def test_a_journal_of_a_restoring_that_was_cut_goes_on_with_it(
    github: SmallGitHub, cut: Ending, cuts: list[Ending | None], data: st.DataObject
) -> None:
    able = {v.name: v.id for v in github.gone.values() if not github.exists(v.name)}
    if not able:
        return
    name, number = data.draw(st.sampled_from(sorted(able.items())))
    run(github, restore=ToRestore(ids=(number,)), ending=cut)
    if number not in github.outcomes:
        return  # it was cut before, and no journal knows of it
    for ending in (*cuts, None):
        undo(github, ending=ending)
    assert number in github.active
    assert restorable(github, [name]) == set()
    written = list(github.lines)
    undo(github)
    assert github.lines == written
