"""quoth pin: a person's answer to a question; quoth pins ls, rm."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import messages
from bot.asked import Place, says_something
from bot.audience import person_key, workspace_key
from bot.commands.collection import PERSON_ID, find_collection, team_option
from bot.commands.options import home_option, json_option, note, open_workplace, print_json
from bot.commands.places import checked_address
from bot.composition import Workplace
from bot.errors import UsageError
from bot.records.records import DAY
from bot.slack.directory import lines_of, team_of
from bot.slack.lines import People
from bot.views.records import pin_record
from bot.views.style import indented, printable, printable_lines
from retrieval.pins import NewPin, Pin
from retrieval.text import normalise, normalise_lines

MOST_QUESTION, MOST_ANSWER = 300, 2_000


@click.command("pin")
@click.argument("question")
@click.argument("answer")
@click.option(
    "--by", "author", required=True, metavar="NAME|ID", help="Who gave the answer: a name, or an ID in Slack."
)
@click.option("-c", "--collection", metavar="NAME", help="For whoever may see this collection.")
@click.option("--workspace", is_flag=True, help="For the members of the workspace.")
@click.option("--days", type=click.IntRange(1, 3_650), help="For so many days.  [default: for good]")
@click.option("--link", "url", metavar="URL", help="Where it was said.")
@team_option
@home_option
@json_option
def pin_answer(
    question: str, answer: str, *, author: str, collection: str | None, workspace: bool, days: int | None,
    url: str | None, team: str | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Pin a person's ANSWER to QUESTION: it comes first when something like it is asked.

    It is marked with the person's name and the day, in Slack and here.  A bot that runs tells whoever had a
    question like it passed on to a person and still waits.  In Slack, admins can do the same with a reply in
    a thread, in its menu: Pin this reply; owners of a collection can with their own.

    \b
    quoth pin "Who signs contracts?" "Priya, up to 10,000." --by "Ann Bell" -c pay --days 90
    """
    if workspace == (collection is not None):
        raise UsageError(messages.PIN_WHO)
    checked_address("--link", url)
    question = _said("QUESTION", normalise(question), MOST_QUESTION)
    answer = _said("ANSWER", normalise_lines(answer), MOST_ANSWER)
    with open_workplace(home) as work:
        if collection is not None:
            find_collection(work, collection)
        named = PERSON_ID.fullmatch(author) is not None
        where = team_of(work.settings, team) if workspace or named else ""
        pin = work.pins.add(
            NewPin(
                question=question,
                answer=answer,
                author=_name(work, where, author) if named else printable(author),
                author_key=person_key(where, author) if named else None,
                collection=collection,
                open_to=workspace_key(where) if workspace else None,
                until=None if days is None else time.time() + days * DAY,
                url=url,
            ),
            work.encoder,
        )
        if as_json:
            print_json(pin_record(pin))
        else:
            note(messages.PINNED_AS.format(number=pin.id))


@click.group()
def pins() -> None:
    """Answers that people gave, pinned to a question."""


@pins.command("ls")
@home_option
@json_option
def list_pins(home: Path | None, as_json: bool) -> None:
    """List pinned answers, the latest first."""
    with open_workplace(home) as work:
        found = work.pins.all()
        if as_json:
            print_json([pin_record(each) for each in found])
            return
        for each in found:
            click.echo(f"{each.id:>5}  {printable(each.question)}")
            for line in printable_lines(each.answer).split("\n"):
                click.echo(indented(line, " " * 7))
            click.echo(indented(_facts(each), " " * 7))


@pins.command("rm")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@home_option
def remove(number: int, home: Path | None) -> None:
    """Remove the pinned answer NUMBER; the next question does not find it any more.

    A bot that runs takes it out of messages in channels and direct messages that show it.
    """
    with open_workplace(home) as work:
        if not work.pins.remove(number):
            raise UsageError(messages.NO_SUCH_PIN.format(number=number))
        note(f"removed  {number}")


def _said(what: str, text: str, most: int) -> str:
    if not says_something(text) or len(text) > most:
        raise UsageError(f"{what} needs words, at most {most:,} characters.")
    return text


def _name(work: Workplace, team: str, person: str) -> str:
    """What people call somebody in Slack; the ID where that is not told."""
    lines = lines_of(work.settings)
    name = None if lines is None else People(lines).name(Place(team=team, channel=""), person)
    return name or person


def _facts(pin: Pin) -> str:
    whom = pin.collection if pin.collection is not None else f"workspace {pin.open_to}"
    until = "" if pin.until is None else f", until {_day(pin.until)}"
    expired = messages.PIN_EXPIRED if pin.until is not None and pin.until <= time.time() else ""
    return f"{printable(pin.author)}, {_day(pin.pinned_at)}{until}{expired}; for {printable(whom)}"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
