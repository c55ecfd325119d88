"""Real images in a real registry: after a run real clients pull and verify what stays, and what was
to go is gone, its content included."""

import threading

import pytest

from end_to_end.hooks import before_deletion
from end_to_end.runner import Finished
from real_images.conftest import PROGRAMS, Site

pytestmark = pytest.mark.real_tools(*PROGRAMS)

INPUTS = {
    "delete": "pr-*, cache-pr, chart-0.1.0",
    "delete-untagged": "true",
    "older-than": "0s",
}
KEPT_TAGS = ("edge", "1.0.0", "cache-main", "chart-0.2.0")
IMAGES = ("1.0.0",)
CUSTOM = ("--type", "custom")


def assert_signed(site: Site, *, edge: bool = True, release: bool = True) -> None:
    """Every signature and every attestation of what stays is accepted."""
    clients, digests = site.clients, site.collection.digests
    if release:
        platforms = [d for d in site.collection.pushes["1.0.0"] if d != digests["1.0.0"]]
        for digest in (digests["1.0.0"], *platforms):
            assert clients.verifies("cosign2", "verify", digest)
        assert clients.verifies("cosign2", "verify-attestation", digests["1.0.0"], *CUSTOM)
    if edge:
        assert clients.verifies("cosign3", "verify", digests["edge"])
        assert clients.verifies("cosign3", "verify-attestation", digests["edge"], *CUSTOM)
        assert "application/spdx+json" in clients.attached_to(digests["edge"])


def assert_gone(site: Site, digests: set[str]) -> None:
    assert digests
    assert not [digest for digest in digests if site.clients.is_there(digest)]


def superseded(site: Site) -> set[str]:
    """The indexes of referrers that lost their tag to a newer one."""
    tagged = site.registry.tags[site.collection.digests["edge"].replace(":", "-")]
    return {
        digest
        for digest in site.collection.pushes["signatures of edge"] - {tagged}
        if '"manifests"' in site.clients.run("crane", "manifest", site.clients.at(digest))
    }


def of_yesterday_alone(site: Site) -> set[str]:
    """The index and the provenance; the platforms are those of `edge`."""
    manifest = site.clients.run("crane", "manifest", site.clients.at("edge"))
    return {d for d in site.collection.pushes["yesterday"] if d not in manifest}


def run(site: Site, inputs: dict[str, str]) -> Finished:
    """A dry run, which must plan what the run deletes, and the run."""
    dry = site.job.run({**inputs, "dry-run": "true"})
    finished = site.job.run(inputs)
    assert finished.code == 0, finished.log
    assert finished.outcome == "done", finished.log
    assert finished.ids("deleted-ids") == dry.ids("planned-ids")
    return finished


def test_what_goes_is_gone_and_what_stays_is_pulled_and_verified(site: Site) -> None:
    before, stale = site.left, superseded(site)
    gone = site.collection.added_by(
        "pr-1", "signature of pr-1", "pr-2", "signature of pr-2", "cache-pr", "chart-0.1.0"
    )
    gone |= of_yesterday_alone(site) | stale
    assert len(stale) == 2
    run(site, INPUTS)
    assert site.left == before - gone
    site.registry.collect_garbage()
    for tag in KEPT_TAGS:
        site.clients.assert_pulls(tag)
    for tag in IMAGES:
        site.clients.assert_image(tag)
    assert_signed(site)
    assert_gone(site, gone)
    assert not gone & site.registry.blobs
    again = site.job.run(INPUTS)
    assert again.outcome == "nothing-to-do", again.log


def test_one_image_is_left_with_all_that_is_its_own(site: Site) -> None:
    """Of yesterday's build only the platforms stay, which `edge` shares."""
    kept = site.collection.added_by("edge", "signatures of edge") - superseded(site)
    kept |= site.collection.pushes["yesterday"] - of_yesterday_alone(site)
    run(site, {"versions-to-keep": "0", "keep": "edge"})
    assert site.left == kept
    site.registry.collect_garbage()
    site.clients.assert_pulls("edge")
    assert_signed(site, release=False)


def test_the_signed_release_is_left_with_all_that_is_its_own(site: Site) -> None:
    kept = site.collection.added_by("1.0.0", "signatures of 1.0.0")
    run(site, {"versions-to-keep": "0", "keep": "1.0.0"})
    assert site.left == kept
    site.registry.collect_garbage()
    site.clients.assert_image("1.0.0")
    assert_signed(site, edge=False)


def test_a_tag_comes_off_a_signed_image(site: Site) -> None:
    site.clients.run("crane", "tag", site.clients.at("edge"), "pr-9")
    before = site.left
    site.package.sync()
    finished = site.job.run({"delete": "pr-9", "untag": "true"})
    assert finished.code == 0, finished.log
    assert site.left == before
    assert "pr-9" not in site.registry.tags
    site.registry.collect_garbage()
    for tag in KEPT_TAGS:
        site.clients.assert_pulls(tag)
    assert_signed(site)


@pytest.mark.parametrize("deletions", [1, 4])
def test_a_run_that_is_cut_short_leaves_every_image_whole(site: Site, deletions: int) -> None:
    """Signatures of an image that is gone are the garbage that it may leave."""
    cancelled = threading.Event()
    before_deletion(site.github, cancelled.set, number=deletions)
    finished = site.job.run(INPUTS, cancelled=cancelled)
    assert finished.outcome == "incomplete", finished.log
    images = [tag for tag in site.registry.tags if not tag.startswith("sha256-")]
    assert set(KEPT_TAGS) <= set(images)
    for tag in images:
        site.clients.assert_pulls(tag)
    assert_signed(site)


def test_the_clients_notice_what_is_missing(site: Site) -> None:
    """These tests could not fail otherwise."""
    digests = site.collection.digests
    platform = min(site.collection.pushes["1.0.0"] - {digests["1.0.0"]})
    site.registry.delete(platform)
    for check in (site.clients.assert_pulls, site.clients.assert_image):
        with pytest.raises(AssertionError):
            check("1.0.0")
    site.registry.delete(site.registry.tags[digests["edge"].replace(":", "-")])
    assert not site.clients.verifies("cosign3", "verify", digests["edge"])
