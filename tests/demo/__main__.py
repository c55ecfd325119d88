"""`make demo`: the action at work on packages a few years old, and its work undone.

Starts a GitHub of its own on this machine, runs the action as the runner runs it, shows what a
person sees, and looks at what is left. Decides what is shown and what must hold; ends with 1 if
anything is not as it should be. It does not decide what the action says: that is shown as it is.
"""

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import yaml

from demo import history
from demo.reading import boxed, folded, log_lines, summary_lines
from end_to_end.runner import Finished, Job
from fake_github import FakeGitHub, FakePackage

RULES = {
    "package-name": "web",
    "keep": "latest, v*",
    "delete": "pr-*",
    "older-than": "30d",
    "delete-untagged": "true",
}

State = dict[str, tuple[str, ...]]


class Demonstration:
    """The story, told once; `failures` are the sentences that turned out not to be true."""

    def __init__(self, github: FakeGitHub, folder: Path) -> None:
        self.github = github
        self.folder = folder
        self.failures: list[str] = []
        history.company(github)
        self.token = history.maintainer(github)
        self.web = history.web(github)
        self.job = self._job("job", self.token)
        self.before: State = {}
        self.planned: list[int] = []

    def tell(self) -> int:
        """All chapters; the exit code."""
        self._chapter("A GitHub with packages a few years old")
        self.before = self._show(self.web)
        self._dry_run()
        finished = self._run()
        self._whole()
        self._other_types()
        self._denied()
        self._undo(finished)
        self._chapter("Not as it should be" if self.failures else "Everything was as it should be")
        print_lines(f"✖ {failure}" for failure in self.failures)
        return 1 if self.failures else 0

    def _dry_run(self) -> None:
        self._chapter("A dry run: builds of pull requests and leftovers older than 30 days may go")
        finished = self._step(self.job, {**RULES, "dry-run": "true"}, unfolded=True)
        self._check("the dry run is green", finished.code == 0)
        self._check("it wrote nothing", state_of(self.web) == self.before)
        self.planned = finished.ids("planned-ids")

    def _run(self) -> Finished:
        self._chapter("The run")
        finished = self._step(self.job, RULES)
        self._check("the run is green", finished.code == 0)
        self._check("it deleted what was shown", finished.ids("deleted-ids") == self.planned)
        return finished

    def _whole(self) -> None:
        self._chapter("What is left, and that it is whole")
        left = self._show(self.web)
        self._check(
            "no build of a pull request is left", not [t for t in tags_in(left) if "pr-" in t]
        )
        tags = [tag for tag in tags_in(self.before) if not tag.startswith("pr-")]
        for tag in tags:
            kept = tag in tags_in(left) and not self.web.pullable(tag)
            self._check(f"{tag} still pulls completely", kept)
        under_way = [v for v in self.web.versions if v.created_at > self.github.now]
        self._check("the push that was under way was left alone", len(under_way) == 2)

    def _other_types(self) -> None:
        self._chapter("npm: the three newest stay, and every first release of a major version")
        sdk = history.sdk(self.github)
        asked = {"package-name": "sdk", "versions-to-keep": "3", "keep": "*.0.0"}
        finished = self._step(self.job, {**asked, "package-type": "npm"}, with_summary=False)
        left = [version.name for version in sdk.versions]
        self._check("the run is green", finished.code == 0)
        self._check("as asked", left == ["1.0.0", "1.2.0", "2.0.0-rc.1", "2.0.0", "2.0.1"])

        self._chapter("Maven: snapshots go")
        core = history.core(self.github)
        asked = {"package-name": core.name, "delete": "*-SNAPSHOT", "package-type": "maven"}
        finished = self._step(self.job, asked, with_summary=False)
        left = [version.name for version in core.versions]
        self._check("the run is green", finished.code == 0)
        self._check("releases are left", left == ["1.0.0", "1.1.0", "1.2.0"])

    def _denied(self) -> None:
        self._chapter("A token without the Admin role: red, and it says what to do")
        before = state_of(self.web)
        job = self._job("denied", history.other_repository(self.github))
        finished = self._step(job, {"package-name": "web", "delete": "main"})
        self._check("the run is red, as access denied", finished.code == 4)
        advice = "Manage Actions access" in " ".join(finished.annotations("error"))
        self._check("it says where to set the role", advice)
        self._check("nothing was deleted", state_of(self.web) == before)

    def _undo(self, finished: Finished) -> None:
        self._chapter("Undo: what the summary of the run says")
        _, heading, rest = finished.summary.partition("### How to undo this")
        advice = heading + rest.partition("<details>")[0]
        print_lines(boxed("job summary", summary_lines(advice)))
        step = re.search(r"```yaml\n(.*?)```", advice, flags=re.DOTALL)
        self._check("the summary has a step to paste", step is not None)

        self._chapter("Pasted into a workflow and run")
        inputs = yaml.safe_load(step[1])[0]["with"] if step else {}
        asked = {name: str(text) for name, text in inputs.items()}
        undone = self._step(self.job, asked, with_summary=False)
        self._check("the run is green", undone.code == 0)
        restored = sorted(undone.ids("restored-ids"))
        self._check("it restored what was deleted", restored == sorted(self.planned))
        after = self._show(self.web)
        self._check("every version and every tag is back", after == self.before)
        tags = tags_in(after)
        self._check("every tag pulls completely", not any(map(self.web.pullable, tags)))

    def _job(self, name: str, token: str) -> Job:
        return Job(
            folder=self.folder / name,
            token=token,
            api_url=self.github.api_url,
            repository=f"{history.OWNER}/web",
            inputs={"registry-url": self.github.registry_url},
        )

    def _step(
        self,
        job: Job,
        inputs: dict[str, str],
        *,
        with_summary: bool = True,
        unfolded: bool = False,
    ) -> Finished:
        print_lines(boxed("with", (f"{name}: {text}" for name, text in inputs.items())))
        finished = job.run_process(inputs)
        lines = log_lines(finished.log)
        shown = lines if unfolded else folded(lines)
        print_lines(boxed(f"log · exit code {finished.code}", shown))
        if with_summary:
            print_lines(boxed("job summary", summary_lines(finished.summary)))
        return finished

    def _show(self, package: FakePackage) -> State:
        state = state_of(package)
        tags = ", ".join(tag for tag in tags_in(state) if not tag.startswith("sha256-"))
        print(f"{package.owner.login}/{package.name}: {len(state)} versions; tags: {tags}")
        return state

    def _chapter(self, title: str) -> None:
        print(f"\n\n═══ {title} ═══\n", flush=True)

    def _check(self, sentence: str, held: bool) -> None:  # noqa: FBT001 - reads as a sentence
        print(f"{'✔' if held else '✖'} {sentence}")
        if not held:
            self.failures.append(sentence)


def state_of(package: FakePackage) -> State:
    """Every active version and its tags."""
    return {version.name: tuple(sorted(version.tags)) for version in package.versions}


def tags_in(state: State) -> list[str]:
    """All tags, in the order of their versions."""
    return [tag for tags in state.values() for tag in tags]


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, and an empty one after them."""
    print("\n".join(lines) + "\n", flush=True)


def main() -> int:
    """Tell the story on a GitHub of its own; the exit code."""
    with FakeGitHub() as github, tempfile.TemporaryDirectory() as folder:
        return Demonstration(github, Path(folder)).tell()


if __name__ == "__main__":
    sys.exit(main())
