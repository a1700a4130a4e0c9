"""Questions and answers by day as a picture: SVG, a bar a day, its answered part darker.

But: no figures are made here, and no file is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bot.stats import Day
from bot.views.sheet import BLUE, WIDTH, sheet

HEIGHT = 300
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 48, 40
_ALL = "#b9d3e8"
TITLE = "Questions by day, and how many of them were answered"


def days_svg(days: Sequence[Day]) -> str:
    """A bar for each day, the oldest on the left."""
    top = max((day.questions for day in days), default=1)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    parts = sheet(TITLE, height=HEIGHT, left=LEFT)
    parts += [
        f'<text x="{LEFT - 8}" y="{TOP + 4}" text-anchor="end">{top:,}</text>',
        f'<text x="{LEFT - 8}" y="{HEIGHT - BOTTOM + 4}" text-anchor="end">0</text>',
    ]
    for number, day in enumerate(days):
        x = LEFT + number * step
        for count, colour in ((day.questions, _ALL), (day.answered, BLUE)):
            height = count / top * (HEIGHT - TOP - BOTTOM)
            parts.append(
                f'<rect x="{x + step * 0.1:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{step * 0.8:.1f}" '
                f'height="{height:.1f}" fill="{colour}"><title>{escape(day.day)}: {day.questions} asked, '
                f"{day.answered} answered</title></rect>"
            )
    for day, x, anchor in zip((*days[:1], *days[-1:]), (LEFT, WIDTH - RIGHT), ("start", "end"), strict=False):
        parts.append(f'<text x="{x}" y="{HEIGHT - 14}" text-anchor="{anchor}">{escape(day.day)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
