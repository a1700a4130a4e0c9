"""The HTTP entry beside senders that trickle: they hold up nobody, and not for long.

Slack's side is real sockets; the app behind the entry only counts.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import App, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.slack import http_entry
from bot.slack import places as places_module
from bot.slack.http_entry import CONNECTIONS, HttpEntry
from bot.slack.manifest import EVENTS_PATH
from bot.slack.places import Arriving, Places
from tests.clock import Clock

SECRET = "the-signing-secret-of-these-tests"
BODY = '{"type": "event_callback"}'
TRICKLING = {
    "in its first line": b"P",
    "in its headers": f"POST {EVENTS_PATH} HTTP/1.1\r\nX-Trickling: ".encode(),
    "in its body": f"POST {EVENTS_PATH} HTTP/1.1\r\nContent-Length: 900000\r\n\r\n".encode(),
}


@contextmanager
def listening(app: Mock) -> Iterator[HttpEntry]:
    app.oauth_flow = None
    entry = HttpEntry(app, SECRET, host="127.0.0.1", port=0)
    entry.open()
    try:
        yield entry
    finally:
        entry.close()


@pytest.fixture
def app() -> Mock:
    made = Mock(App)
    made.dispatch.return_value = BoltResponse(status=200, body="taken in")
    return made


def address(entry: HttpEntry) -> tuple[str, int]:
    host, port = entry.server_address[:2]
    return str(host), port


def trickling(entry: HttpEntry, begin: bytes) -> socket.socket:
    connection = socket.create_connection(address(entry), timeout=10)
    connection.sendall(begin)
    return connection


def asks(entry: HttpEntry) -> int:
    """One of Slack's requests; its status."""
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=BODY)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(signature),
    }
    connection = http.client.HTTPConnection(*address(entry), timeout=10)
    try:
        connection.request("POST", EVENTS_PATH, BODY, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("begin", TRICKLING.values(), ids=TRICKLING)
def test_slow_senders_keep_nobody_out(app: Mock, begin: bytes) -> None:
    """More of them than there are places, and new ones all the time: each of Slack's requests is answered."""
    with listening(app) as entry, ExitStack() as slow:
        for _ in range(CONNECTIONS + 6):
            slow.enter_context(trickling(entry, begin))
        answers = []
        for _ in range(20):
            answers.append(asks(entry))
            slow.enter_context(trickling(entry, begin))
        assert answers == [200] * 20
        assert app.dispatch.call_count == 20


@pytest.mark.parametrize("begin", TRICKLING.values(), ids=TRICKLING)
def test_a_request_has_so_long_in_all(app: Mock, begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However steadily it trickles, it is let go while it still does."""
    monkeypatch.setattr(http_entry, "READ_SECONDS", 0.5)
    with listening(app) as entry, trickling(entry, begin) as connection:
        ended = threading.Event()

        def trickle() -> None:
            with suppress(OSError):
                while not ended.wait(0.05):
                    connection.sendall(b"x")

        sender = threading.Thread(target=trickle)
        sender.start()
        try:
            with suppress(ConnectionResetError):  # what it sent last was not read
                while connection.recv(4096):
                    pass
        finally:
            ended.set()
            sender.join()
        assert entry.places.wait_empty(10)
        app.dispatch.assert_not_called()


def test_one_request_after_the_other(app: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a connection has its own time."""
    clock = Clock()
    for module in (http_entry, places_module):
        monkeypatch.setattr(module, "time", Mock(monotonic=clock))
    with listening(app) as entry:
        connection = http.client.HTTPConnection(*address(entry), timeout=10)
        for _ in range(4):
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"ok"
            clock.now += 0.8 * http_entry.READ_SECONDS
        connection.close()


def test_who_says_nothing_is_let_go(app: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first, or after an answer."""
    monkeypatch.setattr(http_entry, "READ_SECONDS", 0.3)
    with listening(app) as entry:
        with trickling(entry, b"") as connection:
            assert connection.recv(4096) == b""
        monkeypatch.setattr(http_entry, "READ_SECONDS", 3.0)
        with trickling(entry, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
            said = b""
            while part := connection.recv(4096):
                said += part
            assert said.endswith(b"ok")


def test_what_arrived_too_late_is_not_begun(app: Mock) -> None:
    """A request that became whole as its place was given away would be answered to nobody: Slack sends it again."""
    places = Places(1)
    with socket.socket() as first, socket.socket() as second:
        assert places.give(first)
        assert places.give(second)
        with pytest.raises(ConnectionAbortedError):
            places.is_whole(first)
        places.is_whole(second)
        assert not places.give(first)
        places.awaits(second)
        assert places.give(first)
        assert not places.wait_empty(0)
        places.leave(first)
        assert places.wait_empty(0)


STEPS = st.lists(st.tuples(st.sampled_from(["give", "whole", "awaits", "leave"]), st.integers(0, 5)))


@given(steps=STEPS, most=st.integers(1, 4))
def test_places(steps: list[tuple[str, int]], most: int) -> None:
    """Never more than there are; nobody who is answered loses theirs; of the others the longest awaited does."""
    connections = [Mock(socket.socket) for _ in range(6)]
    places, awaited, whole = Places(most), list[int](), set[int]()
    for step, number in steps:
        connection = connections[number]
        if step == "give" and number not in awaited and number not in whole:
            given_up = awaited.pop(0) if len(awaited) + len(whole) == most and awaited else None
            has_room = len(awaited) + len(whole) < most
            assert places.give(connection) == has_room
            if has_room:
                awaited.append(number)
            if given_up is not None:
                connections[given_up].shutdown.assert_called()
        elif step == "whole" and number in awaited:
            places.is_whole(connection)
            awaited.remove(number)
            whole.add(number)
        elif step == "awaits":
            places.awaits(connection)
            if number in whole:
                whole.remove(number)
                awaited.append(number)
        elif step == "leave":
            places.leave(connection)
            awaited = [each for each in awaited if each != number]
            whole.discard(number)
        assert (list(places._awaited), places._whole) == (
            [connections[each] for each in awaited],
            {connections[each] for each in whole},
        )


def test_no_time_is_left() -> None:
    """Then nothing is read, though it is there; the time for writing is as it was."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(7.0)
        theirs.sendall(b"late")
        arriving = Arriving(ours)
        with pytest.raises(TimeoutError):
            arriving.read(4)
        arriving.deadline = time.monotonic() + 60
        assert arriving.read(4) == b"late"
        assert ours.gettimeout() == 7.0
