"""Pages that somebody keeps and changes beside a bot that runs.

But: what becomes of the answers is for the tests to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bot import messages
from bot.composition import Workplace
from bot.settings import Settings
from tests.slack_bot import Bot

LAPTOPS = "When are laptops replaced?"


FOUR = "Laptops are replaced after four years."


FIVE = "Laptops are replaced after five years."


PINNED = "When they are slow, I say."


STANDS, CHANGED, GONE, ENDED = messages.STALE.values()


class Handbook:
    """A folder of pages that somebody keeps and reads in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "pages", folder / "home"
        self.folder.mkdir()

    def write(self, *paragraphs: str, page: str = "it.md", collection: str = "staff") -> None:
        """Write a page anew, and ingest."""
        (self.folder / page).write_text("# Equipment\n\n" + "\n\n".join(paragraphs), "utf-8")
        self.ingest(collection=collection)

    def remove(self, page: str = "it.md") -> None:
        (self.folder / page).unlink()
        self.ingest()

    def ingest(self, *, collection: str = "staff", force: bool = False) -> None:
        with Workplace(Settings(home=self.home)) as work:
            work.ingest([self.folder], collection=collection, prune=True, force=force, vectors=False)


def looked_at(bot: Bot) -> None:
    """Wait until the bot has seen every change and has nothing left to look at."""
    desk, store = bot.service.desk, bot.work.store
    assert desk.questions.wait_idle(20)
    newest = store.changes(None)[0]

    def done() -> bool:
        return desk.records.posted.reached(store.identity) == newest and not desk.records.posted.due(1)

    wait(done)
    assert desk.errands.wait_idle(20)


def wait(what: Callable[[], bool]) -> None:
    """Wait until something is so that nobody tells of."""
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)
