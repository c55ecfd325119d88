"""The reasons of decisions, in words."""

from datetime import timedelta

import pytest

from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.rendering.links import Links, label
from package_keeper.rendering.reasons import LOG, MARKDOWN, kept_groups, nothing_selected, reason_of
from rendering.reports import delete, keep, package, part, version


def kept(ground: Ground, reason: str, source: str = "") -> Decision:
    return Decision(
        version=version(1, "v1", days=1),
        verdict=Verdict.KEEP,
        ground=ground,
        reason=reason,
        source=source,
    )


@pytest.mark.parametrize(
    ("decision", "phrase"),
    [
        (kept(Ground.RULE, "kept by keep: v*", "keep: v*"), "kept by `v*`"),
        (
            kept(Ground.RULE, "kept by keep: v*", "versions-to-keep: 3"),
            "kept by `versions-to-keep: 3`",
        ),
        (kept(Ground.RULE, "kept", "older-than: 30 days"), "younger than 30 days"),
        (kept(Ground.RULE, "a rule without a text"), "kept by `a rule without a text`"),
        (kept(Ground.NOT_SELECTED, "no delete rule"), "not selected by any delete rule"),
        (kept(Ground.NEEDED, "needed by 1.0", "1.0"), "needed by images that are kept"),
        (kept(Ground.PART, "part of 1.0", "1.0"), "part of other versions"),
        (
            kept(Ground.LAST, "x", "if-empty"),
            "kept as the newest so that the package is not emptied",
        ),
        (
            kept(Ground.NOT_READABLE, "x", "the old docker registry"),
            "untagged in the old docker registry, which can't be read",
        ),
        (kept(Ground.ACTIVE, "it is active"), "active already"),
        (kept(Ground.DOUBT, "its parts", "its parts"), "kept in doubt: its parts"),
    ],
)
def test_every_ground_has_a_phrase(decision: Decision, phrase: str) -> None:
    (group,) = kept_groups(Plan(package=package(), decisions=(decision,)))
    assert group.phrase(MARKDOWN) == phrase


def test_reasons_are_summed_up_the_largest_first() -> None:
    rules = [f"keep: {letter}" for letter in "abcdefgh" for _ in range(ord(letter) - ord("a") + 1)]
    decisions = tuple(keep(version(n, days=n), rule) for n, rule in enumerate(rules))
    assert nothing_selected(Plan(package=package(), decisions=decisions), LOG) == (
        "0 of 36: 8 kept by h, 7 kept by g, 6 kept by f, 5 kept by e, 4 kept by d, 3 kept by c, "
        "3 kept for other reasons"
    )


def test_a_package_without_versions_says_so() -> None:
    empty = Plan(package=package(), decisions=())
    assert nothing_selected(empty, LOG) == "0 of 0: the package has no active versions"


def test_the_cause_is_quoted_in_the_reason() -> None:
    image = version(1, "1.0", days=1)
    assert reason_of(delete(image, "delete: *"), MARKDOWN) == "selected by `delete: *`"
    assert reason_of(part(version(2, days=1), image), MARKDOWN) == "part of `1.0`, which goes"
    assert reason_of(part(version(2, days=1), image), LOG) == "part of 1.0, which goes"


def test_a_label_names_a_few_tags_and_without_tags_the_id() -> None:
    assert label(version(1, *"abcdef", days=1)) == "a, b, c, d and 2 more"
    assert label(version(101, days=1)) == "sha256:16dc368a89b4… (id 101)"


def test_without_a_server_no_text_has_links() -> None:
    text = "see https://github.com/o"
    assert Links(server_url="").prose(text) == "see https:<!-- -->//github.com/o"


def test_the_rule_of_older_than_is_known_by_its_text() -> None:
    """The phrase depends on what `shorthand` calls the rule, so this fails where that changes."""
    (rule,) = rules_of(ShortInputs(older_than=timedelta(days=30)))
    decision = kept(Ground.RULE, f"kept by {rule.text}", rule.text)
    assert nothing_selected(Plan(package=package(), decisions=(decision,)), LOG) == (
        "0 of 1: 1 younger than 30 days"
    )
