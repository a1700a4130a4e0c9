"""The risk-coverage curve as a picture: SVG, which every browser shows.

But: no figures are made here, and no file is written.
"""

from __future__ import annotations

from bot.views.sheet import BLUE, FAINT, RED, WIDTH, sheet
from qa_engine.risk import RiskCoverage

HEIGHT = 400
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 48, 52
MOST_POINTS = 500


def risk_coverage_svg(
    curve: RiskCoverage, threshold: float, *, title: str, at: tuple[float, float] | None = None
) -> str:
    """Share wrong over share answered, and where `threshold` stands: on the curve, or `at` (coverage, risk),
    where it was measured on other questions than it was chosen by.
    """
    top = _ceiling(max([*curve.risk.tolist(), *(at or ())[1:]], default=0.0))
    parts = sheet(title, height=HEIGHT, left=LEFT)
    for step in range(6):
        share = step / 5
        x, y = _place(share, share * top, top)
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{FAINT}"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * top:.0%}</text>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{share:.0%}</text>',
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts += [
        f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">questions answered</text>',
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
        "answers that are wrong</text>",
    ]
    pairs = list(zip(curve.coverage.tolist(), curve.risk.tolist(), strict=True))
    shown = [*pairs[:: max(1, len(pairs) // MOST_POINTS)], *pairs[-1:]]
    points = " ".join("{:.1f},{:.1f}".format(*_place(x, y, top)) for x, y in shown)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2"/>')
    above = int((curve.thresholds >= threshold).sum())
    if at is None and above:
        at = pairs[above - 1]
    if at is not None:
        coverage, risk = at
        x, y = _place(coverage, risk, top)
        right_half = coverage > 0.5
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{RED}"/>',
            f'<text x="{x + (-10 if right_half else 10):.1f}" y="{y + 20:.1f}" fill="{RED}" '
            f'text-anchor="{"end" if right_half else "start"}">at {threshold:.2f}: '
            f"{coverage:.0%} answered, {risk:.0%} of them wrong</text>",
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _place(coverage: float, risk: float, top: float) -> tuple[float, float]:
    x = LEFT + coverage * (WIDTH - LEFT - RIGHT)
    return x, HEIGHT - BOTTOM - risk / top * (HEIGHT - TOP - BOTTOM)


def _ceiling(risk: float) -> float:
    """The upper end of the axis: the next of a few round shares."""
    return next((share for share in (0.1, 0.25, 0.5) if risk <= share), 1.0)
