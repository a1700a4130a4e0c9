"""quoth search, ask, chat: questions on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from bot import messages
from bot.answer_settings import AnswerSettings
from bot.asked import says_something
from bot.commands.collection import team_option
from bot.commands.explain import (
    allowed_to,
    as_option,
    in_option,
    private_option,
    standpoint,
)
from bot.commands.ingest import note_missing_vectors
from bot.commands.options import (
    F,
    chosen_collections,
    collections_option,
    confirm_option,
    home_option,
    json_option,
    max_wrong_option,
    model_option,
    note,
    open_workplace,
    print_json,
    seconds_option,
    style,
    threads_option,
    threshold_option,
    today,
)
from bot.composition import Workplace
from bot.conversation import Conversations
from bot.courtesies import courtesy, without_courtesies
from bot.errors import UsageError
from bot.exhibits import Exhibition
from bot.looking import look
from bot.several import should_be_asked_by_themselves
from bot.views.answer import answer_lines, pin_lines, rank_lines, why_lines
from bot.views.records import outcome_record, passage_record
from bot.views.style import indented, printable
from qa_engine.answerer import PASSAGES_READ
from qa_engine.answers import Answer, NoAnswer, Outcome
from retrieval.stored import StoredPassage

passages_option = click.option(
    "-k", "--passages", type=click.IntRange(1, 200), default=PASSAGES_READ, show_default=True,
    help="How many passages the reader reads at most.",
)  # fmt: skip


def answer_options(command: F) -> F:
    """The options that say what is read, and from when on it is an answer."""
    for option in (confirm_option, seconds_option, max_wrong_option, threshold_option, passages_option):
        command = option(command)
    return command


@click.command()
@click.argument("question")
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@click.option("--why", is_flag=True, help="Show each passage's ranks by words and by meaning, and the terms.")
@collections_option
@home_option
@json_option
def search(
    question: str, *, k: int, why: bool, collections: tuple[str, ...], home: Path | None, as_json: bool
) -> None:
    """Find passages for QUESTION by their words and their meaning.

    Shows the scores by which they are ranked, as shares of the best possible; the reader is not asked.
    """
    with open_workplace(home) as work:
        chosen = chosen_collections(work, collections)
        hits = work.index.find(question, k, collections=chosen)
        passages = {each.id: each for each in work.store.passages([hit.passage_id for hit in hits])}
        found = [(passages[hit.passage_id], hit) for hit in hits if hit.passage_id in passages]
        if as_json:
            print_json([passage_record(passage, hit, work.cite(passage)) for passage, hit in found])
            return
        note_mended(work, question, chosen)
        if not found:
            note(messages.NO_ANSWER["nothing found"])
        for passage, hit in found:
            citation = work.cite(passage)
            place = style().strong(printable(citation.place))
            click.echo(f"{hit.score:6.2f}  {place}, {printable(citation.location)}")
            if why:
                for line in rank_lines(hit, work.explain(question, passage, collections=chosen)):
                    click.echo(style().faint(indented(line, " " * 8)))
            click.echo(indented(" ".join(passage.text.split()), " " * 8))
        note_missing_vectors(work)


@click.command()
@click.argument("question")
@click.option("--all", "all_quotes", is_flag=True, help="Show the runner-ups, too.")
@click.option("--why", is_flag=True, help="Show what was read, each passage's scores, and the time.")
@answer_options
@collections_option
@as_option
@in_option
@private_option
@team_option
@model_option
@threads_option
@home_option
@json_option
def ask(
    question: str, *, all_quotes: bool, why: bool, passages: int, threshold: float | None,
    max_wrong: float | None, seconds: float | None, confirm: str | None, collections: tuple[str, ...],
    person: str | None, channel: str | None, private: bool, team: str | None,
    model: str | None, threads: int | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer QUESTION with a quote and its source.

    Where the documents do not say, the answer is "I don't know", with the nearest places.  With --as it is
    answered as Slack would be: from what that person may see, alone or with --in in a channel.
    """
    if person is None and (channel or private or team):
        raise UsageError("--in, --private and --team go with --as.")
    answers = AnswerSettings(max_wrong=max_wrong, seconds=seconds, confirm=confirm)
    with open_workplace(home, model=model, threads=threads, answers=answers) as work:
        chosen = chosen_collections(work, collections)
        keys = None if chosen is None else frozenset[str]()
        if person is not None:
            allowed = allowed_to(work, standpoint(work, person, channel, team, private=private))
            keys = allowed.keys if chosen is None else frozenset()
            chosen = [name for name in allowed.collections if chosen is None or name in chosen]
        outcome = work.ask(question, collections=chosen, passages=passages, threshold=threshold)
        pinned = work.pinned(question, collections=chosen, keys=keys)
        explain = partial(work.explain, question, collections=chosen)
        nothing_asked = isinstance(outcome, NoAnswer) and outcome.reason == "no question"
        if as_json:
            exhibit, shown = Exhibition(work).exhibit, explain if why else None
            print_json(outcome_record(question, outcome, exhibit, work.cite, shown, pinned=pinned))
        elif not nothing_asked:
            note_mended(work, question, chosen)
            if pinned is not None:
                click.echo("\n".join(pin_lines(pinned.pin, style())))
            for line in answer_lines(
                Exhibition(work).shown(outcome), style(), today(), all_quotes=all_quotes
            ):
                click.echo(line)
            if pinned is None:
                tell_of_several(question, outcome)
            if why:
                click.echo()
                for line in why_lines(outcome.evidence, work.cite, explain, style()):
                    click.echo(line)
        if nothing_asked:
            raise UsageError(messages.NO_ANSWER["no question"])


def note_mended(work: Workplace, question: str, collections: Sequence[str] | None) -> None:
    """Say what was looked for in place of misspelled words."""
    for word, other in work.index.mended(question, collections=collections).items():
        note(messages.MENDED.format(word=printable(word), other=printable(other)))


def tell_of_several(question: str, outcome: Outcome[StoredPassage]) -> None:
    """Say that each question is to be asked by itself, where there was more than one."""
    if should_be_asked_by_themselves(question, answered=isinstance(outcome, Answer)):
        click.echo(style().faint(indented(messages.SEVERAL)))


@click.command()
@answer_options
@collections_option
@model_option
@threads_option
@home_option
def chat(
    *, passages: int, threshold: float | None, max_wrong: float | None, seconds: float | None,
    confirm: str | None, collections: tuple[str, ...], model: str | None, threads: int | None,
    home: Path | None,
) -> None:  # fmt: skip
    """Ask one question after another at a prompt, as in a direct message with Quoth in Slack.

    An empty line, Ctrl-D or Ctrl-C ends.  Questions can also come from a file or a pipe, one a line: then
    each stands above its answer, and empty lines are skipped.
    """
    answers = AnswerSettings(max_wrong=max_wrong, seconds=seconds, confirm=confirm)
    with open_workplace(home, model=model, threads=threads, answers=answers) as work:
        converse(work, chosen_collections(work, collections), passages=passages, threshold=threshold)


def converse(
    work: Workplace,
    collections: list[str] | None,
    *,
    passages: int = PASSAGES_READ,
    threshold: float | None = None,
) -> None:
    """Take questions from standard input until there are no more."""
    interactive = sys.stdin.isatty()
    if interactive:
        note(messages.CHAT_HELP)
    conversations = Conversations()
    keys = None if collections is None else ()
    for number, said in enumerate(_lines(interactive)):
        if not interactive:
            click.echo(f"{messages.CHAT_PROMPT}{printable(said)}")
        if (instead := _said_instead(said)) is not None:
            click.echo(f"{instead}\n" if instead else "")
            continue
        question = without_courtesies(said)
        read = conversations.in_context("terminal", number, question)
        looked = look(
            work,
            read,
            ask=partial(work.ask, collections=collections, passages=passages, threshold=threshold),
            find_pin=partial(work.pinned, collections=collections, keys=keys),
        )
        if looked.read.earlier is None:
            conversations.stood_alone(number, question)
        note_mended(work, looked.read.text, collections)
        if looked.pinned is not None:
            click.echo("\n".join(pin_lines(looked.pinned.pin, style())))
        for line in answer_lines(Exhibition(work).shown(looked.outcome), style(), today()):
            click.echo(line)
        if looked.pinned is None:
            tell_of_several(question, looked.outcome)
        click.echo()


def _said_instead(text: str) -> str | None:
    """What is said to words that ask nothing, as in Slack: to a nod nothing; None for a question."""
    kind = courtesy(text)
    if kind == "emoji":
        return ""
    if kind == "help":
        return f"{messages.HELP}\n{messages.CHAT_HELP}"
    if kind == "farewell":
        return messages.ANY_TIME
    return None if says_something(text) else messages.NO_ANSWER["no question"]


def _lines(interactive: bool) -> Iterator[str]:
    """What is typed until a line is empty, or all lines of a file that have anything in them."""
    while True:
        try:
            said = input(messages.CHAT_PROMPT if interactive else "").strip()
        except EOFError:
            return
        if said:
            yield said
        elif interactive:
            return
