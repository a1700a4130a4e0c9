"""Figures of an evaluation, one a line or as JSON.

But: nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from bot.commands.options import print_json


def percent(share: float | None) -> float | None:
    """A share in per cent, to the hundredth."""
    return None if share is None else round(100 * share, 2)


def show_figures(record: Mapping[str, object], as_json: bool) -> None:
    """Figures one a line, or as JSON; those that do not exist are left out of the lines."""
    if as_json:
        print_json(record)
        return
    for name, value in record.items():
        if value is not None:
            click.echo(f"{name.replace('_', ' '):<28} {value}")
