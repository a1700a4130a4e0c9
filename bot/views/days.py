"""Questions and answers by day as a picture: SVG, a bar a day, its answered part darker.

But: no figures are made here, and no file is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bot.stats import Day

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 48, 40
_INK, _ALL, _ANSWERED = "#1d1c1d", "#b9d3e8", "#1264a3"
TITLE = "Questions by day, and how many of them were answered"


def days_svg(days: Sequence[Day]) -> str:
    """A bar for each day, the oldest on the left."""
    top = max((day.questions for day in days), default=1)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="13" fill="{_INK}" role="img">',
        f"<title>{TITLE}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16">{TITLE}</text>',
        f'<text x="{LEFT - 8}" y="{TOP + 4}" text-anchor="end">{top:,}</text>',
        f'<text x="{LEFT - 8}" y="{HEIGHT - BOTTOM + 4}" text-anchor="end">0</text>',
    ]
    for number, day in enumerate(days):
        x = LEFT + number * step
        for count, colour in ((day.questions, _ALL), (day.answered, _ANSWERED)):
            height = count / top * (HEIGHT - TOP - BOTTOM)
            parts.append(
                f'<rect x="{x + step * 0.1:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{step * 0.8:.1f}" '
                f'height="{height:.1f}" fill="{colour}"><title>{escape(day.day)}: {day.questions} asked, '
                f"{day.answered} answered</title></rect>"
            )
    for day, x, anchor in zip((*days[:1], *days[-1:]), (LEFT, WIDTH - RIGHT), ("start", "end"), strict=False):
        parts.append(f'<text x="{x}" y="{HEIGHT - 14}" text-anchor="{anchor}">{escape(day.day)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
