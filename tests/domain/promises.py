"""What the promises are told in: rules of every kind, a plan's ids, and an image's closure."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st

from domain.packages import World
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan
from package_keeper.domain.rules import End, Rank, Rule, Tagged, Verb
from package_keeper.domain.shorthand import ShortInputs, rules_of

pattern_lists = st.lists(
    st.sampled_from(["v*", "pr-*", "latest", "main", "/pr-[12]/", "*"]).map(Pattern), max_size=2
).map(tuple)
_ages = st.integers(0, 60).map(lambda days: timedelta(days=days))


@st.composite
def short_inputs(draw: st.DrawFn) -> ShortInputs:
    return ShortInputs(
        versions_to_keep=draw(st.none() | st.integers(0, 4)),
        keep=draw(pattern_lists),
        delete=draw(pattern_lists),
        older_than=draw(st.none() | _ages),
        delete_untagged=draw(st.none() | st.booleans()),
        delete_ids=tuple(draw(st.lists(st.integers(1, 9), max_size=2))),
    )


@st.composite
def rule_lists(draw: st.DrawFn) -> tuple[Rule, ...]:
    """What the short inputs can say, and a policy's "keep the newest untagged" with it."""
    rules = rules_of(draw(short_inputs()))
    if draw(st.booleans()):
        newest = Rank(end=End.NEWEST, count=draw(st.integers(0, 3)))
        untagged = Tagged(value=False)
        more = Rule(verb=Verb.KEEP, text="untagged", conditions=(untagged,), rank=newest)
        rules = (*rules, more)
    return rules


def twice_as_many() -> int:
    """How many examples the promises deserve that are hardest to keep."""
    default = settings.default
    return 2 * default.max_examples if default else 200


def deleted(plan: Plan) -> frozenset[int]:
    return frozenset(decision.version.id for decision in plan.deletions)


def images_of(plan: Plan, world: World) -> set[str]:
    """The digests of the images that stay."""
    superseded = world.graph().superseded
    staying = {decision.version.name for decision in plan.staying if decision.is_image}
    return staying - superseded.keys()


def closure(world: World, roots: Iterable[str]) -> set[str]:
    """The design's definition, written down once more and apart from the code under test."""
    found: set[str] = set()
    pending = list(roots)
    tags = {v.name: v.tagged_subjects for v in world.versions}
    while pending:
        digest = pending.pop()
        if digest in found:
            continue
        found.add(digest)
        manifest = world.manifests.get(digest)
        if manifest is not None:
            pending += [child.digest for child in manifest.children]
            pending += [manifest.subject] if manifest.subject else []
        pending += tags.get(digest, ())
        pending += [d for d, m in world.manifests.items() if m.subject == digest]
        pending += [d for d, about in tags.items() if digest in about]
    return found
