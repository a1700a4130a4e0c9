"""Recall over depth as a picture: SVG, a line for each retriever.

But: no figures are made here, and no file is written.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from bot.views.sheet import BLUE, FAINT, RED, WIDTH, sheet

HEIGHT = 400
LEFT, RIGHT, TOP, BOTTOM = 64, 110, 48, 52
_LINES = (BLUE, "#e8912d", "#2eb67d", RED)


def recall_svg(curves: Mapping[str, Mapping[int, float]], depths: Sequence[int], *, title: str) -> str:
    """Share of questions whose passage is among the first k, over k on a logarithmic axis.

    `curves`: of each retriever the recall by depth; `depths`: those that are marked on the axis.
    """
    deepest = max(depths)
    low = (
        math.floor(10 * min((share for curve in curves.values() for share in curve.values()), default=0)) / 10
    )
    low = min(low, 0.9)
    parts = sheet(title, height=HEIGHT, left=LEFT)
    for step in range(6):
        share = low + step / 5 * (1 - low)
        y = _place(1, share, deepest, low)[1]
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>',
        ]
    for depth in depths:
        x = _place(depth, low, deepest, low)[0]
        parts += [
            f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{FAINT}"/>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{depth}</text>',
        ]
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">'
        "passages looked at; the share of questions whose answer is among them</text>"
    )
    for number, (name, curve) in enumerate(curves.items()):
        colour = _LINES[number % len(_LINES)]
        places = [_place(depth, share, deepest, low) for depth, share in sorted(curve.items())]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        y = TOP + 16 + 18 * number
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{WIDTH - RIGHT + 10}" y="{y}" fill="{colour}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _place(depth: int, share: float, deepest: int, low: float) -> tuple[float, float]:
    across = math.log(depth) / math.log(deepest) if deepest > 1 else 0.0
    x = LEFT + across * (WIDTH - LEFT - RIGHT)
    return x, HEIGHT - BOTTOM - (share - low) / (1 - low) * (HEIGHT - TOP - BOTTOM)
