"""Tables and folded parts in Markdown, as GitHub shows them.

Decides the form only. Cells and titles are Markdown that is harmless already.
"""

from collections.abc import Container, Iterable, Sequence

from package_keeper.rendering.words import counted, number


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Container[int] = ()
) -> list[str]:
    """A table as lines; the columns whose places are in `right` are aligned to the right."""
    rules = ["---:" if place in right else "---" for place in range(len(heads))]
    return [_row(heads), _row(rules), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def folded(title: str, lines: Sequence[str]) -> list[str]:
    """Lines that show after a click on the title, which is HTML; none where there are no lines."""
    if not lines:
        return []
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]


def cut(shown: int, total: int, noun: str, *, plural: str = "", where: str = "") -> list[str]:
    """The note under a list that is cut: `First 300 of 5,000 versions.`; none where it is whole."""
    if shown >= total:
        return []
    rest = f" {where}" if where else ""
    return ["", f"First {number(shown)} of {counted(total, noun, plural)}.{rest}"]
