"""Lists: where an item ends, and patterns that could never match."""

import pytest

from inputs.environments import mistake, mistakes, settings


def kept(text: str) -> list[str]:
    return [pattern.text for pattern in settings(keep=text).short.keep]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("latest", ["latest"]),
        ("latest, v1.*", ["latest", "v1.*"]),
        ("latest\nv1.*\r\nv2\rv3", ["latest", "v1.*", "v2", "v3"]),
        (" \n latest ,, \n\n , v1 ", ["latest", "v1"]),
        ("# all of it\nlatest # the last\n\t#no\nv1,v2\t# two", ["latest", "v1", "v2"]),
        ("latest,latest\nlatest", ["latest"]),
        (r"/v\d{1,3}/", [r"/v\d{1,3}/"]),
        ("/v[0-9]+(-rc)?/ # releases\nlatest", ["/v[0-9]+(-rc)?/", "latest"]),
        (r"latest, /v\d+/", ["latest", r"/v\d+/"]),
        ("[abc]*, []]", ["[abc]*", "[]]"]),
        ("sha256:" + "a" * 64 + ", sha256:ab*", ["sha256:" + "a" * 64, "sha256:ab*"]),
        ("sha256-abc, 1.0_x", ["sha256-abc", "1.0_x"]),
    ],
)
def test_items(text: str, items: list[str]) -> None:
    assert kept(text) == items


@pytest.mark.parametrize("name", ["keep", "delete", "delete-ids", "package-name"])
@pytest.mark.parametrize("text", ["# latest", ",", "#\n # \n,"])
def test_nothing_but_comments_is_not_taken_for_nothing(name: str, text: str) -> None:
    found = mistake(name, text)
    assert found.problem == "holds no item; leave the input out if that is meant"


@pytest.mark.parametrize("name", ["keep", "delete", "package-name"])
def test_blank_is_not_given(name: str) -> None:
    short = settings(versions_to_keep="3", **{name: "  \n "}).short
    assert (short.keep, short.delete) == ((), ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("v[1", "has a '[' without a ']'"),
        ("[!]", "has a '[' without a ']'"),
        ("- latest", "holds a space or a quotation mark"),
        ("v1 v2", "holds a space or a quotation mark"),
        ('"latest"', "holds a space or a quotation mark"),
        ("a\x00b", "holds a space or a quotation mark"),
        ("!latest", "starts with '!'; what is to be protected goes into keep"),
        ("/(/", "is not a regular expression: missing )"),
        ("/a{99999999999}/", "is not a regular expression: the repetition number is too large"),
        ("/" + "(" * 5000 + "/", "is not a regular expression: it is nested too deeply"),
        ("/v1", "starts with '/' but is not a regular expression between two slashes"),
        ("//", "starts with '/' but is not a regular expression between two slashes"),
        ("/v1/, /v2/", "is more than one pattern"),
        ("/v1/, latest", "is more than one pattern"),
        ("^v1$", "holds characters that no tag has"),
        ("v1|v2", "holds characters that no tag has"),
        ("v(1)", "holds characters that no tag has"),
        ("v{1}", "holds characters that no tag has"),
        ("ghcr.io/o/n:latest", "holds characters that no tag has"),
        ("versión", "holds characters that no tag has"),
        ("-v1", "can't match a tag, which starts with"),
        (".v1", "can't match a tag, which starts with"),
        ("-*", "can't match a tag, which starts with"),
        ("v" * 129, "can't match a tag, which has at most 128"),
        ("v[9-1]", "has a range in brackets that goes backwards"),
        ("sha256:abc", "can't match a digest"),
        ("sha256:ABC*", "can't match a digest"),
    ],
)
@pytest.mark.parametrize("name", ["keep", "delete"])
def test_what_can_never_match_is_a_mistake(name: str, text: str, problem: str) -> None:
    found = mistake(name, text)
    assert found.name == name
    assert found.problem.startswith(problem), found.problem


@pytest.mark.parametrize("text", ["v" * 128, "_x", "*-v1", "[!a]v", "?" * 200])
def test_what_a_tag_could_look_like_is_none(text: str) -> None:
    assert kept(text) == [text]


@pytest.mark.parametrize("text", ["1.0.0+build", "${revision}", "1.0@beta"])
def test_versions_of_other_types_are_named_freely(text: str) -> None:
    chosen = settings(package_type="maven", delete=text).short.delete
    assert [pattern.text for pattern in chosen] == [text]


def test_every_wrong_item_is_reported() -> None:
    found = mistakes({"keep": "v[1\nlatest\n'x'", "delete": "/(/"})
    assert [(m.name, m.value) for m in found] == [
        ("keep", "v[1"),
        ("keep", "'x'"),
        ("delete", "/(/"),
    ]


def test_of_many_wrong_items_the_first_are_reported() -> None:
    found = mistakes({"keep": "\n".join(f"v[{n}" for n in range(500)), "delete": "x"})
    assert len(found) == 10
    assert found[-1].problem.endswith("(and 490 more like these)")


def test_a_pattern_a_later_python_reads_differently_is_only_a_pattern() -> None:
    assert kept("/[[a]-z/") == ["/[[a]-z/"]


def test_ids() -> None:
    assert settings(delete_ids="12, 7\n12 # again\n").short.delete_ids == (12, 7)


@pytest.mark.parametrize("text", ["0", "-5", "abc", "1 2", "1.0", "٣", "9" * 30])
def test_no_ids(text: str) -> None:
    assert mistake("delete-ids", text).name == "delete-ids"
