"""Which things wait for each other in a cycle."""

from hypothesis import given
from hypothesis import strategies as st

from package_keeper.domain.cycles import cycles

_KEYS = "abcdefg"


def test_a_chain_has_none() -> None:
    assert cycles({"a": (), "b": ("a",), "c": ("b", "elsewhere")}) == []


def test_two_cycles_with_something_between_them() -> None:
    before = {
        "a": ("b",),
        "b": ("a",),
        "between": ("b",),
        "x": ("between", "z"),
        "y": ("x",),
        "z": ("y",),
        "end": ("z",),
    }
    assert {frozenset(cycle) for cycle in cycles(before)} == {
        frozenset("ab"),
        frozenset("xyz"),
    }


def test_a_long_cycle_needs_no_deep_stack() -> None:
    count = 50_000
    before = {str(n): (str((n + 1) % count),) for n in range(count)}
    assert [len(cycle) for cycle in cycles(before)] == [count]


@given(
    st.dictionaries(
        st.sampled_from(_KEYS), st.frozensets(st.sampled_from(_KEYS), max_size=3), max_size=7
    )
)
def test_two_are_in_one_cycle_where_each_leads_to_the_other(
    before: dict[str, frozenset[str]],
) -> None:
    def led_to(start: str) -> set[str]:
        found: set[str] = set()
        pending = list(before.get(start, ()))
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += before.get(key, ())
        return found

    mutual = {
        frozenset((one, other))
        for one in before
        for other in before
        if one != other and other in led_to(one) and one in led_to(other)
    }
    found = cycles(before)
    pairs = {frozenset((one, other)) for c in found for one in c for other in c if one != other}
    assert pairs == mutual
    assert sum(map(len, found)) == len(frozenset().union(*found))
