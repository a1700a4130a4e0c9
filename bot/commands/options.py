"""Options that several commands share, and how they print.

But: no command lives here.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.answer_settings import NOTHING_WISHED, AnswerSettings, read_share
from bot.composition import Workplace
from bot.errors import NothingStored, UsageError
from bot.messages import NO_SUCH_COLLECTION, NOTHING_STORED, THRESHOLD_TWICE
from bot.settings import read_settings
from bot.views.style import Style, printable

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

EXIT_FAILED, EXIT_USAGE, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 1, 2, 3, 130

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that holds all that Quoth keeps.  [env: QUOTH_HOME; default: the user's data folder]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to standard output.")
model_option = click.option(
    "--model", metavar="NAME|PATH", help="The reader.  [env: QUOTH_MODEL; default: embedded]"
)
threads_option = click.option(
    "--threads", type=click.IntRange(1, 1024), help="Processor threads.  [env: QUOTH_THREADS; default: all]"
)


class Number(click.FloatRange):
    """A FloatRange without NaN, which click lets pass: nothing is less than it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail("nan is no number.", param, ctx)
        return number


class Share(click.ParamType[float]):
    """A share as a person writes it: 10% or 0.1."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        share = value if isinstance(value, float) else read_share(str(value))
        if share is None:
            self.fail(f"{value!r} is no share; expected one like 10% or 0.1.", param, ctx)
        return share


class FileToWrite(click.Path):
    """A file that can be written: that its folder is missing should not be told after long work."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.exists() and not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
            self.fail(f"there is no folder {path.parent} that can be written to.", param, ctx)
        return path


def one_of_two(ctx: click.Context, param: click.Parameter, value: T) -> T:
    """--threshold and --max-wrong both say how sure an answer must be."""
    others = {"threshold", "max_wrong"} - {param.name}
    if value is not None and any(ctx.params.get(name) is not None for name in others):
        raise UsageError(THRESHOLD_TWICE)
    return value


threshold_option = click.option(
    "--threshold", type=Number(0, 1), callback=one_of_two,
    help="Least confidence of an answer.  [env: QUOTH_THRESHOLD, where QUOTH_MAX_WRONG does not say; "
    "default: the reader's]",
)  # fmt: skip
max_wrong_option = click.option(
    "--max-wrong", type=Share(), metavar="SHARE", callback=one_of_two,
    help="How many of the answers may be wrong, like 10%; sets the least confidence.  [env: QUOTH_MAX_WRONG]",
)  # fmt: skip
seconds_option = click.option(
    "--seconds", type=Number(0, min_open=True),
    help="How long the reader may read for one question.  [env: QUOTH_SECONDS; default: as long as it takes]",
)  # fmt: skip
confirm_option = click.option(
    "--confirm", metavar="NAME|PATH",
    help="A second, thorough reader that reads the best passages again.  [env: QUOTH_CONFIRM]",
)  # fmt: skip
collections_option = click.option(
    "-c", "--collection", "collections", multiple=True, metavar="NAME",
    help="Only documents of this collection; may be given several times.",
)  # fmt: skip


def open_workplace(
    home: Path | None,
    *,
    model: str | None = None,
    threads: int | None = None,
    answers: AnswerSettings = NOTHING_WISHED,
    flags: Mapping[str, str | None] | None = None,
    gives_way: bool = False,
    vectors: bool = True,
) -> Workplace:
    """The workplace of a home; nothing of it is opened yet.  `flags`: more settings, by their names."""
    return Workplace(
        read_settings(home=home, model=model, threads=threads, answers=answers, flags=flags or {}),
        gives_way=gives_way,
        vectors=vectors,
    )


def chosen_collections(work: Workplace, names: tuple[str, ...]) -> list[str] | None:
    """The collections that were named, None for all; there must be documents in each."""
    stored = work.store.collections()
    if not stored:
        raise NothingStored(NOTHING_STORED)
    for name in names:
        if name not in stored:
            raise UsageError(NO_SUCH_COLLECTION.format(name=printable(name), names=", ".join(stored)))
    return list(names) or None


def style() -> Style:
    """How standard output likes its marks."""
    return Style(colour=sys.stdout.isatty())


def today() -> date:
    """The day in UTC, as documents' days are."""
    return datetime.now(UTC).date()


def print_json(value: object) -> None:
    """Any value of dicts, lists, texts and numbers to standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def note(message: str) -> None:
    """A message beside the data: to standard error."""
    click.echo(message, err=True)
