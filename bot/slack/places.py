"""Places for connections at the HTTP entry: so many at once, and none that is slow keeps another one out.

A request has a deadline by which it must have arrived whole, however it trickles.  Where all places are
taken, the connection that has been awaited for the longest gives its place to the one that comes: Slack's
requests are whole within milliseconds, so that only others are awaited for long.

But: what a request says is read elsewhere.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from contextlib import suppress
from typing import Any


class Places:
    """Who has a place; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._change = threading.Condition()
        self._awaited = dict[socket.socket, None]()  # nothing or a part has come; the longest awaited first
        self._whole = set[socket.socket]()  # being answered

    def give(self, connection: socket.socket) -> bool:
        """A place, perhaps another's; False where all have requests that are being answered."""
        with self._change:
            if len(self._awaited) + len(self._whole) >= self._most:
                slowest = next(iter(self._awaited), None)
                if slowest is None:
                    return False
                del self._awaited[slowest]
                with suppress(OSError):  # whoever reads from it finds its end
                    slowest.shutdown(socket.SHUT_RDWR)
            self._awaited[connection] = None
        return True

    def awaits(self, connection: socket.socket) -> None:
        """Its request was answered, and another one may follow."""
        with self._change:
            if connection in self._whole:
                self._whole.remove(connection)
                self._awaited[connection] = None

    def is_whole(self, connection: socket.socket) -> None:
        """A request has arrived.  Raises ConnectionAbortedError where the place was given to another one."""
        with self._change:
            if connection not in self._awaited:
                raise ConnectionAbortedError("the place was given to another connection")
            del self._awaited[connection]
            self._whole.add(connection)

    def leave(self, connection: socket.socket) -> None:
        """The connection has ended."""
        with self._change:
            self._awaited.pop(connection, None)
            self._whole.discard(connection)
            self._change.notify_all()

    def wait_empty(self, seconds: float) -> bool:
        """Wait until all have left; whether it came to that."""
        with self._change:
            return self._change.wait_for(lambda: not self._awaited and not self._whole, timeout=seconds)


class Arriving(io.RawIOBase):
    """The bytes of a connection, until `deadline` (of `time.monotonic`), not for so long after each."""

    deadline = 0.0

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises TimeoutError when the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("a request did not arrive in time")
        before = self._connection.gettimeout()
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(before)  # what is sent has a time of its own
