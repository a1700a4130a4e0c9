"""quoth source, quoth sync: folders that Quoth keeps in step with."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.documents import checked_base_url, checked_collection, print_report, run_ingest
from bot.commands.options import EXIT_SOME_FAILED, home_option, json_option, note, open_workplace, print_json
from bot.commands.priority import give_way
from bot.composition import Workplace
from bot.errors import UsageError
from bot.sources import FollowedSource, read_sources, write_sources
from bot.views.records import report_record
from bot.views.style import printable
from retrieval.discovery import absolute, is_folder
from retrieval.ingest import DEFAULT_COLLECTION
from retrieval.report import Report, Row

NO_SOURCES = "There are no sources; type: quoth source add FOLDER"


@click.group()
def source() -> None:
    """Say which folders and files quoth sync follows."""


@source.command("add")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "-c", "--collection", default=DEFAULT_COLLECTION, show_default=True, metavar="NAME",
    help="The collection that the documents belong to.",
)  # fmt: skip
@click.option("--base-url", metavar="URL", help="Where the pages can be seen; as for quoth ingest.")
@home_option
def add(paths: tuple[Path, ...], *, collection: str, base_url: str | None, home: Path | None) -> None:
    """Follow folders or files; those that are followed already get what is said now."""
    checked_base_url(base_url)
    checked_collection(collection)
    with open_workplace(home) as work:
        added = [
            FollowedSource(path=absolute(path), collection=collection, base_url=base_url) for path in paths
        ]
        named = {each.path for each in added}
        kept = [each for each in read_sources(work.settings.sources) if each.path not in named]
        write_sources(work.settings.sources, [*kept, *added])
        for each in added:
            note(f"added  {printable(str(each.path))} to {printable(collection)}; quoth sync reads it")


@source.command("ls")
@home_option
@json_option
def list_sources(home: Path | None, *, as_json: bool) -> None:
    """List the sources."""
    with open_workplace(home) as work:
        sources = read_sources(work.settings.sources)
    if as_json:
        print_json([asdict(each) | {"path": str(each.path)} for each in sources])
        return
    for each in sources:
        url = f"  {printable(each.base_url)}" if each.base_url else ""
        click.echo(f"{printable(each.collection):<12} {printable(str(each.path))}{url}")
    if not sources:
        note(NO_SOURCES)


@source.command("rm")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@home_option
def remove(paths: tuple[Path, ...], *, home: Path | None) -> None:
    """Follow folders or files no longer; their documents stay until quoth rm."""
    with open_workplace(home) as work:
        sources = read_sources(work.settings.sources)
        for path in map(absolute, paths):
            if path not in {each.path for each in sources}:
                raise UsageError(f"{printable(str(path))} is no source; quoth source ls lists them.")
            sources = [each for each in sources if each.path != path]
        write_sources(work.settings.sources, sources)


@click.command()
@click.option("--dry-run", is_flag=True, help="Read everything, store nothing, and say what would happen.")
@click.option("--watch", is_flag=True, help="Go on, and look again every so often, until Ctrl-C.")
@click.option(
    "--every", type=click.FloatRange(min=1), default=60, show_default=True, metavar="SECONDS",
    help="How long --watch waits between two looks.",
)  # fmt: skip
@home_option
@json_option
def sync(*, dry_run: bool, watch: bool, every: float, home: Path | None, as_json: bool) -> None:
    """Bring all sources up to date: what is new or changed is read, what is gone is removed.

    A source that is away or empty as a whole is told of and keeps its documents: it may be a disk that
    is not there.  Exit code 3: some files failed.
    """
    give_way()
    with open_workplace(home) as work:
        failed = _sync(work, dry_run=dry_run, as_json=as_json)
        while watch:
            time.sleep(every)
            failed = _sync(work, dry_run=dry_run, as_json=as_json, only_news=True)
    if failed:
        sys.exit(EXIT_SOME_FAILED)


def _sync(work: Workplace, *, dry_run: bool, as_json: bool, only_news: bool = False) -> bool:
    """One round over all sources; did something fail?"""
    sources = read_sources(work.settings.sources)
    if not sources:
        raise UsageError(NO_SOURCES)
    rows = list[Row]()
    for each in sources:
        is_away = is_folder(each.path) and not any(path.is_file() for path in each.path.rglob("*"))
        if is_away:
            note(f"{printable(str(each.path))} is empty; its documents stay")
        report = run_ingest(
            work, (each.path,), collection=each.collection, base_url=each.base_url, prune=not is_away,
            dry_run=dry_run,
        )  # fmt: skip
        rows += report.rows
    report = Report(tuple(rows))
    if as_json:
        print_json(report_record(report))
    elif not only_news or any(row.status in ("added", "changed", "moved", "removed") for row in rows):
        print_report(report, dry_run=dry_run, by_type=True)
    return report.counts["failed"] > 0
