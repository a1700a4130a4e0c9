"""Whose turn it is on the processors: an answer's, before anything that can wait.

The scheduler's priorities end at the borders of sessions, services and containers; a lock on a file of the
home does not.  Whoever answers holds it, shared with others who do.  Work that can wait looks before each
inference whether it is held, and waits.  The system releases the lock of a process that was killed.

But: where there are no such locks (Windows, some network drives) nobody waits for anybody.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - not on POSIX
    fcntl = None  # type: ignore[assignment]

PATIENCE = 3.0
"""Seconds waited for a second of work, at most, so that work goes on beside a bot that always answers."""
MOST = 5.0  # seconds of waiting that can be saved up
LOOK = 0.003  # seconds between two looks


class RightOfWay:
    """The lock of a home; safe to share between threads, but for `wait`."""

    def __init__(
        self,
        file: Path | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`file`: made when it is needed; None where there is no folder for it, and nobody waits."""
        self._file = file
        self._clock, self._sleep = clock, sleep
        self._left = MOST  # seconds that may be waited
        self._since: float | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While this lasts, work that can wait does."""
        handle = self._open()
        try:
            if handle is not None:
                with suppress(OSError):
                    fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def wait(self) -> None:
        """Wait until nobody answers, or as long as the time that was worked since allows."""
        now = self._clock()
        if self._since is not None:
            self._left = min(MOST, self._left + PATIENCE * (now - self._since))
        handle = self._open()
        if handle is not None:
            try:
                until = now + self._left
                while now < until and _is_held(handle):
                    self._sleep(LOOK)
                    now = self._clock()
                self._left = max(0.0, until - now)
            finally:
                os.close(handle)
        self._since = now

    def _open(self) -> int | None:
        if self._file is None or fcntl is None:
            return None
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return None


def _is_held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False
