"""quoth ingest: files, folders, web pages and standard input become documents.

But: which sources are followed for good is in `sync.py`.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import click

from bot import messages
from bot.commands.copies import note_copies
from bot.commands.options import EXIT_SOME_FAILED, home_option, json_option, note, open_workplace, print_json
from bot.commands.places import STDIN, Place, checked_address, depth_option, limit_option, starts
from bot.commands.priority import give_way
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.records import report_record
from bot.views.style import printable
from retrieval.intake import DEFAULT_COLLECTION, MAX_BYTES, Belonging
from retrieval.readers.formats import ARCHIVE, SUFFIXES
from retrieval.report import Report
from retrieval.web.start import Start

TYPES = sorted(suffix[1:] for suffix, form in SUFFIXES.items() if form is not ARCHIVE)


@click.command()
@click.argument("places", nargs=-1, required=True, type=Place(), metavar="PATH|URL|-...")
@click.option(
    "-c", "--collection", default=DEFAULT_COLLECTION, show_default=True, metavar="NAME",
    help="The collection that the documents belong to.",
)  # fmt: skip
@click.option(
    "--base-url", metavar="URL",
    help="Where the files can be seen: URL/path; or with {path} or {stem} (the path without its suffix) "
    "in it.  A page's own address in its front matter comes first.",
)  # fmt: skip
@depth_option
@limit_option
@click.option("--name", metavar="NAME", help="What the document from standard input is called: handbook.md")
@click.option(
    "--type", "kind", type=click.Choice(TYPES), metavar="TYPE",
    help="What it is, where the suffix of --name does not say: md, html, pdf, docx, ...",
)  # fmt: skip
@click.option("--prune", is_flag=True,
    help="Remove documents of the named folders and sites that are gone; of an empty folder, nothing.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Read everything, store nothing, and say what would happen.")
@click.option("--force", is_flag=True, help="Read all files anew, also those that seem unchanged.")
@click.option(
    "--no-vectors", "vectors", is_flag=True, flag_value=False, default=True,
    help="Do not encode what is read: it is then found by its words alone, until quoth reindex.",
)  # fmt: skip
@home_option
@json_option
def ingest(
    places: tuple[Path | str, ...], *, collection: str, base_url: str | None, depth: int | None,
    limit: int | None, name: str | None, kind: str | None, prune: bool, dry_run: bool, force: bool,
    vectors: bool, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read files, folders and web pages so that they can be asked about.

    PDF, Word, PowerPoint, Excel, CSV, mail, EPUB, Markdown, HTML and plain text can be read, and ZIP
    archives of these; each file in a process with limits.

    A URL is a page or a sitemap; with --depth, the pages that it links to are read, too.  Pages are fetched
    as the site's robots.txt allows, one after the other, and only if they have changed.  - is standard input.

    Again for the same places, only what has changed is touched.  Exit code 3: some files failed.

    \b
    quoth ingest ~/handbook --base-url https://wiki.example/handbook/{stem}
    quoth ingest 'policies/**/*.pdf' -c policies
    quoth ingest https://handbook.example/sitemap.xml
    """
    checked_address("--base-url", base_url)
    checked_collection(collection)
    paths = [place for place in places if isinstance(place, Path) and place != STDIN]
    pages = starts([place for place in places if isinstance(place, str)], depth, limit)
    if base_url is not None and not paths:
        raise UsageError("--base-url says where files can be seen, and none is named.")
    give_way()
    given = from_stdin(name, kind, wanted=STDIN in places)
    with open_workplace(home, gives_way=True) as work:
        report = run_ingest(
            work, expanded(paths), pages=pages, given=given, collection=collection, base_url=base_url,
            prune=prune, dry_run=dry_run, force=force, vectors=vectors,
        )  # fmt: skip
        if as_json:
            print_json(report_record(report))
        else:
            print_report(report, dry_run=dry_run, by_type=True)
            note_missing_vectors(work)
        note_copies(work, report.rows, collection)
        if report.counts["failed"]:
            sys.exit(EXIT_SOME_FAILED)


def from_stdin(name: str | None, kind: str | None, *, wanted: bool) -> dict[str, bytes]:
    """What standard input holds, under its name; nothing where it is not wanted."""
    if not wanted:
        if name is not None or kind is not None:
            raise UsageError("--name and --type go with - for standard input.")
        return {}
    if name is None or not name.strip() or printable(name) != name:
        raise UsageError("- needs --name: what the document is called, like handbook.md")
    if kind is not None and Path(name).suffix.lower() != f".{kind}":
        name += f".{kind}"
    if Path(name).suffix.lower()[1:] not in TYPES:
        raise UsageError(
            f"{name} does not say what it is; give it a suffix, as in handbook.md, or say --type."
        )
    return {name: sys.stdin.buffer.read(MAX_BYTES + 1)}  # the one byte too many is told of


def checked_collection(collection: str) -> None:
    """Raises UsageError for a name that could not be shown."""
    if not printable(collection).strip() or printable(collection) != collection:
        raise UsageError("--collection needs a name of printable characters.")


def expanded(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths; patterns (`docs/**/*.md`) that no shell has expanded become the files that they match."""
    found: list[Path] = []
    for path in paths:
        is_pattern = glob.has_magic(str(path)) and not os.path.lexists(path)
        matches = sorted(map(Path, glob.glob(str(path), recursive=True))) if is_pattern else []  # noqa: PTH207
        found += matches or [path]
    return tuple(found)


def run_ingest(
    work: Workplace, paths: Sequence[Path] = (), *, pages: Sequence[Start] = (),
    given: Mapping[str, bytes] = MappingProxyType({}), collection: str, base_url: str | None = None,
    prune: bool = False, dry_run: bool = False, force: bool = False, vectors: bool = True,
    elsewhere: Belonging = lambda _: None,
) -> Report:  # fmt: skip
    """Ingest with a bar on standard error if somebody watches it."""
    with progress("Reading") as show_progress:
        return work.ingest(
            paths,
            pages=pages,
            given=given,
            collection=collection,
            base_url=base_url,
            prune=prune,
            dry_run=dry_run,
            force=force,
            vectors=vectors,
            elsewhere=elsewhere,
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
