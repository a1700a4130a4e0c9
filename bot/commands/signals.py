"""Commands that run until they are told to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOK_SECONDS = 0.2  # how often it is looked whether a signal came


class Stopping:
    """Whether SIGTERM or Ctrl-C came."""

    def __init__(self) -> None:
        self._signals: list[int] = []

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        # Subtle: an Event's lock may be held by the very thread that this interrupts.
        self._signals.append(number)

    def wait(self) -> None:
        """Until it comes."""
        while not self._signals:
            time.sleep(LOOK_SECONDS)


@contextmanager
def stopping() -> Iterator[Stopping]:
    """From here on, signals that would end the process are only noted."""
    noted = Stopping()
    before = {number: signal.signal(number, noted.on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
