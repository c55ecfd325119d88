"""A listing is whole or it is not returned, however GitHub says where it goes on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clients import ACME, APP, api_of, ref
from fake_github import Behaviour, Call, FakeGitHub, FakePackage, Fault, FaultKind
from package_keeper.adapters.github.paging import Page, all_rows, page_numbers
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.errors import AccessDenied
from package_keeper.domain.model import PackageType


def on_page(number: str) -> Callable[[Call], bool]:
    return lambda call: call.query.get("page") == number


def fill(package: FakePackage, count: int) -> list[int]:
    versions = [package.add_version(f"sha256:{number:064x}") for number in range(count)]
    return sorted(version.id for version in versions)


@pytest.mark.parametrize("link", ["name", "id", "none"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 300, 350])
@pytest.mark.parametrize("expected", [0, 350])
def test_all_rows_come_whatever_the_links_look_like(
    github: FakeGitHub,
    app: FakePackage,
    link: Literal["name", "id", "none"],
    last: bool,  # noqa: FBT001 - a parameter of the test
    count: int,
    expected: int,
) -> None:
    github.behaviour = Behaviour(link=link, link_last=last)
    ids = fill(app, count)
    with api_of(github) as api:
        listed = api.versions(APP, expected=expected)
    assert sorted(version.id for version in listed) == ids
    assert {request.path for request in github.requests} == {
        "/orgs/acme/packages/container/app/versions"
    }


def test_no_page_is_asked_for_twice_nor_one_too_many(github: FakeGitHub, app: FakePackage) -> None:
    fill(app, 350)
    with api_of(github) as api:
        api.versions(APP, expected=350)
    pages = sorted(request.query["page"] for request in github.requests)
    assert pages == ["1", "2", "3", "4"]


def test_pages_are_fetched_at_the_same_time(github: FakeGitHub, app: FakePackage) -> None:
    fill(app, 900)
    github.latency = 0.2
    with api_of(github) as api:
        api.versions(APP)
    first, *others = github.requests
    assert all(request.time > first.answered for request in others)
    assert max(request.time for request in others) < min(request.answered for request in others)


def test_the_size_of_pages_can_be_chosen(github: FakeGitHub, app: FakePackage) -> None:
    ids = fill(app, 200)
    with api_of(github) as api:
        listed = api.versions(APP, per_page=89)
    assert sorted(version.id for version in listed) == ids
    assert {request.query["per_page"] for request in github.requests} == {"89"}


def test_an_empty_page_in_the_middle_does_not_end_the_listing(
    github: FakeGitHub, app: FakePackage
) -> None:
    fill(app, 400)
    github.fail(Fault(kind=FaultKind.MISSING_PAGE, predicate=on_page("2")))
    with api_of(github) as api:
        assert len(api.versions(APP)) == 300


def test_rows_that_come_twice_are_handed_on(github: FakeGitHub, app: FakePackage) -> None:
    fill(app, 250)
    kind = FaultKind.DUPLICATED_ROWS
    github.fail(Fault(kind=kind, predicate=on_page("2")))
    with api_of(github) as api:
        listed = [version.id for version in api.versions(APP)]
    assert len(listed) > len(set(listed))


@pytest.mark.parametrize("status", [500, 404, 403])
def test_a_page_that_does_not_come_is_a_listing_that_does_not_come(
    github: FakeGitHub, app: FakePackage, status: int
) -> None:
    fill(app, 400)
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            status=status,
            body={"message": "Not this one."},
            predicate=on_page("3"),
            times=None,
        )
    )
    with api_of(github) as api, pytest.raises((Refused, AnswerLost)):
        api.versions(APP)


def test_a_page_that_fails_once_is_asked_for_again(github: FakeGitHub, app: FakePackage) -> None:
    ids = fill(app, 400)
    kinds = (FaultKind.RESET, FaultKind.TRUNCATED, FaultKind.CUT, FaultKind.STATUS)
    for page, kind in enumerate(kinds, start=1):
        github.fail(Fault(kind=kind, predicate=on_page(str(page))))
    with api_of(github) as api:
        assert sorted(version.id for version in api.versions(APP)) == ids


def test_packages_are_listed_without_links_too(github: FakeGitHub) -> None:
    github.behaviour = Behaviour(link="none")
    for number in range(250):
        github.add_package("acme", "container", f"app-{number:03}")
    with api_of(github) as api:
        assert len(api.packages(ACME, PackageType.CONTAINER)) == 250


def test_a_list_from_which_single_sign_on_hides_rows_is_no_list(github: FakeGitHub) -> None:
    owner = github.add_organization("hidden", sso="partial")
    github.add_package("hidden", "container", "app")
    github.add_package("octocat", "container", "app")
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            status=200,
            body=b"[]",
            headers={"X-GitHub-SSO": f"partial-results; organizations={owner.id},20582480"},
        )
    )
    with api_of(github) as api, pytest.raises(AccessDenied) as caught:
        api.versions(ref("app"))
    assert f"{owner.id}, 20582480" in caught.value.message
    assert caught.value.request_id
    assert "SSO" in caught.value.hint


# The paging itself, with pages of numbers.


def pages(rows: int, per_page: int, links: Callable[[int, int], dict[str, int] | None]) -> range:
    """List `rows` rows with links made from the page number and the last page's; the result."""
    last = max(-(-rows // per_page), 1)

    def fetch(number: int) -> Page[int]:
        found = tuple(range((number - 1) * per_page, min(number * per_page, rows)))
        return Page(number=number, rows=found, links=links(number, last))

    with ThreadPoolExecutor(2) as executor:
        listed = list(all_rows(fetch, executor, per_page=per_page))
    assert listed == list(range(rows))
    return range(rows)


@given(rows=st.integers(0, 60), per_page=st.integers(1, 9))
def test_every_way_of_linking_leads_to_all_rows(rows: int, per_page: int) -> None:
    def going_on(number: int, last: int) -> dict[str, int] | None:
        if last == 1:
            return None
        return {"next": number + 1} if number < last else {"first": 1, "prev": number - 1}

    def with_last(number: int, last: int) -> dict[str, int] | None:
        links = going_on(number, last)
        return {**links, "last": last} if links and number < last else links

    pages(rows, per_page, going_on)
    pages(rows, per_page, with_last)
    pages(rows, per_page, lambda _number, _last: None)


@pytest.mark.parametrize("links", [None, {"next": 0}, {"next": 0, "last": 9}])
def test_no_page_beyond_the_last_that_may_be_asked_for_is_asked_for(
    links: dict[str, int] | None,
) -> None:
    def fetch(number: int) -> Page[int]:
        following = links and {**links, "next": number + 1}
        return Page(number=number, rows=(number,), links=following)

    cuts: list[bool] = []

    def rows(most: int) -> list[int]:
        cut = partial(cuts.append, True)  # noqa: FBT003 - whatever is counted
        return list(all_rows(fetch, executor, per_page=1, most=most, cut=cut))

    with ThreadPoolExecutor(1) as executor:
        assert rows(4) == [1, 2, 3, 4]
    assert cuts == [True]


def test_what_ends_where_it_may_is_not_cut() -> None:
    def fetch(number: int) -> Page[int]:
        return Page(number=number, rows=(number,), links={"next": 2} if number == 1 else {})

    with ThreadPoolExecutor(1) as executor:
        assert list(all_rows(fetch, executor, per_page=1, most=2, cut=pytest.fail)) == [1, 2]


@pytest.mark.parametrize("links", [{"next": 1}, {"next": 10**9}, {"last": 10**9}])
def test_links_that_lead_nowhere_are_not_followed(links: dict[str, int]) -> None:
    def fetch(number: int) -> Page[int]:
        return Page(number=number, rows=(number,), links=links if number == 1 else {"next": 1})

    with ThreadPoolExecutor(1) as executor, pytest.raises(AnswerLost, match="leads to page"):
        list(all_rows(fetch, executor, per_page=1))


@pytest.mark.parametrize(
    ("header", "numbers"),
    [
        (None, None),
        ("", None),
        ("nonsense", None),
        ('<https://x/organizations/1/packages?per_page=100&page=2>; rel="next"', {"next": 2}),
        (
            '<https://x/?page=2>; rel="next", <https://x/?page=7>; rel="last"',
            {"next": 2, "last": 7},
        ),
        ('<https://x/?after=abc>; rel="next"', {"next": 6}),
        ('<https://x/?page=-1>; rel="last"', None),
        ('<https://x/?page=\u0662>; rel="next"', {"next": 6}),
    ],
)
def test_only_page_numbers_are_taken_from_links(
    header: str | None, numbers: dict[str, int] | None
) -> None:
    assert page_numbers(header, 5) == numbers


@given(st.text())
def test_no_link_header_makes_it_fail(header: str) -> None:
    page_numbers(header, 1)
