"""Headers of two storeys: a merged cell ("Europe") that stands over the names of several columns ("Price").

Each column is named by both ("Europe, Price"), and the upper row is no row of its own any more.

But: a value may be merged, too, and the row below it be words.  So only the first row of a table can be an
upper storey, and where the row below has other names than those below merged cells, figures have to follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.readers.table_sentences import Spans, is_figure, may_name, stretches
from retrieval.text import normalise


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows whose upper storeys are in the lowest one, which is one of the `headers`, by their positions here.

    `positions`: where each row stood before.
    """

    rows: list[Sequence[str]]
    positions: list[int]
    headers: set[int]


def joined(rows: Sequence[Sequence[str]], spans: Spans) -> Joined:
    """The rows with each header in a single one."""
    found, upper = list(rows), set[int]()
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for begins, last in stretches(widths) if spans else ():
        width = max(map(len, rows[begins:last]))
        for position in range(begins, last - 2):  # there are rows below the lower storey
            names, *below = (_padded(row, width) for row in found[position:last])
            over = _spread(names, spans.get(position, ()))
            _spread(below[0], spans.get(position + 1, ()))
            if _is_storey(names, over, below):
                found[position + 1] = list(map(_both, names, below[0]))
                upper.add(position)
            elif widths[position] > 1:
                break  # what is above such a row is a title
    positions = [position for position in range(len(rows)) if position not in upper]
    headers = {row for row, position in enumerate(positions) if position - 1 in upper}
    return Joined([found[position] for position in positions], positions, headers)


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*map(normalise, row), *[""] * (width - len(row))]


def _spread(names: list[str], spans: Sequence[tuple[int, int]]) -> set[int]:
    """Say the names of merged cells in each of their columns; these columns."""
    over = {column for first, last in spans if names[first] for column in range(first, last + 1)}
    for first, last in spans:
        names[first : last + 1] = [names[first]] * len(names[first : last + 1])
    return {column for column in over if column < len(names)}


def _is_storey(names: Sequence[str], over: set[int], below: Sequence[Sequence[str]]) -> bool:
    """Is a row that is merged `over` some columns the upper storey of a header, the next the lower one?"""
    lower, *rows = below
    used = {column for row in below for column, cell in enumerate(row) if cell}
    if not over or used <= over or not all(map(may_name, filter(None, names))):
        return False
    own = [lower[column] for column in over]
    if not all(own) or not all(map(may_name, own)):
        return False
    beside = [column for column in used - over if lower[column] not in {"", names[column]}]
    if not beside:
        return True
    return not any(names[column] for column in beside) and (
        len(set(own)) < len(own) or any(_stands_over_figures(lower[column], column, rows) for column in over)
    )


def _stands_over_figures(name: str, column: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = [row[column] for row in rows if row[column]]
    return not is_figure(name) and bool(cells) and all(map(is_figure, cells))


def _both(upper: str, lower: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, (upper, lower))))
