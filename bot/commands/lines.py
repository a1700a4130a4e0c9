"""Text files that a person names, line by line.

But: what a line should be is for the commands.
"""

from __future__ import annotations

from pathlib import Path

from bot.errors import UsageError


def numbered_lines(file: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, each with its number from 1.  Raises UsageError where it is no UTF-8.

    Some editors begin UTF-8 with a mark, which is none of the first line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text.") from None
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
