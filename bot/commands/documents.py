"""quoth inspect, ls, show, rm: documents seen, and out.

But: how they come in is in `ingest.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from bot import messages
from bot.commands.followed import note_followed, sources_of, starts_of_pages
from bot.commands.options import (
    chosen_collections,
    collections_option,
    home_option,
    json_option,
    note,
    open_workplace,
    print_json,
    style,
)
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.records import document_record
from bot.views.style import printable
from retrieval.documents import Document
from retrieval.readers.formats import ARCHIVE
from retrieval.readers.pool import ReaderPool
from retrieval.readers.wire import document_to_json
from retrieval.stored import DocumentRecord


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
        newest = work.store.superseded([document.id for document in documents])
        paths = {document.id: document.path for document in documents}  # a version is of the same collection
        for document in documents:
            click.echo(
                f"{document.id:>5}  {printable(document.collection):<12} {document.passages:>4} passages  "
                f"{printable(document.path):<40} {printable(document.title)}"
            )
            if document.id in newest:
                newer = messages.OLDER_VERSION.format(path=printable(paths.get(newest[document.id], "")))
                click.echo(style().faint(f"{'':>7}{newer}"))


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
            inner = "  " * (len(block.lists) - 1)
            click.echo(f"{line:>5}  {inner}{_MARKS.get(block.kind, '')}{text}")
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
    """Remove documents; their files stay where they are.

    What lies in a source that is followed comes back with the next quoth sync; you are told so.
    """
    with open_workplace(home) as work:
        removed = [find_document(work, document) for document in documents]
        starts = {each.collection: starts_of_pages(work, each.collection) for each in removed}
        work.store.remove_all([record.id for record in removed])
        if as_json:
            print_json([document_record(record) for record in removed])
        else:
            for record in removed:
                note(f"removed  {printable(record.path)} ({record.passages} passages)")
            note_followed(sources_of(work, removed, starts))


def find_document(work: Workplace, wanted: str) -> DocumentRecord:
    """The document with that number, path as shown, path of its file, or web address.

    Raises UsageError where there is none, or more than one.
    """
    if wanted.isdecimal() and len(wanted) < 19:  # SQLite's integers end there
        record = work.store.document(int(wanted))
        found = [record] if record else []
    else:
        absolute = str(Path(wanted).absolute()) if "\0" not in wanted else ""
        found = [d for d in work.store.documents() if wanted in (d.path, d.source) or absolute == d.source]
    if not found:
        raise UsageError(f"There is no document {printable(wanted)}; quoth ls lists them.")
    if len(found) > 1:
        numbers = ", ".join(str(record.id) for record in found)
        raise UsageError(f"Several documents are called {printable(wanted)}; name one by number: {numbers}.")
    return found[0]
