"""One bot a home: a second one would take what the first has under way for what a crash left, and answer it
again.

Whoever runs holds a lock on a file of the home, which the system releases however the process ends.

But: where there are no such locks (Windows, some network drives) nobody is refused.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot import messages
from bot.errors import BotError

try:
    import fcntl
except ImportError:  # pragma: no cover - not on POSIX
    fcntl = None  # type: ignore[assignment]


class Occupancy:
    """Whether a bot runs on a home: the one that has taken it, until it releases it."""

    def __init__(self, file: Path) -> None:
        """`file`: made when it is needed, and stays: two bots could lock two files of one name."""
        self._file = file
        self._handle: int | None = None

    def take(self) -> None:
        """Raises BotError where another bot runs on this home."""
        if fcntl is not None:
            try:
                self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.release()
                raise BotError(messages.HOME_TAKEN.format(home=self._file.parent)) from None
            except OSError:  # no locks here, or nothing can be written, of which the records tell
                self.release()

    def release(self) -> None:
        """Let another bot run; nothing where this one has not taken the home."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
