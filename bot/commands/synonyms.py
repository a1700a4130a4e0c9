"""quoth synonyms ls, add, rm: what a company calls its things."""

from __future__ import annotations

from pathlib import Path

import click

from bot import messages
from bot.commands.options import home_option, json_option, note, open_workplace, print_json
from bot.errors import UsageError
from bot.views.style import printable
from retrieval.synonyms import Group


@click.group()
def synonyms() -> None:
    """Words that mean the same here: abbreviations, product names, in-house words.

    A question that holds one of them finds what is said with the others, from the next question on, also in a
    bot that runs.  All who ask profit from all of them, so put no secrets here.
    """


@synonyms.command("ls")
@home_option
@json_option
def list_synonyms(home: Path | None, as_json: bool) -> None:
    """List the words that mean the same, a line for each meaning."""
    with open_workplace(home) as work:
        found = work.synonyms.all()
    if as_json:
        print_json([list(group) for group in found])
    elif not found:
        note(messages.NO_SYNONYMS)
    else:
        for group in found:
            click.echo(_line(group))


@synonyms.command("add")
@click.argument("phrases", nargs=-1, required=True, metavar="WORD WORD...")
@home_option
def add(phrases: tuple[str, ...], home: Path | None) -> None:
    """Let words mean the same: quoth synonyms add PTO "paid time off" vacation.

    What one of them meant before is kept, and now goes for all.
    """
    with open_workplace(home) as work:
        try:
            click.echo(_line(work.synonyms.add(phrases)))
        except ValueError as error:
            raise UsageError(f"Nothing was added: {error}.") from None


@synonyms.command("rm")
@click.argument("phrase", metavar="WORD")
@home_option
def remove(phrase: str, home: Path | None) -> None:
    """Let WORD mean nothing but itself again."""
    with open_workplace(home) as work:
        group = work.synonyms.remove(phrase)
    if group is None:
        raise UsageError(f"{printable(phrase)} is no synonym; quoth synonyms ls shows them.")
    click.echo(f"{printable(phrase)} was: {_line(group)}")


def _line(group: Group) -> str:
    return " = ".join(map(printable, group))
