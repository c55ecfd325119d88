"""Which packages there are of those asked for, and what is said of those that are not found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.packages import OWNER, package
from fakes.github import NO_PACKAGE, GitHubInMemory, PackageInMemory, Stale, lost, refused
from package_keeper.domain.errors import AccessDenied, KeeperError, RequestFailed
from package_keeper.domain.model import Package, PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.inputs.names import NameSelection
from package_keeper.inventory.finding import Finder, Missing

CONTAINER = PackageType.CONTAINER


def github(*names: str, package_type: PackageType = CONTAINER) -> GitHubInMemory:
    refs = [replace(package(package_type).ref, name=name) for name in names]
    return GitHubInMemory(*(PackageInMemory(ref=ref) for ref in refs))


def names(*exact: str, globs: Sequence[str] = (), excluded: Sequence[str] = ()) -> NameSelection:
    return NameSelection(
        exact=exact,
        globs=tuple(map(Pattern, globs)),
        excluded=tuple(map(Pattern, excluded)),
    )


def found(
    api: GitHubInMemory,
    selection: NameSelection,
    token: str = "ghp_1",  # noqa: S107 - made up
) -> list[Package | Missing]:
    return list(Finder(api=api, token=token).packages(OWNER, CONTAINER, selection))


def found_names(api: GitHubInMemory, selection: NameSelection) -> list[str]:
    return [
        f"missing {one.name}" if isinstance(one, Missing) else one.ref.name
        for one in found(api, selection)
    ]


def test_exact_names_are_asked_for_one_by_one_and_nothing_is_listed() -> None:
    api = github("b", "a", "other")
    assert found_names(api, names("b", "a")) == ["b", "a"]
    assert [request.action for request in api.requests] == ["package", "package"]


def test_a_missing_one_does_not_stop_the_others() -> None:
    api = github("b")
    assert found_names(api, names("a", "b")) == ["missing a", "b"]


def test_of_what_is_listed_like_a_deleted_package_only_what_can_be_read_is_found() -> None:
    api = github("a", "deleted_items", "deleted_old")
    api.script("package", "deleted_old", refused(404, NO_PACKAGE))
    assert found_names(api, names(globs=["*"])) == ["a", "deleted_items"]
    assert api.asked("package") == ["deleted_items", "deleted_old"]
    api.script("package", "deleted_items", lost())
    api.script("package", "deleted_old", refused(403, "no"))
    assert found_names(api, names(globs=["*"])) == ["a", "deleted_items", "deleted_old"]
    api.script("package", "deleted_old", refused(404, NO_PACKAGE), refused(404, NO_PACKAGE))
    asked = names("deleted_old", globs=["d*"])
    assert found_names(api, asked) == ["deleted_items", "missing deleted_old"]


def test_what_is_missing_may_as_well_be_hidden() -> None:
    (missing,) = found(github(), names("a"))
    assert isinstance(missing, Missing)
    assert isinstance(missing.error, AccessDenied)
    assert "was not found, or the token may not see it" in missing.error.message
    assert NO_PACKAGE in missing.error.message


def test_a_lost_answer_about_one_is_no_absence() -> None:
    api = github("a")
    api.script("package", "a", lost("502"))
    (missing,) = found(api, names("a"))
    assert isinstance(missing, Missing)
    assert isinstance(missing.error, RequestFailed)
    assert "got no usable answer: 502" in missing.error.message


def test_globs_choose_from_the_listing_in_the_order_of_the_names() -> None:
    api = github("worker-b", "api", "worker-a", "web")
    assert found_names(api, names(globs=["worker-*", "api"])) == ["api", "worker-a", "worker-b"]
    assert [request.action for request in api.requests] == ["packages"]


def test_what_is_excluded_is_left_out() -> None:
    api = github("worker-a", "worker-b")
    assert found_names(api, names(globs=["*"], excluded=["worker-b"])) == ["worker-a"]


def test_only_packages_of_the_type_are_meant() -> None:
    api = github("a", package_type=PackageType.NPM)
    assert found_names(api, names(globs=["*"])) == []


def test_a_name_beside_a_glob_that_the_listing_does_not_show_is_asked_for() -> None:
    """The listing ends at 10,000 packages, and shows a GITHUB_TOKEN only some."""
    api = github("worker-a", "api")
    listed = tuple(p for p in api.packages(OWNER, CONTAINER) if p.ref.name != "api")
    api.script("packages", "container", Stale(listed))
    selection = names("api", "gone", "WORKER-A", globs=["worker-*"])
    assert found_names(api, selection) == ["worker-a", "api", "missing gone"]


@pytest.mark.parametrize("token", ["ghs_1", "ghu_1", "github_pat_1"])
def test_a_token_that_can_not_list_is_told_to_name_its_packages(token: str) -> None:
    api = github("a")
    api.script("packages", "container", refused(400, "Invalid argument."))
    with pytest.raises(AccessDenied) as caught:
        found(api, names(globs=["*"]), token)
    assert "GitHub answered 400: Invalid argument." in caught.value.message
    assert "give package-name in full" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "token", "error"),
    [
        (refused(400, "Invalid argument."), "ghp_1", RequestFailed),
        (refused(400, "Invalid argument."), "0123", RequestFailed),
        (refused(403, "You need at least read:packages scope"), "ghp_1", AccessDenied),
        (refused(404, "Not Found"), "ghs_1", AccessDenied),
        (refused(401, "Bad credentials"), "ghs_1", AccessDenied),
        (lost("502"), "ghp_1", RequestFailed),
    ],
)
def test_packages_that_can_not_be_listed_end_the_run(
    answer: Exception, token: str, error: type[KeeperError]
) -> None:
    api = github("a")
    api.script("packages", "container", answer)
    with pytest.raises(error) as caught:
        found(api, names(globs=["*"]), token)
    assert type(caught.value) is error


def test_the_owner_is_found_or_why_not_is_told() -> None:
    api = github()
    finder = Finder(api=api, token="ghp_1")
    assert finder.owner("acme") == OWNER
    api.script("owner", "acme", refused(404, "Not Found"))
    with pytest.raises(AccessDenied, match="the owner acme was not found"):
        finder.owner("acme")
    api.script("owner", "acme", lost("502"))
    with pytest.raises(RequestFailed, match="looking up the owner acme got no usable answer: 502"):
        finder.owner("acme")
