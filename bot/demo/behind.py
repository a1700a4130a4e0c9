"""What stands behind the bot of the demo: its last answers looked into, and documents dropped on the page.

A dropped file is kept in the demo's home and read by the production ingest, one after the other, in a thread.

But: how the page shows it is the workspace's business.
"""

from __future__ import annotations

import itertools
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from queue import SimpleQueue
from typing import Any

from bot.composition import Workplace
from bot.demo.cast import DROPPED
from bot.demo.insight import insight
from bot.records.records import Records
from bot.workspace.state import TEAM
from retrieval.report import Row

log = logging.getLogger(__name__)

MOST_NAME = 120
MOST_SHOWN = 6  # files whose fate is shown


class Behind:
    """The workspace's `Backstage`.  `close` it."""

    def __init__(
        self,
        work: Workplace,
        records: Records,
        *,
        folder: Path,
        suggestions: Mapping[str, Sequence[str]],
        changed: Callable[[], None],
    ) -> None:
        """`folder`: where dropped files are kept.  `changed` is called when there is more to see."""
        self.suggestions = suggestions
        self._work, self._records, self._folder, self._changed = work, records, folder, changed
        self._guard = threading.Lock()
        self._uploads: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self._documents = self._list()
        self._waiting: SimpleQueue[tuple[str, Path] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._read_all, name="dropped", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Read what is under way to its end, and nothing more."""
        self._waiting.put(None)
        self._thread.join()

    def items(self) -> Mapping[str, Any]:
        with self._guard:
            return {"documents": self._documents, "uploads": list(self._uploads.values())[-MOST_SHOWN:]}

    def insight(self, person: str) -> Mapping[str, Any] | None:
        latest = self._records.recent(TEAM, person, 1)
        return insight(self._work, latest[0]) if latest else None

    def take(self, name: str, data: bytes) -> None:
        """Keep a file and have it read.  One of the same name as another takes its place."""
        path = self._folder / plain_name(name)
        number = f"upload {next(self._numbers)}"
        self._note(number, name=path.name, state="waiting", detail="")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            self._note(number, state="failed", detail=f"cannot be kept: {error.strerror}")
            return
        self._waiting.put((number, path))

    def _read_all(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            number, path = waiting
            self._note(number, state="reading")
            try:
                read, detail = _told(self._work.ingest([path], collection=DROPPED).rows)
                documents = self._list()
            except Exception:  # whatever it was, the next file is read
                log.exception("a dropped file could not be stored")
                self._note(number, state="failed", detail="cannot be stored; the log says why")
                continue
            with self._guard:
                self._documents = documents
            self._note(number, state="done" if read else "failed", detail=detail)

    def _list(self) -> list[dict[str, Any]]:
        quoted = self._work.settings.slack.collections
        documents = sorted(self._work.store.documents(quoted), key=lambda d: (d.collection, d.path))
        return [
            {
                "title": document.title or document.path, "path": document.path,
                "collection": document.collection, "passages": document.passages,
            }
            for document in documents
        ]  # fmt: skip

    def _note(self, number: str, **what: Any) -> None:
        with self._guard:
            self._uploads[number] = {"number": number, **self._uploads.get(number, {}), **what}
            ended = [each for each, upload in self._uploads.items() if upload["state"] in ("done", "failed")]
            for each in ended[: max(0, len(self._uploads) - MOST_SHOWN)]:
                del self._uploads[each]
        self._changed()


def _told(rows: Sequence[Row]) -> tuple[bool, str]:
    """Whether anything of a file could be read, and in a few words what; of an archive, of all in it."""
    read = [row for row in rows if row.status not in ("failed", "skipped", "missing")]
    passages = sum(row.passages for row in read)
    count = "1 passage" if passages == 1 else f"{passages:,} passages"
    if len(rows) == 1:
        return bool(read), rows[0].reason or (count if read else "cannot be read")
    if not read:
        return False, f"nothing in it can be read: {rows[0].reason}" if rows else "there is nothing in it"
    return True, f"{len(read):,} of {len(rows):,} files, {count}"


def plain_name(name: str) -> str:
    """The last part of a name, without what a file's name may not have or a person cannot see."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = re.sub(r"[^\w .()+,@&'-]", "_", last).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[:MOST_NAME]}{dot}{suffix[:20]}" if stem else kept[:MOST_NAME] or "file"
