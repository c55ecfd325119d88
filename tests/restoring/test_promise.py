"""Promise 8, as properties: deleting and then restoring gives back what was there."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import World, worlds
from domain.promises import closure, rule_lists, twice_as_many
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.outcome import Outcome
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
