"""The local workspace as the tests want it: a Slack that can be told to misbehave as Slack does.

Each request takes the next fault that is queued for its method, and a right treatment when none is left.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.workspace import Channel, Message, Person
from bot.workspace import slack as workspace
from bot.workspace.server import Handler

__all__ = ["Channel", "Message", "Person", "Slack", "running"]

Fault = Callable[[Handler, Callable[[], Any]], None]
"""Treats a request; the function given does what was asked for, and returns what Slack would answer."""


class Slack(workspace.Slack):
    """A Slack that does what it is told to do wrong."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        super().__init__(manifest)
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)

    def misbehave(self, method: str, *faults: Fault) -> None:
        """The next requests of a method (or of "response_url") go wrong like this, one each."""
        with self._guard:
            self.faults[method].extend(faults)

    def treat(self, handler: Handler, name: str, work: Callable[[], Any]) -> None:
        with self._guard:
            queue = self.faults.get(name)
            fault = queue.popleft() if queue else None
        if fault is None:
            super().treat(handler, name, work)
        else:
            fault(handler, work)


@contextmanager
def running(manifest: Mapping[str, Any]) -> Iterator[Slack]:
    """A Slack with the app installed."""
    slack = Slack(manifest)
    slack.start()
    try:
        yield slack
    finally:
        slack.stop()


def rate_limited(seconds: int) -> Fault:
    """429, and come back after so long."""
    return lambda handler, _: handler.answer(
        429, b'{"ok":false,"error":"ratelimited"}', "application/json", Retry_After=str(seconds)
    )


def server_error(status: int = 500, body: bytes = b"<html>Oops</html>") -> Fault:
    """A server's error with a page of HTML; nothing was done."""
    return lambda handler, _: handler.answer(status, body, "text/html")


def error_after(status: int = 500) -> Fault:
    """A server's error although it was done."""

    def fault(handler: Handler, work: Callable[[], Any]) -> None:
        work()
        handler.answer(status, b"<html>Oops</html>", "text/html")

    return fault


def refused(code: str) -> Fault:
    """The Web API says no."""
    return lambda handler, _: handler.respond({"ok": False, "error": code})


def reset(*, after: bool) -> Fault:
    """A TCP reset, before or after it was done."""

    def fault(handler: Handler, work: Callable[[], Any]) -> None:
        if after:
            work()
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.close_connection = True
        os.close(handler.connection.detach())

    return fault


def slow(seconds: float) -> Fault:
    """Right, and late."""

    def fault(handler: Handler, work: Callable[[], Any]) -> None:
        time.sleep(seconds)
        handler.respond(work())

    return fault
