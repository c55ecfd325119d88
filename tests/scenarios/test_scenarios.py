"""Every folder beside this file: a package, the inputs of a step, and what is expected of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from package_keeper.domain.plan import Decision, Verdict
from package_keeper.domain.rules import Rule
from scenarios.notation import Names, push
from scenarios.rules import read_rules
from scenarios.stage import Run, Stage, staged
from scenarios.wholeness import Contents, assert_left_whole

HERE = Path(__file__).parent
FOLDERS = sorted(file.parent for file in HERE.glob("*/package.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One folder, pushed."""

    stage: Stage
    names: Names
    inputs: dict[str, Any]
    rules: tuple[Rule, ...]
    expected: dict[str, Any]

    def run(self, **more: Any) -> Run:
        """Run the action as `inputs.yaml` says."""
        return self.stage.run({**self.inputs, **more}, rules=self.rules)

    def told(self, run: Run) -> dict[str, Any]:
        """What a dry run decided, in the words of `expected.yaml`."""
        plan = run.package.plan
        assert plan is not None, run.finished.log
        decided = {v: [d for d in plan.decisions if d.verdict is v] for v in Verdict}
        told: dict[str, Any] = {
            "deleted": self._reasons(decided[Verdict.DELETE]),
            "untagged": self._reasons(decided[Verdict.UNTAG]),
            "kept": self._reasons(decided[Verdict.KEEP]),
            "warnings": [self.names.put_into(text) for text in plan.warnings],
            "reads": len(set(run.reads)),
        }
        return {word: said for word, said in told.items() if said or word == "reads"}

    def _reasons(self, decisions: list[Decision]) -> dict[str, str]:
        named = [(self.names.of_id(d.version.id), d.reason) for d in decisions]
        return {name: self.names.put_into(reason) for name, reason in sorted(named)}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with staged(tmp_path, monkeypatch) as stage:
        yield stage


def opened(folder: Path, stage: Stage) -> Scenario:
    """Push what a folder describes, and read what it asks and expects."""
    names = push(stage.package, _read(folder / "package.yaml"))
    inputs = yaml.safe_load(names.filled_into((folder / "inputs.yaml").read_text()))
    rules = read_rules(inputs.pop("rules", ()))
    expected = _read(folder / "expected.yaml")
    return Scenario(stage=stage, names=names, inputs=inputs, rules=rules, expected=expected)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario(folder: Path, stage: Stage) -> None:
    """The dry run says what is expected, the run does that and no more, and a second has nothing
    to do; whatever is left is as whole as it was."""
    scenario = opened(folder, stage)
    expected = dict(scenario.expected)
    reads_again = expected.pop("reads again")
    before = Contents(stage.package)

    dry = scenario.run(**{"dry-run": True})
    assert scenario.told(dry) == expected, dry.finished.log
    assert dry.writes == ()
    assert Contents(stage.package).tags == before.tags

    run = scenario.run()
    assert run.finished.code == 0, run.finished.log
    deleted, planned = run.finished.ids("deleted-ids"), dry.finished.ids("planned-ids")
    assert deleted == planned[: len(deleted)]
    assert len(planned) == len(deleted) + len(expected.get("untagged", ()))
    assert_done(scenario, run)
    untagged = {scenario.names.digests[name] for name in expected.get("untagged", ())}
    assert_read_sparingly(run, dry, once=before.present - untagged)
    assert_left_whole(before, Contents(stage.package), scenario.names.digests)

    again = scenario.run()
    assert again.finished.outcome == "nothing-to-do", again.finished.log
    assert again.writes == ()
    assert len(set(again.reads)) == reads_again


def assert_done(scenario: Scenario, run: Run) -> None:
    """What was expected to be kept is left, and nothing else."""
    ids, package = scenario.names.ids, scenario.stage.package
    kept = (*scenario.expected.get("kept", ()), *scenario.expected.get("untagged", ()))
    assert {version.id for version in package.versions} == {ids[name] for name in kept}
    deleted = scenario.expected.get("deleted", {})
    assert set(run.finished.ids("deleted-ids")) == {ids[name] for name in deleted}
    changed = deleted or "untagged" in scenario.expected
    assert run.finished.outcome == ("done" if changed else "nothing-to-do"), run.finished.log


def assert_read_sparingly(run: Run, dry: Run, *, once: set[str]) -> None:
    """A run reads what its dry run reads, and nothing twice but what is not there, or loses a tag:
    the content of that is held ready to put the tag back."""
    assert set(run.reads) == set(dry.reads)
    assert not once & {digest for digest in run.reads if run.reads.count(digest) > 1}
    assert dry.package.plan is not None
    assert dry.package.plan.manifests_read == len(set(dry.reads))


def _read(file: Path) -> dict[str, Any]:
    value = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value
