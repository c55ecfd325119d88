"""The files in which a step leaves its outputs, read as the runner reads them.

Decides what the runner would take for an output and what it would refuse, which fails the step
(actions/runner, FileCommandManager.cs).
"""

from collections.abc import Iterator


class Unprocessable(AssertionError):
    """What the runner would say: "Unable to process file command 'output' successfully"."""


def outputs_in(text: str) -> dict[str, str]:
    """Name and value of every output; the later of two of one name counts."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, value = line[:equals], line[equals + 1 :]
        elif heredoc >= 0:
            name, value = line[:heredoc], _until(line[heredoc + 2 :], lines)
        else:
            raise Unprocessable(f"Invalid format {line!r}")
        if not name:
            raise Unprocessable(f"Invalid format {line!r}")
        outputs[name] = value
    return outputs


def _until(mark: str, lines: Iterator[str]) -> str:
    if not mark:
        raise Unprocessable("Invalid format: no delimiter")
    value: list[str] = []
    for line in lines:
        if line == mark:
            return "\n".join(value)
        value.append(line)
    raise Unprocessable(f"Invalid value. Matching delimiter not found {mark!r}")
