"""Questions whose answers are known, and the store that they are asked of: what `quoth eval` begins with.

There are two kinds of files.  SQuAD's rows bring their paragraphs along, which become a knowledge base of
their own (`contexts.py`); questions about one's own documents are asked of the home.

But: how an answer is judged is for the commands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bot import messages
from bot.commands.contexts import knowledge_base
from bot.commands.lines import numbered_lines
from bot.commands.options import (
    chosen_collections,
    home_option,
    model_option,
    open_workplace,
    threads_option,
)
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.style import printable
from qa_engine.squad import SquadRow, read_rows
from retrieval.evaluation import JudgedQuestion

Command = Callable[..., None]

MOST_NAMED = 3
"""Of documents that are not stored."""

_MAY_BE = '"answer" may be a list, or null where the documents do not say.'
_FORM = {
    False: f'{{"question": "...", "answer": "..."}}; {_MAY_BE}',
    True: f'{{"question": "...", "answer": "...", "document": "..."}}; {_MAY_BE}  Or SQuAD\'s rows.',
}
"""What a line should be; True: with the document."""

_OPTIONS = (
    click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option(
        "--with", "others", multiple=True, type=click.Path(exists=True, path_type=Path),
        metavar="FILE|FOLDER",
        help="More contexts for the knowledge base: a file, or all .jsonl.xz files of a folder.",
    ),
    click.option(
        "--titles", is_flag=True,
        help="Give each context the title that it has in its file, as your own documents have one.",
    ),
    click.option(
        "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
        help="Keep the knowledge base in a folder of its own, and use what is there: encoding takes a while.",
    ),
    click.option(
        "--no-vectors", "vectors", is_flag=True, flag_value=False, default=True,
        help="Find passages by their words alone (BM25).",
    ),
    model_option,
    threads_option,
    home_option,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuestions:
    """A file of questions, and what was said about the store that they are asked of."""

    file: Path
    others: tuple[Path, ...]
    titles: bool
    keep: Path | None
    vectors: bool
    model: str | None
    threads: int | None
    home: Path | None

    @contextmanager
    def opened(self) -> Iterator[tuple[Workplace, list[JudgedQuestion]]]:
        """The store, and the questions; those without an answer are among them."""
        if _are_own(self.file):
            if self.others or self.titles or self.keep:
                raise UsageError(messages.OWN_QUESTIONS_ALONE)
            own = _numbered_questions(self.file, documents=True)
            with open_workplace(
                self.home, model=self.model, threads=self.threads, vectors=self.vectors
            ) as work:
                chosen_collections(work, ())  # there must be some
                _refuse_unknown(work, self.file, own)
                yield work, [each for _, each in own]
            return
        rows = rows_of(self.file)
        every = [*rows, *_more_rows(self.others)]
        with knowledge_base(
            every, titles=_titles_of(every) if self.titles else {}, model=self.model, threads=self.threads,
            keep=self.keep, vectors=self.vectors,
        ) as (work, sources):  # fmt: skip
            yield (
                work,
                [
                    JudgedQuestion(row.question, sources[row.context], tuple(r.text for r in row.references))
                    for row in rows
                ],
            )


def known_questions(command: Command) -> Command:
    """The argument and options of a command whose first parameter is `KnownQuestions`."""

    @wraps(command)
    def packed(**given: Any) -> None:
        own = {name: given.pop(name) for name in KnownQuestions.__slots__}
        command(KnownQuestions(**own), **given)

    for option in reversed(_OPTIONS):
        packed = option(packed)
    return packed


def rows_of(file: Path) -> list[SquadRow]:
    """SQuAD's rows of a file; there must be some."""
    rows = read_rows(file)
    if not rows:
        raise UsageError(f"{file} has no questions.")
    return rows


def own_questions(file: Path, *, documents: bool) -> list[JudgedQuestion]:
    """The questions of a file about one's own documents; `documents`: those with an answer must name one.

    Raises UsageError with the number of the line that is none.
    """
    return [each for _, each in _numbered_questions(file, documents=documents)]


def _numbered_questions(file: Path, *, documents: bool) -> list[tuple[int, JudgedQuestion]]:
    """The same, each with the number of its line."""
    found = []
    for number, line in numbered_lines(file):
        try:
            found.append((number, _own_question(json.loads(line), documents=documents)))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError(f"{file}, line {number}: expected {_FORM[documents]}") from None
    return found


def _own_question(raw: dict[str, Any], *, documents: bool) -> JudgedQuestion:
    answers = _texts(raw["answer"])
    document = raw["document"] if documents and answers else ""
    marks = _texts(raw.get("passage"))
    texts = (raw["question"], *answers, *marks, *((document,) if documents and answers else ()))
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("no texts")
    return JudgedQuestion(raw["question"], document, answers, marks)


def _texts(value: Any) -> tuple[str, ...]:
    """None, a text or several, as texts.  Raises ValueError for anything else."""
    if value is None or isinstance(value, str):
        return () if value is None else (value,)
    if not isinstance(value, list):
        raise ValueError("no texts")
    return tuple(value)


def _refuse_unknown(work: Workplace, file: Path, asked: Iterable[tuple[int, JudgedQuestion]]) -> None:
    """A slip in the file is no failure of retrieval.  Raises UsageError with the lines."""
    stored = {document.path for document in work.store.documents()}
    unknown = [
        f"line {number}: {printable(each.path)}"
        for number, each in asked
        if each.answers and each.path not in stored
    ]
    if unknown:
        more = f"; and {len(unknown) - MOST_NAMED:,} more" if len(unknown) > MOST_NAMED else ""
        raise UsageError(
            f"{file} names documents that are not stored ({'; '.join(unknown[:MOST_NAMED])}{more}); "
            "quoth ls lists them."
        )


def _are_own(file: Path) -> bool:
    """Whether the questions are about one's own documents, by the first line."""
    if file.suffix == ".xz":
        return False
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        found = json.loads(first or '{"context": ""}')
    except (ValueError, RecursionError):
        return file.suffix == ".jsonl"  # a broken line; SQuAD's own JSON may stand on many
    keys = found.keys() if isinstance(found, dict) else set()
    return "context" not in keys and ("question" in keys or file.suffix == ".jsonl")


def _more_rows(others: Iterable[Path]) -> list[SquadRow]:
    """The rows of files, and of all .jsonl.xz files of folders."""
    return [row for other in others for path in _files_of(other) for row in read_rows(path)]


def _files_of(path: Path) -> list[Path]:
    """The file, or the files of the folder; a folder without any would make the task easier unnoticed."""
    files = sorted(path.glob("*.jsonl.xz")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"--with {path}: there is no .jsonl.xz file in that folder.")
    return files


def _titles_of(rows: Iterable[SquadRow]) -> dict[str, str]:
    """The title of each context, as people write it; SQuAD's have underscores for blanks."""
    return {row.context: row.title.replace("_", " ") for row in rows if row.title}
