"""The container reaches the API and the registry, a real one too, and tries nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from container.engine import INTERPRETER, Engine, Job
from container.namespace import Counters, Network, only
from container.registry import push, serving
from fake_github import FakeGitHub, FakePackage

pytestmark = pytest.mark.container("buildah", "podman", "runc")


@pytest.fixture
def network(engine: Engine, image: str, github: FakeGitHub) -> Iterator[Network]:
    with only(engine, image, github.api_url, github.registry_url) as network:
        yield network


def unanswered(counted: Counters) -> dict[str, int]:
    """What was sent to where nobody is: other addresses, a name server, a closed port."""
    names = ("IpOutNoRoutes", "UdpOutDatagrams", "TcpAttemptFails")
    return {name: counted[name] for name in names if counted[name]}


def test_nothing_but_the_two_servers_is_tried(
    engine: Engine,
    image: str,
    tmp_path: Path,
    network: Network,
    package: FakePackage,
    inputs: dict[str, str],
) -> None:
    job = Job(folder=tmp_path / "job", network=network.name)
    job.prepare()
    finished = job.run(engine, image, inputs | {"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert finished.outputs["outcome"] == "done"
    assert set(package.tags) == {"1.0.0", "latest"}
    assert network.counters()["TcpActiveOpens"] > 0
    assert unanswered(network.counters()) == {}


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 443))",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.com', 443)",
    ],
)
def test_what_is_tried_would_be_seen(
    engine: Engine, image: str, network: Network, attempt: str
) -> None:
    program = f"import socket\ntry: {attempt}\nexcept OSError: pass"
    options = ["run", "--rm", f"--network={network.name}", f"--entrypoint={INTERPRETER}", image]
    assert engine.podman(*options, "-I", "-c", program).returncode == 0
    assert unanswered(network.counters())


@pytest.mark.real_tools("docker-registry", "skopeo")
def test_a_real_registry_keeps_what_is_kept_whole(
    engine: Engine, image: str, job: Job, github: FakeGitHub, inputs: dict[str, str], tmp_path: Path
) -> None:
    """Images share a platform's manifest; the one that goes leaves it to the one that stays."""
    package = github.add_package("acme", "container", "real", repository="acme/app")
    with serving(tmp_path / "registry") as registry:
        images = {
            "1.0.0": {"amd64": "one", "arm64": "shared"},
            "pr-1": {"amd64": "two", "arm64": "shared"},
            "pr-2": {"amd64": "three", "arm64": "four"},
        }
        for tag, platforms in images.items():
            push(registry, tag, platforms, tmp_path)
            registry.list_in(package, tag)
        asked = {"package-name": "real", "delete": "pr-*", "registry-url": registry.url}
        finished = job.run(engine, image, inputs | asked)
        assert finished.code == 0, finished.log
        gone = {version.name for version in package.deleted}
        assert len(gone) == len(["pr-1", "its amd64", "pr-2", "its amd64", "its arm64"])
        assert [registry.delete(digest) for digest in gone] == [202] * len(gone)
        assert registry.is_whole("1.0.0", tmp_path / "pulled")
        assert not registry.is_whole("pr-1", tmp_path / "pulled")
