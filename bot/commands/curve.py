"""The risk-coverage curve of a command: as a picture in a file, and as a record.

But: how it looks is `views.curve`'s business.
"""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.options import FileToWrite, note
from bot.views.curve import risk_coverage_svg
from qa_engine.risk import RiskCoverage

TITLE = "Risk and coverage"

plot_option = click.option(
    "--plot", type=FileToWrite(), metavar="FILE.svg",
    help="Draw how many answers are wrong against how many are given.",
)  # fmt: skip


def write_plot(
    path: Path, curve: RiskCoverage, threshold: float, at: tuple[float, float] | None = None
) -> None:
    """Draw the curve into a file; `at`: as for `risk_coverage_svg`."""
    path.write_text(risk_coverage_svg(curve, threshold, title=TITLE, at=at), encoding="utf-8")
    note(f"The curve is in {path}.")


def curve_record(curve: RiskCoverage) -> list[dict[str, float]]:
    """The curve's points, from the most confident answer on."""
    return [
        {"threshold": threshold, "coverage": coverage, "risk": risk}
        for threshold, coverage, risk in zip(
            curve.thresholds.tolist(), curve.coverage.tolist(), curve.risk.tolist(), strict=True
        )
    ]
