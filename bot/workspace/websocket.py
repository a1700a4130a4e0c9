"""The server's side of a WebSocket (RFC 6455), as far as Socket Mode goes, on a socket of the HTTP server.

But: no extensions, no fragments from the client.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def accept_key(key: str) -> str:
    """The answer to a client's Sec-WebSocket-Key."""
    return base64.b64encode(hashlib.sha1((key + GUID).encode(), usedforsecurity=False).digest()).decode()


class WebSocket:
    """An open WebSocket; sending is safe from any thread."""

    def __init__(self, connection: socket.socket, read: Callable[[int], bytes]) -> None:
        self._connection, self._read = connection, read
        self._sending = threading.Lock()
        self.deaf = False  # a half-open connection: nothing is read, nothing is answered
        self._resetting = False
        self._left, self._gone = threading.Event(), threading.Event()

    def send(self, text: str) -> None:
        self._frame(TEXT, text.encode())

    def receive(self) -> str | None:
        """The next text; None when the connection ends.  Pings are answered on the way."""
        while True:
            try:
                head = self._exactly(2)
                kind, length = head[0] & 0x0F, head[1] & 0x7F
                if length == 126:
                    (length,) = struct.unpack("!H", self._exactly(2))
                elif length == 127:
                    (length,) = struct.unpack("!Q", self._exactly(8))
                mask = self._exactly(4) if head[1] & 0x80 else b"\0\0\0\0"
                data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(self._exactly(length)))
            except (OSError, ValueError, EOFError):
                self._left.set()
                if self._resetting:
                    self._gone.wait(10)  # or the server would say goodbye before the reset
                return None
            if self.deaf:
                continue
            if kind == TEXT:
                return data.decode()
            if kind == PING:
                self._frame(PONG, data)
            elif kind == CLOSE:
                return None

    def close(self, code: int = 1000) -> None:
        try:
            self._frame(CLOSE, struct.pack("!H", code))
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def reset(self) -> None:
        """A TCP reset, without a word."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._resetting = True
        self._connection.shutdown(socket.SHUT_RD)  # subtle: a socket that is being read is not closed
        self._left.wait(10)
        os.close(self._connection.detach())
        self._gone.set()

    def _exactly(self, count: int) -> bytes:
        data = self._read(count)
        if len(data) != count:
            raise EOFError
        return data

    def _frame(self, kind: int, data: bytes) -> None:
        if len(data) < 126:
            head = struct.pack("!BB", 0x80 | kind, len(data))
        elif len(data) < 65_536:
            head = struct.pack("!BBH", 0x80 | kind, 126, len(data))
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 127, len(data))
        with self._sending:
            self._connection.sendall(head + data)
