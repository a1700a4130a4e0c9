"""quoth explain: why Quoth does or does not answer a person in a place; and asking as they would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from bot import messages
from bot.admission import Admission
from bot.asked import Place
from bot.audience import Audience, Refused
from bot.commands.collection import CHANNEL_ID, PERSON_ID, SlackId, audience_words, team_option
from bot.commands.options import (
    home_option,
    json_option,
    model_option,
    open_workplace,
    print_json,
    style,
    today,
)
from bot.composition import Workplace
from bot.errors import BotError, UsageError
from bot.exhibits import Exhibition
from bot.slack.directory import Directory, lines_of, team_of
from bot.views.answer import answer_lines, pin_lines, why_stopped
from bot.views.records import outcome_record, pin_record
from bot.views.style import printable
from qa_engine.answers import Outcome
from retrieval.stored import StoredPassage

as_option = click.option(
    "--as", "person", type=SlackId(PERSON_ID, "a person (U...)"), metavar="ID",
    help="Ask as a person in Slack; with --in.",
)  # fmt: skip
in_option = click.option(
    "--in", "channel", type=SlackId(CHANNEL_ID, "a channel (C...)"), metavar="ID",
    help="Where they ask; without it, alone with Quoth.",
)  # fmt: skip
private_option = click.option(
    "--private", is_flag=True, help="By /ask, so that only they see the answer, and not aloud in the channel."
)


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Who asks where.  `private`: only they see the answer."""

    place: Place
    person: str
    private: bool


def standpoint(
    work: Workplace, person: str, channel: str | None, team: str | None, *, private: bool
) -> Standpoint:
    """Raises UsageError or BotError where the workspace cannot be found out."""
    place = Place(team=team_of(work.settings, team), channel=channel or f"D{person[1:]}")
    return Standpoint(place, person, private or channel is None)


def admission(work: Workplace) -> Admission:
    """Whoever decides in the bot, too.  Raises UsageError where Slack cannot be asked."""
    lines = lines_of(work.settings)
    if lines is None:
        raise UsageError(messages.EXPLAIN_NEEDS_SLACK)
    return Admission(work.collections, lines, work.settings.slack)


def allowed_to(work: Workplace, who: Standpoint) -> Audience:
    """What they may be quoted there.  Raises BotError with Quoth's own words where that is nothing."""
    allowed = admission(work).allowed(who.place, who.person, private=who.private)
    if isinstance(allowed, Refused):
        raise BotError(messages.REFUSED[allowed.why])
    return allowed


@click.command()
@click.argument("question", required=False)
@as_option
@in_option
@private_option
@team_option
@model_option
@home_option
@json_option
def explain(
    question: str | None, *, person: str | None, channel: str | None, private: bool, team: str | None,
    model: str | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say why Quoth does or does not answer a person in a place.

    Shows what Slack says of both, which collections may be quoted there and why the others may not, and, with
    QUESTION, what would be answered, with its confidence and the threshold.

    \b
    quoth explain --as U0123456789 --in C0123456789 "Who approves travel?"
    """
    if person is None:
        raise UsageError("explain needs --as, the ID of a person (U...).")
    with open_workplace(home, model=model) as work:
        who = standpoint(work, person, channel, team, private=private)
        doors = admission(work)
        allowed = doors.allowed(who.place, who.person, private=who.private)
        seen = allowed if isinstance(allowed, Audience) else Audience(())
        found = seen.collections
        outcome = work.ask(question, collections=found) if question and found else None
        pinned = work.pinned(question, collections=found, keys=seen.keys) if question else None
        if as_json:
            record = {
                "team": who.place.team, "channel": who.place.channel, "person": who.person,
                "private": who.private, "sharing": doors.channels.sharing(who.place, None),
                "standing": doors.people.standing(who.place, who.person),
                "refused": allowed.why if isinstance(allowed, Refused) else None,
                "collections": {each.name: each.name in found for each in work.collections.all()},
                "threshold": work.threshold if outcome is not None else None,
                "outcome": (
                    outcome_record(question or "", outcome, Exhibition(work).exhibit, work.cite, None)
                    if outcome else None
                ),
                "pinned": pin_record(pinned.pin) if pinned is not None else None,
            }  # fmt: skip
            print_json(record)
            return
        _print(work, who, doors, allowed)
        if pinned is not None:
            click.echo()
            click.echo("\n".join(pin_lines(pinned.pin, style())))
        if outcome is not None:
            _print_outcome(work, outcome)


def _print(work: Workplace, who: Standpoint, doors: Admission, allowed: Audience | Refused) -> None:
    directory = Directory(lines_of(work.settings))
    direct = who.place.channel.startswith("D")
    where = "alone with Quoth" if direct else _named(directory, who.place.team, who.place.channel)
    shared = doors.channels.sharing(who.place, None)
    sharing = messages.SHARING[shared]
    if shared == "shared" and work.settings.slack.shared_channels:
        sharing += messages.SHARING_IGNORED
    click.echo(f"Where: {where}{'' if direct else f', {sharing}'}")
    standing = messages.STANDING[doors.people.standing(who.place, who.person)]
    click.echo(f"Who:   {_named(directory, who.place.team, who.person)}, {standing}")
    click.echo(f"Rule:  {messages.RULE_ALONE if who.private else messages.RULE_ALOUD}")
    if isinstance(allowed, Refused):
        click.echo(f"Quoth says: {messages.REFUSED[allowed.why]}")
    found = allowed.collections if isinstance(allowed, Audience) else ()
    bound = work.settings.slack.collections
    for each in work.collections.all():
        verdict = "quoted" if each.name in found else "hidden"
        outside = bound is not None and each.name not in bound
        why = "not in QUOTH_SLACK_COLLECTIONS" if outside else f"open to {audience_words(each, directory)}"
        click.echo(f"  {verdict}  {printable(each.name):<20} {why}")


def _print_outcome(work: Workplace, outcome: Outcome[StoredPassage]) -> None:
    click.echo()
    for line in answer_lines(Exhibition(work).shown(outcome), style(), today()):
        click.echo(line)
    evidence = outcome.evidence
    click.echo(
        f"    Read {evidence.read} passages. {why_stopped(evidence)}"
        f"An answer needs {evidence.threshold:.0%}; that there is none has {evidence.nothing:.0%}."
    )


def _named(directory: Directory, team: str, identity: str) -> str:
    name = directory.name(team, identity)
    return identity if name is None else f"{printable(name)} ({identity})"
