"""The token is nowhere but where it belongs, wherever it was pasted."""

import pytest

from inputs.environments import TOKEN, environment, mistakes, settings
from package_keeper.domain.errors import WrongInputs
from package_keeper.inputs.declared import INPUTS
from package_keeper.inputs.display import Display
from package_keeper.inputs.settings import read_settings

OTHERS = [entry.name for entry in INPUTS if entry.name != "token"]
OLD = "0123456789abcdef0123456789abcdef01234567"  # the form before GitHub's tokens had prefixes


@pytest.mark.parametrize("token", [TOKEN, OLD, "ghs_123_eyJ.a-b.c_d-" + "x" * 500])
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("form", ["{}", "x{}y", "a\n{},b", "https://{}@ghcr.io/x"])
def test_pasted_into_any_other_input(name: str, token: str, form: str) -> None:
    inputs = {"versions-to-keep": "3", "token": token, name: form.format(token)}
    with pytest.raises(WrongInputs) as caught:
        read_settings(environment(inputs))
    text = f"{caught.value}{caught.value!r}{caught.value.mistakes!r}"
    assert token not in text
    assert "***" in text
    assert [m.name for m in caught.value.mistakes] == [name]


@pytest.mark.parametrize("name", OTHERS)
def test_another_token_pasted_into_any_other_input(name: str) -> None:
    other = "github_pat_" + "A1" * 30
    found = mistakes({"versions-to-keep": "3", name: f"x{other}"})
    assert other not in str(WrongInputs(found))
    assert found[0].problem.startswith("holds a token")


@pytest.mark.parametrize("token", [TOKEN, OLD])
def test_pasted_as_the_name_of_an_input(token: str) -> None:
    found = mistakes({"versions-to-keep": "3", "token": token, token: "x"})
    assert [m.name for m in found] == ["***"]
    assert token.lower() not in str(WrongInputs(found)).lower()


@pytest.mark.parametrize(
    "token",
    ["ghp_abc def", "ghp_abc\ndef", "ghp_äbc", "ghp_a\x00b", "ghp_a\u200bb", "Bearer ghp_x"],
)
def test_a_token_that_is_none_is_not_shown(token: str) -> None:
    found = mistakes({"versions-to-keep": "3", "token": token})
    assert [(m.name, m.value) for m in found] == [("token", None)]
    assert "ghp_" not in str(WrongInputs(found))


def test_a_missing_token() -> None:
    (only,) = mistakes({"versions-to-keep": "3", "token": " \n"})
    assert only.problem == "is missing; ${{ github.token }} is the usual one"


@pytest.mark.parametrize("token", ["x", "!~", "ghs_" + "a.b-c_" * 100, OLD])
def test_length_and_alphabet_are_not_checked(token: str) -> None:
    assert settings(token=f" {token}\n").token == token


def test_what_looks_like_a_token_looks_alike_in_summary_and_mistakes() -> None:
    given = settings(delete="ghp_0123456789, v1")
    assert given.summary_settings == (("delete", "***, v1"),)
    (found,) = mistakes({"versions-to-keep": "3", "delete": "ghp_0123456789:y"})
    assert found.value == "***:y"


def test_what_is_too_short_for_a_token_is_shown() -> None:
    assert settings(delete="gho_tools").summary_settings == (("delete", "gho_tools"),)


def test_a_group_named_like_a_token_does_not_show_in_the_reason() -> None:
    (found,) = mistakes({"versions-to-keep": "3", "delete": "/(?P<ghp_01234567-b>x)/"})
    assert "ghp_0" not in str(found)


def test_the_token_is_not_in_the_settings_text() -> None:
    assert TOKEN not in repr(settings())


def test_the_token_is_not_in_a_traceback() -> None:
    assert TOKEN not in repr(Display(token=TOKEN))


def test_hidden_before_it_is_cut() -> None:
    shown = Display(token=OLD).show("x" * 80 + OLD)
    assert shown == "x" * 80 + "***"


def test_passwords_in_addresses_are_hidden() -> None:
    shown = Display(token=OLD).show("https://me:p@ss@ghcr.io/x and http://t@h")
    assert shown == "https://***@ghcr.io/x and http://***@h"


def test_what_cannot_be_printed_is_escaped() -> None:
    shown = Display(token=OLD).show("a\nb\r\x1b[31m\u202e\u200b\udc80é ☃")
    assert shown == r"a\nb\r\x1b[31m\u202e\u200b\udc80é ☃"


def test_shown_values_have_at_most_100_characters() -> None:
    display = Display(token=OLD)
    assert display.show("x" * 100) == "x" * 100
    assert display.show("x" * 101) == "x" * 99 + "…"
    assert len(display.show("\n" * 100)) == 100
