"""What reaches the runner: no command but ours, no secret, and files that survive anything."""

import base64
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing.hosts import run_all
from package_keeper.adapters.registry_token import derived_secrets
from package_keeper.adapters.runner import SUMMARY_LIMIT, Runner, fitting, inert
from package_keeper.rendering.log import Console

ACTIONS = {"GITHUB_ACTIONS": "true"}
HOSTILE = [
    "::error::x",
    "  ::set-output name=a::b",
    "\t::stop-commands::x",
    "\u00a0::add-mask::x",
    "\u200b::error::x",
    "\ufeff::error::x",
    "text ##[error]x",
    "##[set-output name=a;]b",
    "a\n::error::x",
    "a\r::error::x",
    "a\r\n::error::x",
    "a\u2028::error::x",
    "a\x85::error::x",
    "a\x0b::error::x",
    "\x1b::error::x",
]


def runner(**environ: str) -> tuple[Runner, io.StringIO]:
    out = io.StringIO()
    return Runner({**ACTIONS, **environ}, out), out


def commands(text: str) -> list[str]:
    """The lines that the runner would execute, by its own rules."""
    lines = re.split(r"\r\n|\r|\n", text)
    return [line for line in lines if line.strip().startswith("::") or "##[" in line]


def test_it_is_what_the_rendering_needs() -> None:
    consoles: list[Console] = [runner()[0]]
    assert consoles


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_the_log_is_never_a_command(text: str) -> None:
    log, out = runner()
    log.line(text)
    assert commands(out.getvalue()) == []
    assert "x" in out.getvalue() or "b" in out.getvalue()


@given(st.text())
def test_no_text_makes_a_command_of_a_line(text: str) -> None:
    log, out = runner()
    for part in (text, f"::{text}", f"\n ::error::{text}", f"##[{text}"):
        log.line(part)
    assert commands(out.getvalue()) == []


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters=":#[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    )
)
def test_a_harmless_line_is_printed_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("text", [*HOSTILE, "100%", "50%0A"])
def test_an_annotation_is_one_command_whatever_it_says(text: str) -> None:
    log, out = runner()
    log.error(text, title=f"{text}, a: b")
    line, rest = out.getvalue().split("\n")
    assert rest == ""
    assert line.startswith("::error title=")
    message = line.split("::", 2)[2]
    decoded = message.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert decoded == text
    assert ":" not in line.removeprefix("::error title=").split("::")[0]


def test_commands_look_as_the_runner_wants_them() -> None:
    log, out = runner()
    log.group("acme/app\nx")
    log.notice("a")
    log.warning("b", title="t")
    log.end_group()
    assert out.getvalue().splitlines() == [
        "::group::acme/app x",
        "::notice::a",
        "::warning title=t::b",
        "::endgroup::",
    ]


def test_outside_of_actions_everything_is_plain_text() -> None:
    out = io.StringIO()
    log = Runner({}, out)
    log.mask("ghp_secret")
    log.group("acme/app")
    log.line("one\ntwo")
    log.warning("b", title="t")
    log.error("::c")
    log.end_group()
    log.output("deleted-count", "3")
    log.summary("# Done")
    assert out.getvalue().splitlines() == [
        "acme/app",
        "one",
        "two",
        "warning: t: b",
        "error: ::c",
    ]


def test_a_secret_is_masked_before_anything_else_and_appears_nowhere(tmp_path: Path) -> None:
    output, summary = tmp_path / "output", tmp_path / "summary"
    log, out = runner(GITHUB_OUTPUT=str(output), GITHUB_STEP_SUMMARY=str(summary))
    token = "ghs_" + "a.b-c_" * 80
    for secret in (token, *derived_secrets(token)):
        log.mask(secret)
    masks = out.getvalue().splitlines()
    assert masks == [f"::add-mask::{secret}" for secret in (token, *derived_secrets(token))]
    out.truncate(0)
    for secret in (token, base64.b64encode(token.encode()).decode()):
        log.line(f"Bearer {secret}!")
        log.error(secret, title=secret)
        log.group(secret)
        log.output("value", secret)
        log.summary(secret)
        written = out.getvalue() + output.read_text() + summary.read_text()
        assert secret not in written
    assert "Bearer ***!" in out.getvalue()


def test_each_line_of_a_secret_is_masked_but_not_what_is_too_short_to_be_one() -> None:
    log, out = runner()
    log.mask("first-line\n\n x \nsecond-line\r\n")
    log.mask("first-line")
    assert out.getvalue().splitlines() == ["::add-mask::first-line", "::add-mask::second-line"]
    assert log.redact("a first-line x") == "a *** x"


def test_a_secret_within_a_secret_leaves_nothing_behind() -> None:
    log, _ = runner()
    log.mask("abcde")
    log.mask("abcdefghi")
    assert log.redact("abcdefghi abcde") == "*** ***"


@pytest.mark.parametrize("value", ["", "1,2,3", "two\nlines", "EOF", "a=b<<c", "x" * 100_000])
def test_outputs_come_back_as_they_were_set(tmp_path: Path, value: str) -> None:
    file = tmp_path / "output"
    log, out = runner(GITHUB_OUTPUT=str(file))
    log.output("before", "1")
    log.output("value", value)
    log.output("after", "2")
    assert outputs(file.read_text()) == {"before": "1", "value": value, "after": "2"}
    assert out.getvalue() == ""


def outputs(text: str) -> dict[str, str]:
    """What the runner reads from the file."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, delimiter = line.partition("<<")
            value = list(iter(lambda: next(lines), delimiter))
            found[name] = "\n".join(value)
    return found


def test_a_runner_from_before_the_file_gets_the_command() -> None:
    log, out = runner()
    log.output("deleted-ids", "1,2")
    assert out.getvalue() == "::set-output name=deleted-ids::1,2\n"


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_that_can_not_be_written_is_warned_of(tmp_path: Path, variable: str) -> None:
    log, out = runner(**{variable: str(tmp_path / "gone" / "file")})
    if variable == "GITHUB_OUTPUT":
        log.output("deleted-count", "3")
        log.output("deleted-ids", "1,2,3")
        assert out.getvalue().count("Could not write the outputs: No such file") == 1
    else:
        log.summary("# Done")
        assert "Could not write the summary: No such file" in out.getvalue()
    assert out.getvalue().startswith("::warning::")


def test_a_summary_is_added_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_text("# Before\n")
    log, _ = runner(GITHUB_STEP_SUMMARY=str(file))
    log.summary("# Done \u2713\n")
    assert file.read_text() == "# Before\n# Done \u2713\n"


def test_a_summary_never_gets_larger_than_the_runner_takes(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    log, _ = runner(GITHUB_STEP_SUMMARY=str(file))
    for _ in range(3):
        log.summary("\u00e9\u4e2d\n" * 100_000)
    assert file.stat().st_size <= SUMMARY_LIMIT
    assert "The summary was cut here" in file.read_text()


@given(st.text(), st.integers(-5, 300))
def test_what_is_cut_fits_and_is_whole_lines(markdown: str, limit: int) -> None:
    text = fitting(markdown, limit)
    assert len(text.encode(errors="replace")) <= max(limit, 0)
    if text and text != markdown:
        assert markdown.startswith(text.partition("\n\n\u2026")[0])


def test_what_the_terminal_can_not_show_is_escaped() -> None:
    raw = io.BytesIO()
    log = Runner(ACTIONS, io.TextIOWrapper(raw, encoding="ascii"))
    log.line("caf\u00e9 \udcff")
    assert raw.getvalue() == b"caf\\xe9 \\udcff\n"


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(io.FileIO(writing, "w"), write_through=True) as out:
        log = Runner(ACTIONS, out)
        log.line("x" * 100_000)
        log.error("x")
    log.line("after it was closed")


def test_threads_do_not_mix_lines() -> None:
    log, out = runner()
    run_all([lambda text=str(n) * 50: log.line(text) for n in range(10)])  # type: ignore[misc]
    assert sorted(out.getvalue().splitlines()) == [str(n) * 50 for n in range(10)]


def test_no_http_client_is_loaded_to_talk_to_the_runner() -> None:
    code = "import sys, package_keeper.adapters.runner; print('requests' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
