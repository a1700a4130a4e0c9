"""The sheet that every picture is drawn on: SVG, which every browser shows.

But: what is drawn there is for `curve.py`, `recall.py` and `days.py`.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

WIDTH = 640
INK, FAINT, BLUE, RED = "#1d1c1d", "#d0d0d0", "#1264a3", "#e01e5a"


def sheet(title: str, *, height: int, left: int) -> list[str]:
    """The opening lines of a picture of `WIDTH` by `height`, its title at `left`; `</svg>` is yet to come."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="sans-serif" font-size="13" fill="{INK}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{left}" y="26" font-size="16">{escape(title)}</text>',
    ]
