"""quoth ingest, inspect, ls, show, rm: documents in, seen, and out."""

from __future__ import annotations

import glob
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from bot import messages
from bot.commands.options import (
    EXIT_SOME_FAILED,
    chosen_collections,
    collections_option,
    home_option,
    json_option,
    note,
    open_workplace,
    print_json,
    style,
)
from bot.commands.priority import give_way
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.records import document_record, report_record
from bot.views.style import printable
from retrieval.documents import Document
from retrieval.ingest import DEFAULT_COLLECTION
from retrieval.readers.formats import ARCHIVE
from retrieval.readers.pool import ReaderPool
from retrieval.readers.wire import document_to_json
from retrieval.report import Report
from retrieval.store import DocumentRecord


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-c", "--collection", default=DEFAULT_COLLECTION, show_default=True, metavar="NAME",
    help="The collection that the documents belong to.",
)  # fmt: skip
@click.option(
    "--base-url", metavar="URL",
    help="Where the pages can be seen: URL/path; or with {path} or {stem} (the path without its suffix) "
    "in it.  A page's own address in its front matter comes first.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Remove documents whose files are gone from the named folders.")
@click.option("--dry-run", is_flag=True, help="Read everything, store nothing, and say what would happen.")
@click.option("--force", is_flag=True, help="Read all files anew, also those that seem unchanged.")
@click.option(
    "--no-vectors", "vectors", is_flag=True, flag_value=False, default=True,
    help="Do not encode what is read: it is then found by its words alone, until quoth reindex.",
)  # fmt: skip
@home_option
@json_option
def ingest(
    paths: tuple[Path, ...], *, collection: str, base_url: str | None, prune: bool, dry_run: bool,
    force: bool, vectors: bool, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read files and folders so that they can be asked about.

    PDF, Word, PowerPoint, Excel, CSV, mail, EPUB, Markdown, HTML and plain text can be read, and ZIP
    archives of these; each file in a process with limits.
    Again for the same folder, only what has changed is touched.  Exit code 3: some files failed.
    """
    checked_base_url(base_url)
    checked_collection(collection)
    give_way()
    with open_workplace(home) as work:
        report = run_ingest(
            work, expanded(paths), collection=collection, base_url=base_url, prune=prune, dry_run=dry_run,
            force=force, vectors=vectors,
        )  # fmt: skip
        if as_json:
            print_json(report_record(report))
        else:
            print_report(report, dry_run=dry_run, by_type=True)
            note_missing_vectors(work)
        if report.counts["failed"]:
            sys.exit(EXIT_SOME_FAILED)


def checked_base_url(base_url: str | None) -> None:
    """Raises UsageError for what is no address."""
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise UsageError(
            f"--base-url is {printable(base_url)}; expected an address with http:// or https://."
        )


def checked_collection(collection: str) -> None:
    """Raises UsageError for a name that could not be shown."""
    if not printable(collection).strip() or printable(collection) != collection:
        raise UsageError("--collection needs a name of printable characters.")


def expanded(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths; patterns (`docs/**/*.md`) that no shell has expanded become the files that they match."""
    found: list[Path] = []
    for path in paths:
        is_pattern = glob.has_magic(str(path)) and not os.path.lexists(path)
        matches = sorted(map(Path, glob.glob(str(path), recursive=True))) if is_pattern else []  # noqa: PTH207
        found += matches or [path]
    return tuple(found)


def run_ingest(
    work: Workplace, paths: tuple[Path, ...], *, collection: str, base_url: str | None = None,
    prune: bool = False, dry_run: bool = False, force: bool = False, vectors: bool = True,
) -> Report:  # fmt: skip
    """Ingest with a bar on standard error if somebody watches it."""
    with progress("Reading") as show_progress:
        return work.ingest(
            paths,
            collection=collection,
            base_url=base_url,
            prune=prune,
            dry_run=dry_run,
            force=force,
            vectors=vectors,
            progress=lambda done, total, _: show_progress(done, total),
        )


def note_missing_vectors(work: Workplace) -> None:
    """Say so if some passages are found by their words alone."""
    missing = work.without_vectors()
    if missing:
        note(messages.WITHOUT_VECTORS.format(passages=missing))


def print_report(report: Report, *, dry_run: bool, by_type: bool = False) -> None:
    """Every row that is news, to standard error what failed, and the counts, with `by_type` by kind, too."""
    for row in report.rows:
        if row.status == "unchanged" or (row.status in ("added", "changed") and not row.reason):
            continue
        reason = f": {printable(row.reason)}" if row.reason else ""
        click.echo(f"{row.status:>9}  {printable(row.path)}{reason}", err=row.status == "failed")
    counted = ", ".join(f"{count:,} {status}" for status, count in report.counts.items() if count)
    passages = sum(row.passages for row in report.rows if row.status in ("added", "changed", "unchanged"))
    if by_type and len(report.types) > 1:
        for kind, counts in report.types.items():
            statuses = ", ".join(f"{count:,} {status}" for status, count in counts.items())
            click.echo(f"{printable(kind):>9}  {statuses}")
    would = "Nothing was stored; it would be: " if dry_run else ""
    click.echo(f"{would}{counted or 'no files found'} ({passages:,} passages).")


@click.command()
@collections_option
@home_option
@json_option
def ls(collections: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """List the documents."""
    with open_workplace(home) as work:
        if not as_json or collections:
            chosen_collections(work, collections)
        documents = work.store.documents(collections or None)
        if as_json:
            print_json([document_record(document) for document in documents])
            return
        for document in documents:
            click.echo(
                f"{document.id:>5}  {printable(document.collection):<12} {document.passages:>4} passages  "
                f"{printable(document.path):<40} {printable(document.title)}"
            )


@click.command()
@click.argument("document", metavar="ID|PATH")
@home_option
@json_option
def show(document: str, home: Path | None, as_json: bool) -> None:
    """Show a document as Quoth reads it."""
    with open_workplace(home) as work:
        record = find_document(work, document)
        content = work.store.content(record.id)
        assert content is not None
        if as_json:
            sections = [
                {"heading_path": section.heading_path, "anchor": section.anchor}
                for section in content.sections
            ]
            print_json(document_record(record) | {"text": content.text, "sections": sections})
            return
        click.echo(style().strong(printable(record.title)))
        click.echo(
            style().faint(f"{printable(record.source)}, {record.passages} passages, {record.ingested_at}")
        )
        if record.url:
            click.echo(style().faint(printable(record.url)))
        print_blocks(content)


def print_blocks(document: Document) -> None:
    """Headings, paragraphs, items and rows with their lines or rows, below their pages, slides and sheets."""
    place = None
    for block in document.blocks:
        if document.place_at(block.start) != place:
            place = document.place_at(block.start)
            assert place is not None
            click.echo(style().faint(f"\n[{printable(place.label)}]"))
        text = document.text[block.start : block.end]
        line = "" if block.line is None else str(block.line)
        if block.kind == "heading":
            marks = "#" * len(document.sections[block.section].heading_path)
            click.echo(f"\n{line:>5}  {style().strong(f'{marks} {text}')}")
        else:
            click.echo(f"{line:>5}  {_MARKS.get(block.kind, '')}{text}")
    for each in document.notes:
        click.echo(f"\n{style().faint(printable(each))}")


_MARKS = {"item": "- ", "row": "| "}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def inspect(file: Path, *, as_json: bool) -> None:
    """Show what Quoth sees in a file, and what it leaves out; nothing is stored.

    Of an archive, its files are listed.
    """
    data = file.read_bytes()
    with ReaderPool() as reader:
        if file.suffix.lower() in ARCHIVE.suffixes:
            members = reader.members(data, file.name)
            if as_json:
                print_json([asdict(member) for member in members])
            for member in () if as_json else members:
                click.echo(printable(member.shown))
            return
        document = reader.read(data, file.name)
    if as_json:
        print_json(document_to_json(document))
        return
    kinds = Counter(block.kind for block in document.blocks)
    click.echo(style().strong(printable(document.title)))
    click.echo(style().faint(", ".join(f"{count:,} {kind}s" for kind, count in kinds.items()) or "no text"))
    print_blocks(document)


@click.command()
@click.argument("documents", nargs=-1, required=True, metavar="ID|PATH...")
@home_option
@json_option
def rm(documents: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """Remove documents; their files stay where they are."""
    with open_workplace(home) as work:
        removed = [find_document(work, document) for document in documents]
        for record in removed:
            work.store.remove(record.id)
        if as_json:
            print_json([document_record(record) for record in removed])
        else:
            for record in removed:
                note(f"removed  {printable(record.path)} ({record.passages} passages)")


def find_document(work: Workplace, wanted: str) -> DocumentRecord:
    """The document with that number, path as shown, or path of its file.

    Raises UsageError where there is none, or more than one.
    """
    if wanted.isdecimal() and len(wanted) < 19:  # SQLite's integers end there
        record = work.store.document(int(wanted))
        found = [record] if record else []
    else:
        absolute = str(Path(wanted).absolute()) if "\0" not in wanted else ""
        found = [d for d in work.store.documents() if wanted == d.path or absolute == d.source]
    if not found:
        raise UsageError(f"There is no document {printable(wanted)}; quoth ls lists them.")
    if len(found) > 1:
        numbers = ", ".join(str(record.id) for record in found)
        raise UsageError(f"Several documents are called {printable(wanted)}; name one by number: {numbers}.")
    return found[0]
