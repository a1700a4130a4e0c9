"""quoth stats: what was asked, how well it was answered, what to write next; quoth forget: a person."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from bot import messages
from bot.audience import grantee
from bot.commands.collection import PERSON_ID, SlackId
from bot.commands.options import home_option, json_option, note, open_workplace, print_json, style
from bot.errors import BotError
from bot.records.records import DAY, Records
from bot.settings import Settings
from bot.stats import Cited, Day, Slow, Stats, Wanted, stats
from bot.views.days import days_svg
from bot.views.style import indented, printable

MOST_SHOWN = 10
Table = Literal["days", "documents", "slowest", "wanted"]


@click.command("stats")
@click.option("--days", type=click.IntRange(1, 3_650), default=30, show_default=True, help="How far back.")
@click.option(
    "--csv", "table", type=click.Choice(["days", "documents", "slowest", "wanted"]),
    help="Print one table as CSV.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the days into an SVG file."
)
@home_option
@json_option
def show_stats(
    days: int, *, table: Table | None, plot: Path | None, home: Path | None, as_json: bool
) -> None:
    """Show what was asked in Slack, how well it was answered, and what to write next.

    What to write next: questions without an answer, or with one that did not help, in groups of those that
    share their words, each with the passage that came closest and with the reasons that people gave why an
    answer did not help.
    """
    with open_workplace(home) as work:
        records = open_records(work.settings)
        try:
            found = stats(work, records, since=time.time() - days * DAY)
        finally:
            records.close()
    if plot is not None:
        plot.write_text(days_svg(found.days), encoding="utf-8")
        note(f"The days are in {plot}.")
    if as_json:
        print_json(asdict(found))
    elif table is not None:
        _print_csv(_rows(found, table))
    else:
        _print(found)


@click.command()
@click.argument("person", metavar="USER", type=SlackId(PERSON_ID, "a person (U...)"))
@home_option
def forget(person: str, home: Path | None) -> None:
    """Delete from the records all that USER asked and said of answers, and what was pinned of their words.

    What they only pinned of others' words stays, without a note of who pinned it.
    """
    with open_workplace(home) as work:
        pins = work.pins.forget(lambda key: grantee(key).identity == person)
        if pins:
            note(f"Forgot {pins:,} pinned answers of {person}.")
        count = 0
        if work.settings.records.is_file():  # else the bot has not run yet, and knows nothing of anybody
            with closing(open_records(work.settings)) as records:
                count = records.forget_person(person)
    note(f"Forgot {count:,} questions of {person}, and their feedback.")


def open_records(settings: Settings) -> Records:
    """The bot's records.  Raises BotError where the bot has not run yet."""
    if not settings.records.is_file():
        raise BotError(messages.NO_RECORDS)
    return Records(settings.records)


def _rows(found: Stats, table: Table) -> Sequence[Day | Cited | Slow | Wanted]:
    rows: Sequence[Day | Cited | Slow | Wanted] = getattr(found, table)
    return rows


def _print_csv(rows: Sequence[Day | Cited | Slow | Wanted]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, row in enumerate(rows):
        record = asdict(row)
        if number == 0:
            writer.writerow(record)
        writer.writerow([_cell(value) for value in record.values()])


def _cell(value: object) -> object:
    """Lists in one cell; what a spreadsheet would take for a formula becomes text."""
    if isinstance(value, list):
        value = " | ".join(map(str, value))
    if isinstance(value, dict):
        value = " ".join(f"{name}={number}" for name, number in value.items())
    is_formula = isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{value}" if is_formula else value


def _print(found: Stats) -> None:
    if not found.days:
        click.echo(messages.NO_QUESTIONS)
        return
    mark = style()
    click.echo(mark.strong(f"{'day':<12}{'questions':>10}{'answered':>10}{'helpful':>9}{'not':>5}"))
    for day in found.days:
        rate = f"{day.answered / day.questions:.0%}"
        click.echo(f"{day.day:<12}{day.questions:>10,}{rate:>10}{day.helpful:>9}{day.not_helpful:>5}")
    click.echo(mark.strong(f"\n{'answers':>8}{'helpful':>9}{'not':>5}  document"))
    for cited in found.documents[:MOST_SHOWN]:
        place = printable(cited.document)
        click.echo(f"{cited.answers:>8}{cited.helpful:>9}{cited.not_helpful:>5}  {place}")
    click.echo(mark.strong(f"\n{'seconds':>8}  slowest"))
    for slow in found.slowest[:MOST_SHOWN]:
        click.echo(f"{slow.seconds:>8.2f}  {printable(slow.question) or messages.WORDS_GONE}")
    click.echo(mark.strong("\n   asked  what to write next"))
    for wanted in found.wanted[:MOST_SHOWN]:
        click.echo(f"{wanted.count:>8}  {printable(wanted.question)}")
        for other in list(dict.fromkeys(wanted.others))[:2]:
            click.echo(indented(printable(other), " " * 12))
        for reason in wanted.reasons[:MOST_SHOWN]:
            click.echo(indented(printable(messages.DID_NOT_HELP.format(reason=reason)), " " * 12))
        if wanted.nearest is not None:
            click.echo(mark.faint(f"{'':>12}nearest: {printable(wanted.nearest)}"))
    if found.without_words:
        click.echo(indented(messages.WITHOUT_WORDS.format(count=found.without_words), " " * 10))
