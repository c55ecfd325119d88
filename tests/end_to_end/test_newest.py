"""Exactly the newest N stay, whatever the type, the owner, the name and the form of the listing."""

from dataclasses import replace

import pytest

from end_to_end.hooks import before_second_look
from end_to_end.runner import Job
from end_to_end.world import (
    TYPES,
    add_version,
    day,
    deletions,
    ids,
    left,
    names_left,
    numbered,
    writes,
)
from fake_github import Behaviour, FakeGitHub, FakePackage, Limits

OWNERS = ("acme", "someone", "octocat")
"""An organization, another user, and the user whose own the token is."""


def add_package(github: FakeGitHub, owner: str, package_type: str, name: str) -> FakePackage:
    """A package on which the token's user has the Admin role."""
    if owner == "someone":
        github.add_user(owner)
    package = github.add_package(owner, package_type, name)
    package.grant("octocat", "admin")
    return package


@pytest.mark.parametrize("package_type", TYPES)
@pytest.mark.parametrize("owner", OWNERS)
def test_of_every_type_and_owner(
    github: FakeGitHub, job: Job, package_type: str, owner: str
) -> None:
    package = add_package(github, owner, package_type, "app")
    versions = numbered(package, 7, seed=1)
    finished = job.run({"owner": owner, "package-type": package_type, "versions-to-keep": "3"})
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions[-3:])
    assert sorted(finished.ids("deleted-ids")) == ids(versions[:-3])
    assert finished.outputs["kept-count"] == "3"


@pytest.mark.parametrize("package_type", TYPES)
@pytest.mark.parametrize("keep", [1, 6, 7, 8])
def test_none_too_many_and_none_too_few(
    github: FakeGitHub, job: Job, package_type: str, keep: int
) -> None:
    versions = numbered(github.add_package("acme", package_type, "app"), 7, seed=2)
    finished = job.run({"package-type": package_type, "versions-to-keep": str(keep)})
    assert finished.code == 0, finished.log
    assert sorted(deletions(github)) == ids(versions[:-keep])
    assert finished.outcome == ("done" if keep < 7 else "nothing-to-do")


@pytest.mark.parametrize(
    ("package_type", "name", "given"),
    [
        ("container", "tools/versions", "tools/versions"),
        ("container", "versions/restore/1", "ghcr.io/acme/versions/restore/1"),
        ("container", "deep/er/a.b_c-d", "deep%2Fer%2Fa.b_c-d"),
        ("container", "restore", "acme/restore"),
        ("container", "mixed/case", "Mixed/Case"),
        ("npm", "web.client", "@acme/web.client"),
        ("npm", "versions", "versions"),
        ("npm", "restore", "%40acme%2Frestore"),
        ("maven", "com.example.versions.restore", "com.example.versions.restore"),
        ("nuget", "Acme.Restore_1", "acme.restore_1"),
        ("rubygems", "versions-restore", "versions-restore"),
        ("docker", "app/versions", "acme/app/versions"),
    ],
)
def test_of_names_that_need_care(
    github: FakeGitHub, job: Job, package_type: str, name: str, given: str
) -> None:
    versions = numbered(add_package(github, "acme", package_type, name), 4)
    bystander = numbered(add_package(github, "acme", package_type, "bystander"), 4)
    asked = {"package-type": package_type, "package-name": given, "versions-to-keep": "1"}
    if package_type == "nuget":  # the registry ignores case; GitHub's API is sent what it lists
        asked["package-name"] = f"{given}, {given}*"
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert sorted(deletions(github)) == ids(versions[:-1])
    assert not set(deletions(github)) & set(ids(bystander))


def test_of_several_names_and_globs(github: FakeGitHub, job: Job) -> None:
    names = ("api", "worker-mail", "worker-pdf", "worker-old", "site", "web")
    packages = {name: add_package(github, "acme", "npm", name) for name in names}
    versions = {name: numbered(package, 3) for name, package in packages.items()}
    asked = {"package-type": "npm", "package-name": "api, worker-*\n!*-old  # too old\nsite"}
    finished = job.run({**asked, "versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    for name in ("api", "worker-mail", "worker-pdf", "site"):
        assert left(packages[name]) == ids(versions[name][-1:]), name
    for name in ("worker-old", "web"):
        assert left(packages[name]) == ids(versions[name]), name
    assert finished.outputs["deleted-count"] == "8"


def test_a_glob_tells_names_that_begin_with_deleted_from_deleted_packages(
    github: FakeGitHub, job: Job
) -> None:
    """GitHub may list what was deleted under such a name; a package may bear one as well."""
    github.behaviour = Behaviour(deleted_packages_listed=True)
    packages = {
        name: add_package(github, "acme", "npm", name) for name in ("deleted_items", "old", "app")
    }
    versions = {name: numbered(package, 3) for name, package in packages.items()}
    packages["old"].delete()
    finished = job.run({"package-type": "npm", "package-name": "*", "versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    for name in ("deleted_items", "app"):
        assert left(packages[name]) == ids(versions[name][-1:]), name
    assert left(packages["old"]) == ids(versions["old"])
    assert "deleted_old" not in finished.log


def test_a_name_in_two_types_is_two_packages(github: FakeGitHub, job: Job) -> None:
    npm = add_package(github, "acme", "npm", "app")
    versions, container = numbered(npm, 3), add_package(github, "acme", "container", "app")
    untouched = numbered(container, 3)
    assert job.run({"package-type": "npm", "versions-to-keep": "1"}).code == 0
    assert left(npm) == ids(versions[-1:])
    assert left(container) == ids(untouched)


def test_a_name_of_two_owners_is_two_packages(github: FakeGitHub, job: Job) -> None:
    mine = numbered(add_package(github, "octocat", "npm", "app"), 3)
    theirs = add_package(github, "acme", "npm", "app")
    untouched = numbered(theirs, 3)
    asked = {"owner": "OctoCat", "package-type": "npm", "versions-to-keep": "1"}
    assert job.run(asked).code == 0
    assert sorted(deletions(github)) == ids(mine[:-1])
    assert left(theirs) == ids(untouched)


def test_versions_of_the_same_second_go_by_their_ids(github: FakeGitHub, job: Job) -> None:
    """As when a release pushes many at once: the tie is broken, and always in the same way."""
    package = add_package(github, "acme", "npm", "app")
    versions = [add_version(package, f"1.0.{n}", day(0)) for n in range(9)]
    github.behaviour = Behaviour(order="shuffled")
    assert job.run({"package-type": "npm", "versions-to-keep": "4"}).code == 0
    assert left(package) == ids(versions[-4:])


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(order="shuffled"),
        Behaviour(order="oldest"),
        Behaviour(link="id"),
        Behaviour(link="none"),
        Behaviour(link_last=False),
        Behaviour(link="id", link_last=False, order="shuffled"),
    ],
    ids=lambda b: f"{b.order} {b.link} {'last' if b.link_last else 'without last'}",
)
@pytest.mark.parametrize("count", [100, 101, 320])
def test_over_several_pages_in_every_form(
    github: FakeGitHub, job: Job, behaviour: Behaviour, count: int
) -> None:
    github.behaviour = behaviour
    versions = numbered(add_package(github, "acme", "npm", "app"), count, seed=3)
    finished = job.run({"package-type": "npm", "versions-to-keep": str(count - 5)})
    assert finished.code == 0, finished.log
    assert sorted(deletions(github)) == ids(versions[:5])


@pytest.mark.parametrize("link", ["name", "none"])
def test_packages_over_several_pages(github: FakeGitHub, job: Job, link: str) -> None:
    """Globs see every package of the owner, not those of the first page."""
    github.behaviour = Behaviour(link="none" if link == "none" else "name")
    wanted = add_package(github, "acme", "npm", "the-first-one")
    versions = numbered(wanted, 2)
    for number in range(204):
        github.add_package("acme", "npm", f"other-{number}")
    asked = {"package-type": "npm", "package-name": "the-*", "versions-to-keep": "1"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert deletions(github) == ids(versions[:1])


def test_of_twenty_thousand_versions(github: FakeGitHub, job: Job) -> None:
    """Every page is read, once to plan and once more to look again, and nothing else is."""
    github.limits = Limits.none()
    github.behaviour = Behaviour(order="shuffled")
    package = add_package(github, "acme", "npm", "app")
    versions = numbered(package, 20_000, seed=4)
    finished = job.run({"package-type": "npm", "versions-to-keep": "19990"})
    assert finished.code == 0, finished.log
    assert sorted(finished.ids("deleted-ids")) == ids(versions[:10])
    assert left(package) == ids(versions[10:])
    pages = [r.query["page"] for r in github.requests if "page" in r.query]
    assert sorted(pages) == sorted([str(page) for page in range(1, 201)] * 2)


@pytest.mark.parametrize("package_type", ["container", "npm", "docker"])
def test_on_an_enterprise_server(github: FakeGitHub, job: Job, package_type: str) -> None:
    """There the API has a prefix, and limits may be switched off."""
    github.limits = Limits(enabled=False, headers=False)
    package = add_package(github, "acme", package_type, "app")
    versions = numbered(package, 5)
    server = replace(
        job,
        api_url=f"{github.api_url}/api/v3",
        variables={"GITHUB_SERVER_URL": github.api_url},
    )
    finished = server.run({"package-type": package_type, "versions-to-keep": "2"})
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions[-2:])
    asked = [r.path for r in github.requests if r.server == "api"]
    assert all(path.startswith("/api/v3/") for path in asked)


def test_of_a_container_counts_images_and_not_their_parts(github: FakeGitHub, job: Job) -> None:
    package = add_package(github, "acme", "container", "app")
    for number in range(6):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    finished = job.run({"versions-to-keep": "2"})
    assert finished.code == 0, finished.log
    assert names_left(package) == {"1.4.0", "1.5.0"}
    assert len(package.versions) == 2 * 5  # two platforms, an attestation of each, an index
    assert not [tag for tag in package.tags if package.pullable(tag)]


def test_what_is_kept_is_counted_as_last_listed(github: FakeGitHub, job: Job) -> None:
    """Somebody deletes two of the kept versions meanwhile, and pushes three."""
    package = add_package(github, "acme", "npm", "app")
    versions = numbered(package, 10)

    def meanwhile() -> None:
        for version in versions[-2:]:
            package.delete_version(version)
        for number in range(3):
            add_version(package, f"2.{number}.0", day(20))

    before_second_look(github, meanwhile)
    finished = job.run({"package-type": "npm", "versions-to-keep": "5"})
    assert finished.code == 0, finished.log
    assert finished.outputs["kept-count"] == str(len(package.versions))


def test_a_second_run_has_nothing_to_do(github: FakeGitHub, job: Job) -> None:
    numbered(add_package(github, "acme", "npm", "app"), 9)
    asked = {"package-type": "npm", "versions-to-keep": "4"}
    assert job.run(asked).outcome == "done"
    github.forget_requests()
    again = job.run(asked)
    assert (again.code, again.outcome) == (0, "nothing-to-do")
    assert writes(github) == []
