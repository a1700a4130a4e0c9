"""Files and folders into the store; again and again, touching only what has changed.

A file whose size and time stamp are those of the last time is not even opened; one whose SHA-256 is
the same is only noted.  Every path that was looked at ends as one row of the report.

But: which files there are is found in `discovery.py`, and how a kind of file is read is the readers' to
know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

from retrieval.discovery import FoundFile, Obstacle, absolute, discover, fills, is_folder
from retrieval.errors import ReadError
from retrieval.intake import MAX_BYTES, DocumentReader, Intake, Item
from retrieval.readers.formats import ARCHIVE, announced_format
from retrieval.readers.member_names import formerly_known_by, known_by
from retrieval.readers.pool import Member
from retrieval.report import Progress, Row
from retrieval.stored import DocumentRecord


def ingest_files(
    paths: Sequence[Path],
    intake: Intake,
    reader: DocumentReader,
    *,
    base_url: str | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Bring a collection up to date with files and folders.

    `base_url`: where the pages can be seen, see `page_url`.  A KeyboardInterrupt leaves whole documents
    only.
    """
    roots = list(map(absolute, paths))
    rows = intake.handed_over(each for each in intake.known.values() if _is_under(Path(each.source), roots))
    known = {source: each for source, each in intake.known.items() if intake.elsewhere(source) is None}
    job = _Job(intake=replace(intake, known=known), known=known, reader=reader, base_url=base_url)
    there = list(discover(paths))
    found = [own for each in there if (own := _if_own(each, intake)) is not None]
    for number, each in enumerate(found, 1):
        rows += [job.obstacle(each)] if isinstance(each, Obstacle) else job.rows_of(each)
        if progress is not None and rows:
            progress(number, len(found), rows[-1])
    folders = [root for root in roots if is_folder(root)]
    filling = [each.path for each in there if fills(each)]
    empty = [root for root in folders if not any(path.is_relative_to(root) for path in filling)]
    return rows + job.gone(folders, found, empty)


def page_url(base_url: str, shown: str) -> str:
    """Where a page can be seen: `{path}` and `{stem}` (the path without its suffix) stand for the file.

    Without either, the path is put behind the address.
    """
    path = quote(shown)
    stem = quote(str(Path(shown).with_suffix("")))
    if "{path}" in base_url or "{stem}" in base_url:
        return base_url.replace("{path}", path).replace("{stem}", stem)
    return f"{base_url.rstrip('/')}/{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One run over files; each method makes rows of the report."""

    intake: Intake
    known: dict[str, DocumentRecord]  # the intake's, in which documents change their sources
    reader: DocumentReader
    base_url: str | None

    def obstacle(self, found: Obstacle) -> Row:
        return Row(
            status="failed" if found.failed else "skipped",
            path=found.shown,
            source=storable(found.path),
            reason=found.reason,
        )

    def rows_of(self, found: FoundFile) -> list[Row]:
        """Rows for a file: one, or one for each file in an archive."""
        if found.path.suffix.lower() not in ARCHIVE.suffixes:
            return [self.intake.guarded(self._item(found), partial(self._bring_up_to_date, found))]
        try:
            data, size, _ = _read_steadily(found.path)
            members = self.reader.members(data, found.path.name)
        except ReadError as error:
            return [Row(status="failed", path=found.shown, source=storable(found.path), reason=str(error))]
        items = self._items_in(replace(found, size=size, named=False), members)
        self._take_over(found.path, items)
        rows = [
            self.intake.guarded(item, partial(self._member, item, data, found.path.name, member))
            for member, item in items
        ]
        seen = {row.source for row in rows}
        inside_before = [each for each in self.known if Path(each).is_relative_to(found.path)]
        return rows + [self.intake.absent(self.known[each]) for each in inside_before if each not in seen]

    def _items_in(self, archive: FoundFile, members: Sequence[Member]) -> list[tuple[Member, Item]]:
        names = known_by(member.name for member in members)
        items = list[tuple[Member, Item]]()
        for member in members:
            path, shown = archive.path / names[member.name], f"{archive.shown}/{member.shown}"
            found = replace(archive, path=path, shown=shown, mtime_ns=member.mtime_ns)
            items.append((member, self._item(found)))
        return items

    def _take_over(self, archive: Path, items: Sequence[tuple[Member, Item]]) -> None:
        """Let members have the documents that were once known by the names that people are shown.

        Of several members with one such name the one that the document was made of has it, else the first.
        """
        own = {item.source for _, item in items}
        waiting = list[tuple[bool, DocumentRecord, Item]]()
        for member, item in items:
            former = archive / formerly_known_by(member.name)
            record = self.known.get(storable(former))
            if record is None or record.source in own or item.source in self.known:
                continue
            if former.is_relative_to(archive):  # a name that began with // had led out of it
                waiting.append((record.sha256 != member.sha256, record, item))
        for _, record, item in sorted(waiting, key=lambda each: each[0]):
            if record.source in self.known:
                self._move(record, item, item.shown)

    def gone(
        self, roots: Sequence[Path], found: Sequence[FoundFile | Obstacle], empty: Sequence[Path]
    ) -> list[Row]:
        """Rows for documents of the named folders, absolute, whose files were not seen.

        Those of an `empty` one stay: it may be where a disk or a share belongs that is not there.
        """
        seen = {storable(each.path) for each in found}
        # Nothing is known of what lies in a folder that cannot be opened or was not entered.
        unknown = [each.path for each in found if isinstance(each, Obstacle)]
        archives = {each.path for each in found if each.path.suffix.lower() in ARCHIVE.suffixes}
        rows = []
        for source, record in self.known.items():
            path = Path(source)
            if source in seen or not _is_under(path, roots):
                continue
            if any(path.is_relative_to(each) for each in unknown) or not archives.isdisjoint(path.parents):
                continue
            if _is_under(path, empty):
                rows.append(self.intake.left(record, "its folder is empty"))
            else:
                rows.append(self.intake.absent(record))
        return rows

    def _item(self, found: FoundFile) -> Item:
        return Item(
            source=storable(found.path),
            shown=found.shown,
            size=found.size,
            mtime_ns=found.mtime_ns,
            named=found.named,
            url=page_url(self.base_url, found.shown) if self.base_url else None,
        )

    def _bring_up_to_date(self, found: FoundFile) -> Row:
        announced_format(found.path.name)  # before a film of gigabytes is opened
        item = self._item(found)
        record = self.known.get(item.source)
        renamed = record if record and not _is_named_alike(record, item) else None  # we were interrupted
        settled = record and not renamed and self.intake.is_current(record) and item.url in (None, record.url)
        if settled and record and (record.size, record.mtime_ns) == (found.size, found.mtime_ns):
            return item.row("unchanged", record)
        data, size, mtime_ns = _read_steadily(found.path)
        sha256 = hashlib.sha256(data).hexdigest()
        if settled and record and record.sha256 == sha256:
            if not self.intake.dry_run:
                self.intake.store.touch(record.id, size=size, mtime_ns=mtime_ns)
            return item.row("unchanged", record)
        before = renamed or (None if record else self._moved_here(item, sha256))
        if before is not None and _is_read_alike(before, item):
            self._move(before, item, item.shown)
            return item.row("moved", before, f"was {before.path}")
        document = self.reader.read(data, found.path.name)
        item = replace(item, size=size, mtime_ns=mtime_ns)
        if before is None:
            return self.intake.keep(item, document, sha256, record)
        # The path stays until the document is stored: by it the next run knows that this one was interrupted.
        self._move(before, item, before.path)
        row = self.intake.keep(item, document, sha256, None)  # nor is its link that of the other name
        notes = "; ".join(filter(None, [f"was {before.path}", row.reason]))
        return replace(row, status="moved", reason=notes)

    def _move(self, record: DocumentRecord, item: Item, path: str) -> None:
        """Let a document be known by the item's source; what was made of it stays."""
        if not self.intake.dry_run:
            self.intake.store.move(record.id, source=item.source, path=path, url=record.url)
        del self.known[record.source]
        self.known[item.source] = replace(record, source=item.source, path=path)

    def _member(self, item: Item, data: bytes, archive: str, member: Member) -> Row:
        """The row for a file in an archive, whose bytes are `data`."""
        record = self.known.get(item.source)
        settled = record and self.intake.is_current(record) and item.url in (None, record.url)
        if settled and record and record.sha256 == member.sha256:
            if record.mtime_ns != item.mtime_ns and not self.intake.dry_run:
                self.intake.store.touch(record.id, size=item.size, mtime_ns=item.mtime_ns)
            return item.row("unchanged", record)
        document = self.reader.read_member(data, archive, member.name)
        return self.intake.keep(item, document, member.sha256, record)

    def _moved_here(self, item: Item, sha256: str) -> DocumentRecord | None:
        """The document of a file that has gone, with a new one's very bytes; of the same name if possible.

        One that another version of Quoth made is told as gone, and the new file read.
        """
        recipe = self.intake.settings.recipe
        alike = [each for each in self.known.values() if (each.sha256, each.recipe) == (sha256, recipe)]
        for record in sorted(alike, key=lambda each: not _is_named_alike(each, item)):
            source = Path(record.source)
            if source.is_absolute() and _is_gone(source):  # others are no files at all
                return record
        return None


def _is_under(path: Path, roots: Iterable[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def _if_own(found: FoundFile | Obstacle, intake: Intake) -> FoundFile | Obstacle | None:
    """What was found, unless another run reads it; that leaves a link to its files for nobody to tell of."""
    to = intake.elsewhere(storable(found.path))
    if to is None:
        return found
    if not found.path.is_symlink():
        return None
    return Obstacle(found.path, found.shown, f"a link to what belongs to {to.place}", failed=False)


def _is_named_alike(record: DocumentRecord, item: Item) -> bool:
    """Does the file still have the name of which its document's title and format may be?"""
    return Path(record.path).name == Path(item.shown).name


def _is_read_alike(before: DocumentRecord, item: Item) -> bool:
    """Would a file that has moved be the same document if it were read anew?  A link can be of its path."""
    linked_alike = item.url in (None, before.url) and (before.url is None or before.path == item.shown)
    return linked_alike and _is_named_alike(before, item)


def _read_steadily(path: Path) -> tuple[bytes, int, int]:
    """A file's bytes, size and time stamp, all of one state; a file that changes meanwhile is read again."""
    try:
        for _ in range(3):
            before = path.stat()
            if before.st_size > MAX_BYTES:
                raise ReadError(f"has {before.st_size >> 20:,} MB; at most {MAX_BYTES >> 20:,} MB are read")
            data = path.read_bytes()
            after = path.stat()
            if (
                (before.st_size, before.st_mtime_ns)
                == (after.st_size, after.st_mtime_ns)
                == (
                    len(data),
                    before.st_mtime_ns,
                )
            ):
                return data, after.st_size, after.st_mtime_ns
    except FileNotFoundError as error:
        raise ReadError("vanished while it was being read") from error
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}") from error
    raise ReadError("kept changing while it was being read; ingest it again later")


def _is_gone(path: Path) -> bool:
    """Is there no such file, nor an archive that it could be in?"""
    return not path.exists() and not any(parent.is_file() for parent in path.parents)


def storable(path: Path) -> str:
    """What the document of a file is known by: its path, which should be absolute."""
    # A name that is no UTF-8 has surrogates in it, which SQLite cannot store.
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
