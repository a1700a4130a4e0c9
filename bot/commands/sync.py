"""quoth source, quoth sync: folders and sites that Quoth keeps in step with."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import click

from bot import messages
from bot.belonging import Owners
from bot.commands.copies import note_copies, open_to
from bot.commands.followed import looks_after, pages_of, starts_of_pages
from bot.commands.ingest import checked_collection, print_report, run_ingest
from bot.commands.options import (
    EXIT_SOME_FAILED,
    Number,
    home_option,
    json_option,
    note,
    open_workplace,
    print_json,
)
from bot.commands.places import Place, checked_address, depth_option, limit_option, starts
from bot.commands.priority import give_way
from bot.composition import Workplace
from bot.errors import UsageError
from bot.sources import FollowedSource, read_sources, write_sources
from bot.views.records import report_record
from bot.views.style import printable
from retrieval.discovery import absolute, discover, fills, is_folder
from retrieval.errors import StoreBusy, StoreFull
from retrieval.intake import DEFAULT_COLLECTION, Belonging
from retrieval.report import Report, Row
from retrieval.stored import DocumentRecord
from retrieval.web.start import Start

NO_SOURCES = "There are no sources; type: quoth source add FOLDER"
NEWS = ("added", "changed", "moved", "removed")
Failure = tuple[str, str | None]
"""What fails, and why."""
SITE_SECONDS = 3600.0
"""How long --watch leaves a site alone at least."""


@click.group()
def source() -> None:
    """Say which folders, files and sites quoth sync follows."""


@source.command("add")
@click.argument("places", nargs=-1, required=True, type=Place(exists=True), metavar="PATH|URL...")
@click.option(
    "-c", "--collection", default=DEFAULT_COLLECTION, show_default=True, metavar="NAME",
    help="The collection that the documents belong to.",
)  # fmt: skip
@click.option("--base-url", metavar="URL", help="Where the files can be seen; as for quoth ingest.")
@depth_option
@limit_option
@home_option
def add(
    places: tuple[Path | str, ...], *, collection: str, base_url: str | None, depth: int | None,
    limit: int | None, home: Path | None,
) -> None:  # fmt: skip
    """Follow folders, files, web pages or sitemaps.

    Those that are followed already get what is said now.  If that is another collection, their documents are
    removed from the one before, and quoth sync reads them into the new one.

    A folder or site may lie within another one that is followed, and belong to another collection: what lies
    there is then in that one only.
    """
    checked_address("--base-url", base_url)
    checked_collection(collection)
    paths = [_followed(place) for place in places if isinstance(place, Path)]
    pages = starts([place for place in places if isinstance(place, str)], depth, limit)
    with open_workplace(home) as work:
        added = [
            *(FollowedSource(place=path, collection=collection, base_url=base_url) for path in paths),
            *(FollowedSource(place=start, collection=collection) for start in pages),
        ]
        named = {each.name for each in added}
        before = read_sources(work.settings.sources)
        kept = [each for each in before if each.name not in named]
        owners = Owners([*kept, *added])
        for each in before:
            _take_out(work, each, owners, to=collection, is_followed=each in kept)
        write_sources(work.settings.sources, [*kept, *added])
        audience = open_to(work.collections.find(collection))
        for each in added:
            where = f"{printable(collection)}, open to {audience}"
            note(f"added  {printable(each.name)} to {where}; quoth sync reads it")


def _take_out(work: Workplace, source: FollowedSource, owners: Owners, *, to: str, is_followed: bool) -> None:
    """Remove the documents of a source that now belong to another collection: no sync would look after them.

    `owners`: all sources as they will be; `is_followed`: that one will be among them.
    """
    if source.collection == to:
        return
    pages = starts_of_pages(work, source.collection)
    removed = list[DocumentRecord]()
    for document in work.store.documents([source.collection]):
        if looks_after(source, document.source, pages):
            owner = owners.of(document.source, source) or (source if is_followed else None)
            if owner is None or owner.collection != source.collection:
                removed.append(document)
    work.store.remove_all([each.id for each in removed])
    if removed:
        count, name = messages.documents(len(removed)), printable(source.collection)
        note(f"removed {count} from {name}; quoth sync reads them into {printable(to)}")


def _followed(place: Path) -> Path:
    """The path as it is followed.  Raises UsageError for one that is no UTF-8, as sources.toml must be."""
    path = absolute(place)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise UsageError(f"{printable(str(path))} is no name in UTF-8; give it another.") from None
    return path


@source.command("ls")
@home_option
@json_option
def list_sources(home: Path | None, *, as_json: bool) -> None:
    """List the sources."""
    with open_workplace(home) as work:
        sources = read_sources(work.settings.sources)
    if as_json:
        print_json([each.record() for each in sources])
        return
    for each in sources:
        url = f"  {printable(each.base_url)}" if each.base_url else ""
        click.echo(f"{printable(each.collection):<12} {printable(each.name)}{url}")
    if not sources:
        note(NO_SOURCES)


@source.command("rm")
@click.argument("places", nargs=-1, required=True, type=Place(), metavar="PATH|URL...")
@home_option
def remove(places: tuple[Path | str, ...], *, home: Path | None) -> None:
    """Follow folders, files or sites no longer; their documents stay until quoth rm."""
    with open_workplace(home) as work:
        sources = read_sources(work.settings.sources)
        for place in places:
            name = str(absolute(place)) if isinstance(place, Path) else place
            if name not in {each.name for each in sources}:
                raise UsageError(f"{printable(name)} is no source; quoth source ls lists them.")
            gone = next(each for each in sources if each.name == name)
            sources = [each for each in sources if each.name != name]
            heir = Owners(sources).of(name, gone)
            if heir is not None and heir.collection != gone.collection:
                words = open_to(work.collections.find(heir.collection))
                note(messages.ANOTHER_READS_IT.format(
                    name=printable(name), other=printable(heir.name),
                    collection=printable(heir.collection), open_to=words,
                ))  # fmt: skip
        write_sources(work.settings.sources, sources)


@click.command()
@click.option("--dry-run", is_flag=True, help="Read everything, store nothing, and say what would happen.")
@click.option("--watch", is_flag=True, help="Go on, and look again every so often, until Ctrl-C.")
@click.option(
    "--every", type=Number(1, 86_400), default=60, show_default=True, metavar="SECONDS",
    help="How long --watch waits between two looks.",
)  # fmt: skip
@home_option
@json_option
def sync(*, dry_run: bool, watch: bool, every: float, home: Path | None, as_json: bool) -> None:
    """Bring all sources up to date: what is new or changed is read, what is gone is removed.

    A source that is away or empty as a whole is told of and keeps its documents: it may be a disk that
    is not there.  With --watch, sites are asked once an hour at most, what fails is told of as it begins
    to, and while sources.toml cannot be read or names no source, nothing is looked at.  Exit code 3: some
    files failed.
    """
    give_way()
    with open_workplace(home, gives_way=True) as work:
        rounds = _Rounds(work, dry_run=dry_run, as_json=as_json)
        failed = rounds.go()
        told: str | None = None
        while watch:
            time.sleep(every)
            try:
                failed = rounds.go(only_news=True)
                told = None
            except (StoreBusy, StoreFull, UsageError) as error:
                # Of that time, or sources.toml is being edited; a later round makes up for it.
                if str(error) != told:
                    note(str(error))
                told = str(error)
    if failed:
        sys.exit(EXIT_SOME_FAILED)


class _Rounds:
    """Rounds over all sources; sites are asked in the first, and then not more often than is polite."""

    def __init__(self, work: Workplace, *, dry_run: bool, as_json: bool) -> None:
        self._work, self._dry_run, self._as_json = work, dry_run, as_json
        self._asked: dict[str, float] = {}
        self._failed: dict[FollowedSource, set[Failure]] = {}

    def go(self, *, only_news: bool = False) -> bool:
        """One round; did something fail?"""
        sources = read_sources(self._work.settings.sources)
        if not sources:
            raise UsageError(NO_SOURCES)
        owners = Owners(sources, partial(pages_of, self._work))
        # The last first: where it takes a page from one before, that one lets it go at once.
        due = [each for each in reversed(sources) if self._is_due(each)]
        looked = [(each, self._rows(each, owners.elsewhere(each))) for each in due][::-1]
        report = Report(tuple(row for _, rows in looked for row in rows))
        began_to_fail = self._note_failures(looked)
        if self._as_json:
            print_json(report_record(report))
        elif not only_news or began_to_fail or any(row.status in NEWS for row in report.rows):
            print_report(report, dry_run=self._dry_run, by_type=True)
            for source, rows in looked:
                note_copies(self._work, rows, source.collection)
        return report.counts["failed"] > 0

    def _is_due(self, source: FollowedSource) -> bool:
        """A site is not asked in every round."""
        return time.monotonic() - self._asked.get(source.name, -SITE_SECONDS) >= SITE_SECONDS

    def _note_failures(self, looked: Iterable[tuple[FollowedSource, Sequence[Row]]]) -> bool:
        """Does something fail that did not when its source was last looked at?"""
        before = self._failed.copy()
        self._failed |= {
            source: {(row.source, row.reason) for row in rows if row.status == "failed"}
            for source, rows in looked
        }
        return any(self._failed[source] - before.get(source, set()) for source, _ in looked)

    def _rows(self, source: FollowedSource, elsewhere: Belonging) -> Sequence[Row]:
        place, collection = source.place, source.collection
        if isinstance(place, Start):
            self._asked[source.name] = time.monotonic()
            return run_ingest(
                self._work, pages=(place,), collection=collection, prune=True, dry_run=self._dry_run,
                elsewhere=elsewhere,
            ).rows  # fmt: skip
        if is_folder(place) and not any(map(fills, discover([place]))):
            note(f"{printable(source.name)} is empty; its documents stay")
        return run_ingest(
            self._work, (place,), collection=collection, base_url=source.base_url, prune=True,
            dry_run=self._dry_run, elsewhere=elsewhere,
        ).rows  # fmt: skip
