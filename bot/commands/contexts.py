"""SQuAD's paragraphs as a knowledge base: every distinct one is a document of a temporary store.

But: how its questions are asked and judged is for the commands.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import click

from bot.commands.options import open_workplace
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine.squad import SquadRow, read_rows
from retrieval.documents import DocumentBuilder
from retrieval.ingest import searchable
from retrieval.store import Source

with_option = click.option(
    "--with", "others", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER",
    help="More contexts for the knowledge base: a file, or all .jsonl.xz files of a folder.",
)  # fmt: skip

Sources = Mapping[str, str]
"""The name of the document that each context became."""


def rows_of(file: Path) -> list[SquadRow]:
    """The rows of a file; there must be some."""
    rows = read_rows(file)
    if not rows:
        raise UsageError(f"{file} has no questions.")
    return rows


def more_rows(others: Iterable[Path]) -> list[SquadRow]:
    """The rows of files, and of all .jsonl.xz files of folders."""
    return [row for other in others for path in _files_of(other) for row in read_rows(path)]


@contextmanager
def knowledge_base(
    rows: Iterable[SquadRow],
    *,
    titles: Mapping[str, str] = MappingProxyType({}),
    model: str | None = None,
    threads: int | None = None,
) -> Iterator[tuple[Workplace, Sources]]:
    """A workplace in a temporary home that holds every distinct context, without a title but for `titles`."""
    names = {context: f"context {n}" for n, context in enumerate(dict.fromkeys(r.context for r in rows))}
    with (
        tempfile.TemporaryDirectory(prefix="quoth-eval-") as folder,
        open_workplace(Path(folder), model=model, threads=threads) as work,
    ):
        _store(work, names, titles)
        yield work, names


def _store(work: Workplace, names: Sources, titles: Mapping[str, str]) -> None:
    with progress("Storing") as show:
        for number, (context, name) in enumerate(names.items(), 1):
            builder = DocumentBuilder()
            builder.block("paragraph", [context])
            document = builder.build(titles.get(context, ""))
            work.store.put(
                document,
                Source(
                    source=name, path=name, collection="eval", size=0, mtime_ns=0, sha256="", recipe="eval"
                ),
                searchable(document, work.passage_settings),
            )
            show(number, len(names))


def _files_of(path: Path) -> list[Path]:
    """The file, or the files of the folder; a folder without any would make the task easier unnoticed."""
    files = sorted(path.glob("*.jsonl.xz")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"--with {path}: there is no .jsonl.xz file in that folder.")
    return files
