"""A journal of several packages: which of them are undone, and what is said of the others."""

from fake_github import FakePackage
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, push, state
from scenarios.stage import Stage


def two(stage: Stage) -> tuple[FakePackage, FakePackage]:
    """The repository's own package and another, cleaned up by one run."""
    packages = (stage.package, stage.github.add_package("acme", "container", "web"))
    for package in packages:
        for number in range(3):
            push(package, f"v{number}", 40 - number)
    return packages


CLEAN_UP = {"package-name": "app, web", "versions-to-keep": 1}


def test_all_packages_of_the_journal_are_undone_where_none_is_named(stage: Stage) -> None:
    packages = two(stage)
    before = [state(package) for package in packages]
    assert_green(stage.run(CLEAN_UP))
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert [state(package) for package in packages] == before
    again = stage.run(FROM_JOURNAL)
    assert_green(again, "nothing-to-do")


def test_a_package_that_is_not_named_is_left_and_said_to_be(stage: Stage) -> None:
    app, web = two(stage)
    before = state(app)
    assert_green(stage.run(CLEAN_UP))
    cleaned = state(web)
    run = stage.run({**FROM_JOURNAL, "package-name": "app"})
    assert_green(run)
    assert (state(app), state(web)) == (before, cleaned)
    (notice,) = [n for n in run.finished.annotations("notice") if "acme/web (container)" in n]
    assert "left out here" in notice
    assert "left out here" in run.finished.summary


def test_only_the_journal_says_which_packages_where_the_repositorys_own_is_not_in_it(
    stage: Stage,
) -> None:
    package = npm(stage)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "1.0.0"}))
    own = {"package-type": "npm", **FROM_JOURNAL}  # there is no npm package named app
    assert_green(stage.run(own))
    assert state(package) == before
    assert_green(stage.run(own), "nothing-to-do")


def test_another_type_in_the_journal_is_said_to_be_left_out(stage: Stage) -> None:
    package = npm(stage)
    app, _ = two(stage)
    before = state(app)
    assert_green(stage.run({**NPM, "delete": "1.0.0"}))
    assert_green(stage.run({"delete": "v0"}))
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert (state(app), len(package.versions)) == (before, 2)
    assert "the journal also names acme/lib (npm): left out here" in run.finished.log


def test_with_patterns_as_well_the_repositorys_own_package_is_meant(stage: Stage) -> None:
    """A pattern is about the packages that are meant, and must not reach those of a journal."""
    app, web = two(stage)
    before = state(app)
    assert_green(stage.run(CLEAN_UP))
    cleaned = state(web)
    run = stage.run({**FROM_JOURNAL, "restore": "v*"})
    assert_green(run)
    assert (state(app), state(web)) == (before, cleaned)
    assert "acme/web (container)" in run.finished.log
