"""Package names in all the forms people paste."""

import pytest

from inputs.environments import mistake, mistakes, settings
from package_keeper.inputs.names import NameSelection


def selection(text: str, **inputs: str) -> NameSelection:
    return settings(package_name=text, **inputs).names


@pytest.mark.parametrize(
    "text",
    [
        "tool",
        "Tool",
        "octo-org/tool",
        "OCTO-ORG/tool",
        "ghcr.io/octo-org/tool",
        "https://ghcr.io/Octo-Org/Tool",
        "HTTP://GHCR.IO/octo-org/tool",
        "octo-org%2Ftool",
        "ghcr.io%2foCto-org%2Ftool",
        "docker://ghcr.io/octo-org/tool",
        "@octo-org/tool",
        "%40octo-org%2ftool",
    ],
)
def test_all_forms_of_one_container(text: str) -> None:
    names = selection(text)
    assert names == NameSelection(exact=("tool",))
    assert names.is_one
    assert not names.needs_listing


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("charts/app", "charts/app"),
        ("other-org/tool", "other-org/tool"),
        ("ghcr.io/octo-org/octo-org/tool", "octo-org/tool"),
        ("octo-org", "octo-org"),
        ("a__b.c-d", "a__b.c-d"),
    ],
)
def test_a_slash_may_belong_to_the_name(text: str, name: str) -> None:
    assert selection(text).exact == (name,)


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("npm", "@Octo-Org/left-pad", "left-pad"),
        ("npm", "Left~Pad", "Left~Pad"),
        ("maven", "com.Example.Lib", "com.Example.Lib"),
        ("nuget", "Octo.Lib", "Octo.Lib"),
        ("rubygems", "octo_lib", "octo_lib"),
        ("docker", "Tool", "tool"),
    ],
)
def test_each_type_has_its_own_letters(kind: str, text: str, name: str) -> None:
    assert selection(text, package_type=kind).exact == (name,)


def test_the_repository_is_the_default() -> None:
    given = settings()
    assert (given.owner, given.names.exact) == ("Octo-Org", ("my-app",))


def test_the_owner_decides_what_is_stripped() -> None:
    assert selection("other/tool", owner="@Other").exact == ("tool",)


def test_the_hosts_of_other_servers() -> None:
    runner = {
        "GITHUB_SERVER_URL": "https://ghes.example:8443",
        "GITHUB_REPOSITORY": "octo/app",
    }
    assert settings(runner, package_name="containers.ghes.example:8443/octo/x").names.exact == (
        "x",
    )
    assert selection(
        "http://127.0.0.1:5000/octo-org/x", registry_url="http://127.0.0.1:5000"
    ).is_one


def test_several_names_globs_and_exclusions() -> None:
    names = selection("api, ghcr.io/octo-org/Worker-*\n/[a-z]{2,3}/\n!worker-old, !api-*, api")
    assert names.exact == ("api",)
    assert [glob.text for glob in names.globs] == ["worker-*", "/[a-z]{2,3}/"]
    assert [glob.text for glob in names.excluded] == ["worker-old", "api-*"]
    assert names.needs_listing
    assert not names.is_one
    chosen = [
        n for n in ("api", "api-1", "worker-1", "worker-old", "xy", "wxyz") if names.selects(n)
    ]
    assert chosen == ["api", "worker-1", "xy"]


def test_an_exact_name_may_be_excluded() -> None:
    assert selection("api, worker, !WORKER").exact == ("api",)
    assert selection("api, worker-1, !worker-*\n!/x+,y/").exact == ("api",)


def test_nuget_ignores_case_and_sends_as_written() -> None:
    names = selection("Octo.Lib, octo.LIB, Octo.App.*, !OCTO.APP.OLD", package_type="nuget")
    assert names.exact == ("octo.LIB",)
    assert names.selects("OCTO.lib")
    assert names.selects("octo.app.New")
    assert not names.selects("Octo.App.Old")


def test_elsewhere_case_counts() -> None:
    names = selection("Lib*, /Rx+/", package_type="npm")
    assert names.selects("Library")
    assert names.selects("Rxx")
    assert not names.selects("library")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ghcr.io/other/tool", "is a package of other, but owner is Octo-Org"),
        ("@other/tool", "is a package of other, but owner is Octo-Org"),
        ("https://example.com/octo-org/tool", "is an address of example.com, which is not"),
        ("ghcr.io/octo-org", "names no package"),
        ("octo-org/", "names no package"),
        ("tool:latest", "names a version"),
        ("tool@sha256:" + "a" * 64, "names a version"),
        ("%2Fx", "has an empty part"),
        ("octo-org//x/", "has an empty part"),
        ("a//b", "has an empty part"),
        ("../x", "has an empty part"),
        ("x/..", "has an empty part"),
        ("tool/", "has an empty part"),
        ("a b", "can't be the name of a package of type container"),
        ("a%b", "can't be the name of a package of type container"),
        ("tööl", "can't be the name of a package of type container"),
        ("x" * 256, "is longer than 255 characters"),
        ("api-[x", "has a '[' without a ']'"),
        ("* x", "holds a space"),
        ("/(/", "is not a regular expression"),
        ("!api", "only excludes"),
        ("!a, !b", "only excludes"),
        ("api, !api", "excludes everything that it names"),
    ],
)
def test_what_is_no_name(text: str, problem: str) -> None:
    found = mistake("package-name", text)
    assert found.name == "package-name"
    assert found.problem.startswith(problem), found.problem


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("npm", "@other/tool", "is a package of other"),
        ("npm", "a/b", "can't be the name of a package of type npm"),
        ("maven", "com.example:lib", "can't be a Maven package; its name is groupId.artifactId"),
        ("nuget", "a?b c", "holds a space"),
        ("rubygems", "x\u202ey", "can't be the name of a package of type rubygems"),
    ],
)
def test_what_is_no_name_of_the_type(kind: str, text: str, problem: str) -> None:
    assert mistake("package-name", text, package_type=kind).problem.startswith(problem)


def test_every_wrong_name_is_reported() -> None:
    found = mistakes({"versions-to-keep": "1", "package-name": "a:b, !c:d, fine, e@f"})
    assert {m.value for m in found} >= {"c:d"}
    found = mistakes({"versions-to-keep": "1", "package-name": "a:b, fine, e@f"})
    assert [m.value for m in found] == ["a:b", "e@f"]


@pytest.mark.parametrize("text", ["octo/app", "octo org", "o.o", "öcto", "o" * 101])
def test_no_owners(text: str) -> None:
    assert mistake("owner", text).name == "owner"


def test_without_a_repository_owner_and_name_have_to_be_given() -> None:
    for repository in ("", "octo", "octo/app/x", "o o/app"):
        found = mistakes({"versions-to-keep": "1"}, {"GITHUB_REPOSITORY": repository})
        assert [m.name for m in found] == ["owner", "package-name"]
    assert settings({}, owner="octo", package_name="app").names.exact == ("app",)


@pytest.mark.parametrize(
    ("wrong", "name", "found"),
    [
        ({"owner": "a/b"}, "a:b", ["owner", "package-name"]),
        ({"owner": "a/b"}, "acme/tool", ["owner"]),
        ({"owner": "a/b"}, "@acme/tool", ["owner"]),
        ({"package-type": "Container"}, "a:b", ["package-name", "package-type"]),
        ({"package-type": "Container"}, "Lib~x", ["package-type"]),
        ({"package-type": "Container", "owner": "a/b"}, "x[", ["owner", "package-name"]),
    ],
)
def test_names_are_looked_at_beside_a_wrong_owner_or_type(
    wrong: dict[str, str], name: str, found: list[str]
) -> None:
    """What only the right owner or type could tell is no mistake yet."""
    inputs = {"versions-to-keep": "1", "package-name": name, **wrong}
    expected = {*found, *wrong}
    assert {mistake.name for mistake in mistakes(inputs)} == expected
