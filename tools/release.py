"""The texts of a release: what must agree before it, its notes, and the action.yml of its tag.

    python3 tools/release.py check VERSION        exit 1 where version, code and changelog disagree
    python3 tools/release.py notes VERSION IMAGE  print the notes of the release, in Markdown
    python3 tools/release.py pin IMAGE            print action.yml, running IMAGE instead of a build

VERSION is MAJOR.MINOR.PATCH; the tag is `v` and that. IMAGE is NAME@sha256:DIGEST. It reads the
checkout it is in and reaches nothing else; `publish_release.py` changes what is on GitHub.
"""

import re
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
IMAGE = re.compile(r"[a-z0-9.-]+(?::\d+)?(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")

_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\S+))?\n", re.MULTILINE)
_BUILT_HERE = re.compile(r"^(  image: )Dockerfile$", re.MULTILINE)


class Unfit(Exception):
    """Something is not as a release needs it; the message says what to do."""


def check(version: str) -> None:
    """Raise Unfit unless the code and the newest section of the changelog have this version."""
    if not VERSION.fullmatch(version):
        raise Unfit(f"{version!r} is not MAJOR.MINOR.PATCH")
    source = _read("src/package_keeper/__init__.py")
    found = re.search(r'^__version__ = "(.*)"$', source, re.MULTILINE)
    if found is None or found[1] != version:
        told = found[1] if found else "nothing"
        raise Unfit(f"__version__ in src/package_keeper/__init__.py says {told}, not {version}")
    sections = _sections()
    released = [name for name in sections if name != "Unreleased"]
    if released[:1] != [version]:
        newest = released[0] if released else "nothing"
        raise Unfit(f"the newest section of CHANGELOG.md is {newest}, not {version}")
    if sections.get("Unreleased", ("", ""))[1]:
        raise Unfit(
            "CHANGELOG.md lists changes as unreleased; move them into the release's section"
        )
    day, _ = sections[version]
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Unfit(
            f"the section {version} of CHANGELOG.md has no date: ## [{version}] - 2026-11-22"
        ) from None
    changes(version)


def changes(version: str) -> str:
    """The version's section of the changelog, without its heading."""
    text = _sections().get(version, ("", ""))[1]
    if not text:
        raise Unfit(f"CHANGELOG.md says nothing about {version}")
    return text


def notes(version: str, image: str, repository: str = "package-keeper/package-keeper") -> str:
    """What the page of the release says: the changes, the image, and how to verify it."""
    _well_formed(image)
    return f"""{changes(version)}

### Image

`{image}`

It is for linux/amd64 and linux/arm64, and what the `action.yml` of this release runs. To see who
built it, and from which commit:

```sh
gh attestation verify oci://{image} --repo {repository}
```
"""


def pinned(image: str) -> str:
    """The action's metadata as the release's tag has it."""
    _well_formed(image)
    text, count = _BUILT_HERE.subn(rf"\g<1>docker://{image}", _read("action.yml"))
    if count != 1:
        raise Unfit("action.yml has not one line that builds the Dockerfile")
    return text


def _well_formed(image: str) -> None:
    if not IMAGE.fullmatch(image):
        raise Unfit(f"{image!r} is not NAME@sha256:DIGEST")


def _sections() -> dict[str, tuple[str, str]]:
    """Date and text of every section of the changelog, newest first."""
    text = _read("CHANGELOG.md")
    heads = list(_HEADING.finditer(text))
    ends = [head.start() for head in heads] + [len(text)]
    return {
        head["name"]: (head["date"] or "", text[head.end() : end].strip())
        for head, end in zip(heads, ends[1:], strict=True)
    }


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Do what the arguments say; 1 where the checkout is unfit, 2 where the arguments are wrong."""
    try:
        match arguments:
            case ["check", version]:
                check(version)
            case ["notes", version, image]:
                sys.stdout.write(notes(version, image))
            case ["pin", image]:
                sys.stdout.write(pinned(image))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except Unfit as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
