"""Environments as the runner makes them, and what the program reads out of them."""

import pytest

from package_keeper.domain.errors import InputMistake, WrongInputs
from package_keeper.inputs.settings import Settings, read_settings

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"

RUNNER = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "Octo-Org/My-App",
    "GITHUB_WORKSPACE": "/github/workspace",
}


def environment(inputs: dict[str, str], runner: dict[str, str] | None = None) -> dict[str, str]:
    """The variables of a step with these inputs, on top of a token and the API's address."""
    runner = RUNNER if runner is None else runner
    given = {"token": TOKEN, "api-url": runner.get("GITHUB_API_URL", ""), **inputs}
    return runner | {f"INPUT_{name.replace(' ', '_').upper()}": v for name, v in given.items()}


def settings(runner: dict[str, str] | None = None, /, **inputs: str) -> Settings:
    """The settings; `versions-to-keep` is 3 unless the test asks for something itself."""
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    if not {"versions-to-keep", "delete", "delete-ids", "delete-untagged"} & named.keys():
        named["versions-to-keep"] = "3"
    return read_settings(environment(named, runner))


def mistakes(
    inputs: dict[str, str], runner: dict[str, str] | None = None
) -> tuple[InputMistake, ...]:
    """The mistakes in these inputs; there must be some."""
    with pytest.raises(WrongInputs) as caught:
        read_settings(environment(inputs, runner))
    assert caught.value.exit_code == 2
    return caught.value.mistakes


def mistake(
    name: str, value: str, runner: dict[str, str] | None = None, **more: str
) -> InputMistake:
    """The only mistake there is when this input has this value in an otherwise right step."""
    inputs = {"versions-to-keep": "3", name: value}
    inputs |= {name.replace("_", "-"): value for name, value in more.items()}
    (only,) = mistakes(inputs, runner)
    return only
