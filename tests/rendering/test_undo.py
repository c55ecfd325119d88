"""How to undo a deletion: a step or a command that means what it says."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from package_keeper.domain.model import OwnerKind, PackageType
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.links import Links
from package_keeper.rendering.summary import summary
from rendering.endings import lost_a_tag, page, untagged, whole_package
from rendering.reports import (
    delete,
    dry_run,
    normal_run,
    package,
    results,
    version,
)

ROOT = Path(__file__).parents[2]


ACTION = Links(action="keeper/package-keeper@v1")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (OwnerKind.ORGANIZATION, "orgs/octo-org/packages/npm/a%2Fb%20c"),
        (OwnerKind.USER, "users/octo-org/packages/npm/a%2Fb%20c"),
        (OwnerKind.AUTHENTICATED_USER, "user/packages/npm/a%2Fb%20c"),
    ],
)
def test_undoing_names_the_right_endpoint(kind: OwnerKind, path: str) -> None:
    of = package("a/b c", kind=kind, package_type=PackageType.NPM)
    plan = Plan(package=of, decisions=(delete(version(7, "v1", days=1), "delete: v1"),))
    done = PackageReport(name="a/b c", plan=plan, results=results(plan, Outcome.DELETED))
    command = f'gh api --method POST "{path}/versions/7/restore"'
    assert f"```sh\n{command}\n```" in page(RunReport(packages=(done,)))


def test_what_was_left_over_from_taking_off_a_tag_is_not_brought_back() -> None:
    left_over = replace(delete(version(8, "pr-1", days=1), "delete: pr-*"), is_stand_in=True)
    image = delete(version(7, "pr-2", days=1), "delete: pr-*")
    plan = Plan(package=package(), decisions=(image, left_over))
    done = PackageReport(name="app", plan=plan, results=results(plan, Outcome.DELETED))
    text = page(RunReport(packages=(done,)))
    assert 'restore-ids: "7"' in text


def test_where_only_what_was_left_over_is_gone_there_is_nothing_to_undo() -> None:
    left_over = replace(delete(version(8, "pr-1", days=1), "delete: pr-*"), is_stand_in=True)
    plan = Plan(package=package(), decisions=(left_over,))
    done = PackageReport(name="app", plan=plan, results=results(plan, Outcome.DELETED))
    assert "How to undo" not in page(RunReport(packages=(done,)))


def test_undoing_names_the_host_that_is_not_github_com() -> None:
    links = Links(server_url="https://github.example.com")
    assert "gh api --hostname github.example.com --method POST" in page(normal_run(), links)


def test_undoing_a_whole_package_restores_it_whole() -> None:
    text = page(whole_package(done=True))
    assert 'gh api --method POST "orgs/octo-org/packages/container/a%2Fb/restore"' in text


def test_undoing_several_packages_shows_ids_up_to_a_number_in_all() -> None:
    packages = []
    for name in ("one", "two", "three"):
        versions = (version(n, f"v{n}", days=n) for n in range(1, 601))
        decisions = tuple(delete(each, "delete: v*") for each in versions)
        plan = Plan(package=package(name), decisions=decisions)
        done = results(plan, Outcome.DELETED)
        packages.append(PackageReport(name=name, plan=plan, results=done))
    text = page(RunReport(packages=tuple(packages)))
    assert "`octo-org/one`:\n\n```sh\nfor id in 600 599" in text
    cut = "These are the first 400 of 600 ids; the output `deleted-ids` has the others."
    assert text.count("```sh") == 2
    assert cut in text


def test_undoing_is_a_step_to_paste_where_the_action_is_known() -> None:
    step = """```yaml
- uses: keeper/package-keeper@v1
  with:
    owner: "octo-org"
    package-name: "app"
    package-type: container
    restore-ids: "106,105,104,103,102,101"
```"""
    assert f"Without a journal:\n\n{step}" in page(normal_run(), ACTION)
    by_journal = step.replace(
        'ids: "106,105,104,103,102,101"', 'from: "package-keeper-journal.jsonl"'
    )
    assert f"brought there from an artifact:\n\n{by_journal}" in page(normal_run(), ACTION)


def test_many_ids_are_left_to_the_journal_and_to_commands() -> None:
    versions = [version(n, f"v{n}", days=n) for n in range(1, 102)]
    decisions = tuple(delete(each, "delete: v*") for each in versions)
    plan = Plan(package=package(), decisions=decisions)
    done = PackageReport(name="app", plan=plan, results=results(plan, Outcome.DELETED))
    text = page(RunReport(packages=(done,), journal_file="journal.jsonl"))
    assert 'restore-from: "journal.jsonl"' in text
    assert "restore-ids:" not in text
    assert "<summary>The same as commands</summary>" in text


def test_one_step_names_all_packages_of_the_journal() -> None:
    names = ["app", "octo-org/web", *(f"p{n}" for n in range(20))]
    done = []
    for name in names:
        plan = Plan(package=package(name), decisions=(delete(version(7, days=1), "delete: *"),))
        done.append(PackageReport(name=name, plan=plan, results=results(plan, Outcome.DELETED)))
    few = page(RunReport(packages=tuple(done[:2]), journal_file="journal.jsonl"))
    assert 'package-name: "app, octo-org/octo-org/web"' in few
    assert few.count("restore-ids:") == 2
    many = page(RunReport(packages=tuple(done), journal_file="journal.jsonl"))
    assert 'package-name: "*"' in many


@pytest.mark.parametrize("file", [None, "a b.jsonl", 'a".jsonl', "${{ x }}", "-j"])
def test_a_journal_without_a_plain_name_is_not_in_a_step(file: str | None) -> None:
    report = replace(normal_run(), journal_file=file)
    assert "restore-from" not in page(report)
    assert "restore-ids" in page(report)


def test_undoing_a_whole_package_is_a_step_as_well() -> None:
    text = page(whole_package(done=True), ACTION)
    assert (
        '    package-name: "a/b"\n    package-type: container\n    restore-package: true\n' in text
    )


def test_the_journal_brings_a_whole_package_back_as_well() -> None:
    text = page(replace(whole_package(done=True), journal_file="journal.jsonl"), ACTION)
    by_journal, without = text.split("Without a journal:\n\n")
    step = '    package-name: "a/b"\n    package-type: container\n    {}\n```'
    assert step.format('restore-from: "journal.jsonl"') in by_journal
    assert step.format("restore-package: true") in without


def test_steps_are_not_set_against_a_journal_that_no_step_names() -> None:
    for report in (whole_package(done=True), replace(normal_run(), journal_file="a b.jsonl")):
        text = page(report, ACTION)
        assert "As a step:\n\n```yaml\n" in text
        assert "Without a journal" not in text


def test_the_step_uses_inputs_that_the_action_declares() -> None:
    declared = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    for report in (normal_run(), whole_package(done=True)):
        fences = re.findall(r"```yaml\n(.*?)```", page(report, ACTION), re.DOTALL)
        assert fences
        for fence in fences:
            (step,) = yaml.safe_load(fence)
            assert step["uses"] == ACTION.action
            assert step["with"].keys() <= declared.keys()


@pytest.mark.parametrize("name", ['a"b', "${{ github.token }}", "a\nb", "-a", "ghp_0123456789abc"])
def test_a_name_that_could_mean_more_in_a_workflow_gets_a_command(name: str) -> None:
    plan = Plan(package=package(name), decisions=(delete(version(7, days=1), "delete: *"),))
    done = PackageReport(name=name, plan=plan, results=results(plan, Outcome.DELETED))
    text = page(RunReport(packages=(done,)), ACTION)
    assert "```yaml" not in text
    assert "```sh" in text


@pytest.mark.parametrize("action", ["", "@v1", "./", "a/b", "a/b@v1\n- run: x", "a b/c@d"])
def test_an_action_without_a_plain_name_is_called_by_its_own(action: str) -> None:
    text = page(normal_run(), Links(action=action))
    assert text.count("- uses: package-keeper/package-keeper@v1\n  with:") == 2


def test_undoing_without_a_known_package_names_the_ids() -> None:
    gone = Result(version=version(7, days=1), outcome=Outcome.DELETED)
    text = page(RunReport(packages=(PackageReport(name="app", results=(gone,)),)))
    assert "```sh\n# 7\n```" in text


def test_undoing_untagging_is_pushing_the_tag() -> None:
    assert "A tag that was taken off is put back by pushing it again" in page(untagged())


@pytest.mark.parametrize(
    "outcome", [Outcome.DENIED, Outcome.ERROR, Outcome.CHANGED, Outcome.NOT_ATTEMPTED]
)
def test_a_tag_that_is_off_is_put_back_the_same_way_whatever_came_of_the_others(
    outcome: Outcome,
) -> None:
    text = page(lost_a_tag(outcome))
    assert "### How to undo this\n\nA tag that was taken off is put back" in text


def test_the_last_day_of_the_calendar_has_no_day_30_days_later() -> None:
    text = summary(normal_run(), links=Links(), now=datetime.max.replace(tzinfo=UTC))
    assert "GitHub keeps deleted versions for 30 days, and restores them" in text


def test_a_dry_run_has_nothing_to_undo() -> None:
    assert "undo" not in page(dry_run())
