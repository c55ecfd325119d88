"""A release is put on GitHub once, whole, and again only as far as something is missing."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from releases.checkout import IMAGE, REBUILT, ROOT, make_checkout, run
from releases.git_data import REPOSITORY, GitData, listening

TOKEN = "ghs_" + "x" * 36
FILES = {"action.yml": (ROOT / "action.yml").read_text(), "README.md": "Words.\n"}


@pytest.fixture
def data() -> Iterator[GitData]:
    with listening(GitData(), TOKEN) as data:
        yield data


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path / "checkout")


@pytest.fixture
def source(data: GitData) -> str:
    return data.commit(FILES)


def ask(
    what: str, checkout: Path, data: GitData, source: str, *, image: str = IMAGE, token: str = TOKEN
) -> subprocess.CompletedProcess[str]:
    return run(
        checkout,
        "publish_release.py",
        what,
        "1.2.0",
        image,
        GITHUB_TOKEN=token,
        GITHUB_API_URL=data.url,
        GITHUB_REPOSITORY=REPOSITORY,
        GITHUB_SHA=source,
    )


def publish(checkout: Path, data: GitData, source: str, *, image: str = IMAGE) -> None:
    published = ask("publish", checkout, data, source, image=image)
    assert published.returncode == 0, published.stderr


def test_a_release(checkout: Path, data: GitData, source: str) -> None:
    publish(checkout, data, source)
    commit = data.refs["tags/v1.2.0"]
    assert data.objects[commit]["parents"] == [source]
    assert data.file(commit, "action.yml") == FILES["action.yml"].replace(
        "image: Dockerfile", f"image: docker://{IMAGE}"
    )
    assert data.file(commit, "README.md") == FILES["README.md"]
    assert data.refs["tags/v1"] == commit
    page = data.pages["v1.2.0"]
    assert page["name"] == "1.2.0"
    assert page["make_latest"] == "true"
    assert "Something new." in page["body"]
    assert IMAGE in page["body"]


def test_a_second_time_changes_nothing(checkout: Path, data: GitData, source: str) -> None:
    """Not even with an image that was built anew, whose digest is another."""
    publish(checkout, data, source)
    refs, pages = dict(data.refs), dict(data.pages)
    publish(checkout, data, source, image=REBUILT)
    assert (data.refs, data.pages) == (refs, pages)


def test_the_image_is_that_of_the_release_once_it_is_there(
    checkout: Path, data: GitData, source: str
) -> None:
    assert ask("image", checkout, data, source).stdout == f"{IMAGE}\n"
    assert data.writes == []
    publish(checkout, data, source)
    assert ask("image", checkout, data, source, image=REBUILT).stdout == f"{IMAGE}\n"


@pytest.mark.parametrize(
    "step", ["POST git/trees", "POST git/commits", "POST git/refs", "POST releases"]
)
def test_what_failed_half_way_is_finished(
    checkout: Path, data: GitData, source: str, step: str
) -> None:
    data.fails_at = step
    first = ask("publish", checkout, data, source)
    assert first.returncode == 1
    assert f"{step}: 502" in first.stderr
    assert "tags/v1" not in data.refs, "users got half a release"
    publish(checkout, data, source)
    assert data.refs["tags/v1"] == data.refs["tags/v1.2.0"]
    assert list(data.pages) == ["v1.2.0"]


def test_a_tag_of_another_commit_is_left_alone(checkout: Path, data: GitData, source: str) -> None:
    data.refs["tags/v1.2.0"] = other = data.commit(FILES, "Something else", source, source)
    for what in ("image", "publish"):
        refused = ask(what, checkout, data, source)
        assert refused.returncode == 1
        assert "was not made of" in refused.stderr
    assert data.refs == {"tags/v1.2.0": other}
    assert data.writes == []


def test_the_moving_tag_moves_on(checkout: Path, data: GitData, source: str) -> None:
    """From an older release, past tags that are none, and not that of another major version."""
    data.refs |= {"tags/v1.1.9": source, "tags/v1": source, "tags/v10": source, "tags/v1.x": source}
    publish(checkout, data, source)
    assert data.refs["tags/v1"] == data.refs["tags/v1.2.0"]
    assert data.refs["tags/v10"] == source
    assert data.pages["v1.2.0"]["make_latest"] == "true"


@pytest.mark.parametrize(
    ("newer", "moves"), [("v1.10.0", False), ("v1.2.1", False), ("v2.0.0", True), ("v0.9.0", True)]
)
def test_the_moving_tag_never_goes_back(
    checkout: Path, data: GitData, source: str, newer: str, *, moves: bool
) -> None:
    """A fix of an older release leaves those who follow `v1` where they are."""
    data.refs |= {f"tags/{newer}": source, "tags/v1": source}
    publish(checkout, data, source)
    assert (data.refs["tags/v1"] == data.refs["tags/v1.2.0"]) is moves
    assert data.pages["v1.2.0"]["make_latest"] == ("true" if newer == "v0.9.0" else "false")


def test_a_refused_token_is_not_told(checkout: Path, data: GitData, source: str) -> None:
    other = "ghs_" + "y" * 36
    refused = ask("publish", checkout, data, source, token=other)
    assert refused.returncode == 1
    assert "401" in refused.stderr
    assert other not in refused.stdout + refused.stderr


def test_how_to_call_it_is_told(checkout: Path) -> None:
    called = run(checkout, "publish_release.py", "publish")
    assert called.returncode == 2
    assert "publish VERSION IMAGE" in called.stderr
