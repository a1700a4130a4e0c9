"""Marks for a terminal, and what makes untrusted text harmless there.

But: whether the output is a terminal is for the caller to find out.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

WIDTH = 96


@dataclass(frozen=True, slots=True)
class Style:
    """`colour`: the output understands ANSI sequences; else marks are made of characters."""

    colour: bool = False

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def faint(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def span(self, text: str) -> str:
        """The answer inside its sentence."""
        return f"\x1b[1;4m{text}\x1b[0m" if self.colour else f"«{text}»"


def printable(text: str) -> str:
    """One line without control characters: a file's name or a question cannot drive the terminal."""
    folded = " ".join(text.split())
    return "".join(c if c.isprintable() else "\ufffd" for c in folded)


def printable_lines(text: str) -> str:
    """The same line by line."""
    return "\n".join(map(printable, text.splitlines()))


def indented(text: str, indent: str = "    ") -> str:
    """Wrapped and indented; ANSI sequences count as text, which only makes some lines shorter."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
