"""Put a release on GitHub: its commit, its tag, its page, and the moving tag of its major version.

    python3 tools/publish_release.py image VERSION IMAGE     print the image that the release has
    python3 tools/publish_release.py publish VERSION IMAGE   do what is not done yet

The release's commit differs from the one it is made of in one line: `action.yml` runs IMAGE
(NAME@sha256:DIGEST). Whatever is there already stays: a tag of the same commit keeps its image, and
a tag of any other commit is an error. So running it again, after a failure or by mistake, finishes
what is missing and changes nothing else.

From the environment: GITHUB_TOKEN (contents: write), GITHUB_API_URL, GITHUB_REPOSITORY and
GITHUB_SHA. The commit is made through the API, which signs it; nothing is pushed, so no credentials
are kept in the checkout.
"""

import base64
import json
import os
import re
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, TypeAlias

from release import VERSION, Unfit, notes, pinned

Json: TypeAlias = Any
"""What GitHub is told, and answers."""

_RUNS = re.compile(r"^  image: docker://(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The API of one repository."""

    api_url: str
    name: str
    token: str

    def get(self, path: str) -> Json:
        """The answer, or None where there is no such thing."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Json]) -> Json:
        """Make something."""
        return self._ask("POST", path, body)

    def patch(self, path: str, body: dict[str, Json]) -> Json:
        """Change something."""
        return self._ask("PATCH", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Json] | None) -> Json:
        request = urllib.request.Request(  # noqa: S310 - the runner's own API
            f"{self.api_url}/repos/{self.name}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 404 and method == "GET":
                return None
            said = error.read().decode(errors="replace")[:500]
            raise Unfit(f"{method} {path}: {error.code} {said}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release in the making: of `source`, a commit of the main branch."""

    repository: Repository
    version: str
    image: str
    source: str

    @property
    def tag(self) -> str:
        """The tag that users name."""
        return f"v{self.version}"

    def tagged(self) -> str | None:
        """The commit that the tag is on; raises Unfit where it was not made of `source`."""
        found = self.repository.get(f"git/ref/tags/{self.tag}")
        if found is None:
            return None
        commit = str(found["object"]["sha"])
        made_of = self.repository.get(f"git/commits/{commit}") or {"parents": []}
        if [parent["sha"] for parent in made_of["parents"]] != [self.source]:
            raise Unfit(f"the tag {self.tag} is there, and was not made of {self.source}")
        return commit

    def image_of(self, commit: str) -> str:
        """The image that the action of a release's commit runs."""
        file = self.repository.get(f"contents/action.yml?ref={commit}")
        runs = _RUNS.search(base64.b64decode(file["content"]).decode()) if file else None
        if runs is None:
            raise Unfit(f"the action.yml of {self.tag} runs no image")
        return runs[1]

    def final_image(self) -> str:
        """The image of the release that is there, else the one that was built now."""
        commit = self.tagged()
        return self.image_of(commit) if commit else self.image

    def publish(self) -> None:
        """Commit, tag, page, moving tag; each where it is not there."""
        commit = self.tagged() or self._tag(self._commit())
        self._page(self.image_of(commit))
        self._move_major(commit)

    def _commit(self) -> str:
        source = self.repository.get(f"git/commits/{self.source}")
        entry = {
            "path": "action.yml",
            "mode": "100644",
            "type": "blob",
            "content": pinned(self.image),
        }
        tree = self.repository.post(
            "git/trees", {"base_tree": source["tree"]["sha"], "tree": [entry]}
        )
        message = f"Release {self.version}\n\nThe action runs {self.image}."
        commit = {"message": message, "tree": tree["sha"], "parents": [self.source]}
        return str(self.repository.post("git/commits", commit)["sha"])

    def _tag(self, commit: str) -> str:
        self.repository.post("git/refs", {"ref": f"refs/tags/{self.tag}", "sha": commit})
        return commit

    def _page(self, image: str) -> None:
        if self.repository.get(f"releases/tags/{self.tag}") is not None:
            return
        page = {
            "tag_name": self.tag,
            "name": self.version,
            "body": notes(self.version, image, self.repository.name),
            "make_latest": "true" if self._is_newest("v") else "false",
        }
        self.repository.post("releases", page)

    def _move_major(self, commit: str) -> None:
        """Move `v1` to this release unless it is on a newer one."""
        major = f"v{self.version.partition('.')[0]}"
        if not self._is_newest(f"{major}."):
            return
        if self.repository.get(f"git/ref/tags/{major}") is None:
            self.repository.post("git/refs", {"ref": f"refs/tags/{major}", "sha": commit})
        else:
            self.repository.patch(f"git/refs/tags/{major}", {"sha": commit, "force": True})

    def _is_newest(self, prefix: str) -> bool:
        """Whether no release with a tag of this beginning has a higher version."""
        rows = self.repository.get(f"git/matching-refs/tags/{prefix}") or []
        names = [row["ref"].removeprefix("refs/tags/v") for row in rows]
        others = [_numbers(name) for name in names if VERSION.fullmatch(name)]
        return _numbers(self.version) >= max(others, default=())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def main(arguments: list[str]) -> int:
    """Do what the arguments say; 1 where GitHub or the checkout is not as it must be."""
    match arguments:
        case ["image" | "publish" as wanted, version, image]:
            pass
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    repository = Repository(
        api_url=os.environ["GITHUB_API_URL"],
        name=os.environ["GITHUB_REPOSITORY"],
        token=os.environ["GITHUB_TOKEN"],
    )
    release = Release(
        repository=repository, version=version, image=image, source=os.environ["GITHUB_SHA"]
    )
    try:
        if wanted == "image":
            print(release.final_image())
        else:
            release.publish()
    except Unfit as error:
        print(f"publish_release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
