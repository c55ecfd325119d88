"""Write the README's tables of inputs and outputs as action.yml declares them.

    .venv/bin/python tools/readme_tables.py            rewrite README.md
    .venv/bin/python tools/readme_tables.py --check    exit 1 where it is not what would be written

Each table stands between two comments, `<!-- inputs -->` and `<!-- end of inputs -->`. What people
read about an input is written once, in action.yml; its last sentence says the default.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

Entries = Mapping[str, Mapping[str, Any]]


def inputs_table(entries: Entries) -> str:
    """The inputs with the default, taken from the description's end, in a column of its own."""
    rows = []
    for name, entry in entries.items():
        meaning, _, said = str(entry["description"]).partition("Default: ")
        said, value = said.strip().removesuffix("."), str(entry.get("default", ""))
        # An expression says less to a reader than the words for it.
        default = said if not value or "${{" in value else f"`{value}`: {said}"
        rows.append((f"`{name}`", meaning.strip(), default))
    return table(("Input", "Meaning", "Default"), rows)


def outputs_table(entries: Entries) -> str:
    """The outputs with their descriptions."""
    rows = [(f"`{name}`", str(entry["description"]).strip()) for name, entry in entries.items()]
    return table(("Output", "Meaning"), rows)


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown; a bar inside a cell would end it."""
    cells = [heads, tuple("---" for _ in heads), *rows]
    lines = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in cells)
    return "".join(f"| {line} |\n" for line in lines)


TABLES: Mapping[str, Callable[[Entries], str]] = {"inputs": inputs_table, "outputs": outputs_table}


def with_tables(text: str, action: Mapping[str, Entries]) -> str:
    """The README with its tables as they should be; raises ValueError where a place is missing."""
    for name, make in TABLES.items():
        place = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)
        parts = place.split(text)
        if len(parts) != 2:
            raise ValueError(
                f"README.md has {len(parts) - 1} places for the table of {name}, not one"
            )
        text = f"\n{make(action[name])}\n".join(parts)
    return text


def main() -> int:
    """Rewrite or check the README."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    text = README.read_text(encoding="utf-8")
    wanted = with_tables(text, action)
    if "--check" not in sys.argv[1:]:
        README.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        print("README.md differs from action.yml: run tools/readme_tables.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
