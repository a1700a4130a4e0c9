"""quoth replay: ask recorded questions again, and show what would change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bot import messages
from bot.answer_settings import AnswerSettings
from bot.commands.ask import passages_option
from bot.commands.lines import numbered_lines
from bot.commands.options import (
    FileToWrite,
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
    threads_option,
    threshold_option,
)
from bot.commands.progress import progress
from bot.commands.stats import open_records
from bot.composition import Workplace
from bot.errors import BotError, UsageError
from bot.replay import Case, Replayed, against, read_saved, recorded_cases, replay, saved
from bot.views.replay import replay_lines, replay_record

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("replay")
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="HOME",
    help="Ask the documents of another home.",
)  # fmt: skip
@click.option("--save", type=FileToWrite(), help="Keep what is found, with words quoted.")
@click.option("--against", "earlier", type=_FILE, help="Compare with what --save kept, not with the records.")
@passages_option
@threshold_option
@max_wrong_option
@confirm_option
@collections_option
@model_option
@threads_option
@home_option
@json_option
def replay_questions(
    file: Path | None, *, corpus: Path | None, save: Path | None, earlier: Path | None, passages: int,
    threshold: float | None, max_wrong: float | None, confirm: str | None, collections: tuple[str, ...],
    model: str | None, threads: int | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask all recorded questions again, or those of FILE, and show what would change.

    Before a new model, threshold or set of documents: which questions gain an answer, lose theirs or get
    another one.  Each is asked of the collections that it was asked of, pinned answers first; a question
    whose words are not kept cannot be asked again.  FILE has a question on each line, as it is or as
    {"question": "..."}.

    The report is Markdown for a pull request; of the same state it is the same each time.
    """
    answers = AnswerSettings(max_wrong=max_wrong, confirm=confirm)
    with (
        open_workplace(home) as recorded,
        open_workplace(corpus or home, model=model, threads=threads, answers=answers) as work,
    ):
        chosen = chosen_collections(work, collections)
        if file is None:
            if chosen is not None:
                raise UsageError(messages.REPLAY_COLLECTIONS)
            cases = _recorded(recorded)
        else:
            asked_of = None if chosen is None else tuple(chosen)
            cases = [Case(question=each, collections=asked_of) for each in read_file(file)]
        if earlier is not None:
            cases = against(cases, _read_saved(earlier))
        with progress("Asking") as show:
            found = replay(work, cases, passages=passages, threshold=threshold, progress=show)
    if save is not None:
        save.write_text(saved(found), encoding="utf-8")
    if as_json:
        print_json(replay_record(found))
        return
    for line in replay_lines(found, compared=file is None or earlier is not None):
        click.echo(line)


def _recorded(work: Workplace) -> list[Case]:
    records = open_records(work.settings)
    try:
        questions = records.since(0.0)
    finally:
        records.close()
    cases = recorded_cases(work, questions)
    without_words = sum(not each.as_read and each.outcome is not None for each in questions)
    if without_words:
        note(messages.REPLAY_WITHOUT_WORDS.format(count=without_words))
    if not cases:
        raise BotError(messages.REPLAY_NONE)
    return cases


def read_file(file: Path) -> list[str]:
    """The questions of a file, each once.  Raises UsageError where there are none."""
    found = []
    for number, line in numbered_lines(file):
        if line.strip().startswith("{"):
            try:
                found.append(_question(json.loads(line)))
            except (ValueError, KeyError, RecursionError):
                raise UsageError(f'{file}, line {number}: expected {{"question": "..."}}.') from None
        else:
            found.append(line.strip())
    if not found:
        raise UsageError(f"{file} has no questions.")
    return list(dict.fromkeys(found))


def _question(record: dict[str, Any]) -> str:
    question = record["question"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("no text")
    return question


def _read_saved(file: Path) -> list[Replayed]:
    try:
        return read_saved(file.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{file} is nothing that quoth replay --save wrote.") from None
