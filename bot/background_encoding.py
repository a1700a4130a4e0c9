"""Encoding anew while the bot runs: a version of Quoth with another encoder finds old vectors in the store.

Until it is through, the documents that wait are found by their words alone; each is found by its meaning as
soon as it is encoded.  Stopped, it goes on with the next start.

But: documents that were stored without vectors on purpose are left alone; `quoth reindex` is for these.
"""

from __future__ import annotations

import logging
import time
from threading import Event, Thread

from bot import messages
from bot.composition import Workplace
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)

TELL_EVERY = 60.0  # seconds


class BackgroundEncoding:
    """Encodes in a thread of its own between `start` and `stop`."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._told = Event()
        self._thread = Thread(target=self._run, name="encoding")
        self._last = 0.0

    def start(self) -> None:
        """Begin, if there is anything to do."""
        if self._work.store.encoded_otherwise(self._work.encoder.id):
            self._thread.start()

    def stop(self) -> None:
        """End with the documents that are being encoded."""
        self._told.set()
        self.join()

    def join(self) -> None:
        """Wait until it is through."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            done = self._work.encode_anew(self._told.is_set, self._show)
        except (EngineError, RetrievalError) as error:
            log.error("encoding anew ended early: %s", error)
        else:
            log.warning("%s", messages.ENCODED_ANEW.format(passages=done.passages))

    def _show(self, done: int, total: int) -> None:
        if time.monotonic() - self._last >= TELL_EVERY:
            self._last = time.monotonic()
            log.warning("%s", messages.ENCODING_ANEW.format(done=done, total=total))
