"""The HTTP entry: what is not Slack's, or not whole, is refused with a 4xx, unread and unlogged."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from bot.slack import http_entry
from bot.slack.http_entry import HttpEntry
from bot.slack.manifest import manifest
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Slack, running
from tests.stores import put

PATH = "/slack/events"
CHALLENGE = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "unused"})
SECRET_WORDS = "the-words-of-somebody"


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("http", url="https://quoth.example")) as started:
        yield started


@pytest.fixture(scope="module")
def bot(slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    home = tmp_path_factory.mktemp("http")
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    with (
        pytest.MonkeyPatch.context() as patch,
        running_bot(home, slack, "http", gate=Gate(TOKENIZER, {"four years": 5.0})) as started,
    ):
        patch.setattr(http_entry, "READ_SECONDS", 0.5)
        yield started


def send(
    bot: Bot, body: bytes | str, headers: Mapping[str, str], *, path: str = PATH, method: str = "POST"
) -> tuple[int, str]:
    """One request; its status and body."""
    host, port = bot.service.address
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def raw(bot: Bot, data: bytes) -> bytes:
    """Bytes, and what comes back."""
    with socket.create_connection(bot.service.address, timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(4096):
            answer += part
        return answer


def signed(
    slack: Slack, body: str, *, at: float | None = None, kind: str = "application/json"
) -> dict[str, str]:
    return {**slack.signed(body, at=at), "Content-Type": kind}


def test_slack_checks_the_address(slack: Slack, bot: Bot) -> None:
    """url_verification, as when the address is entered."""
    status, text = send(bot, CHALLENGE, signed(slack, CHALLENGE))
    assert (status, json.loads(text)) == (200, {"challenge": "c0ffee"})


def bad_headers(slack: Slack) -> dict[str, dict[str, str]]:
    good = slack.signed(CHALLENGE)
    stamp, signature = good["X-Slack-Request-Timestamp"], good["X-Slack-Signature"]
    other = slack.signed(CHALLENGE + " ")["X-Slack-Signature"]
    return {
        "none": {},
        "no signature": {"X-Slack-Request-Timestamp": stamp},
        "no timestamp": {"X-Slack-Signature": signature},
        "of another body": {**good, "X-Slack-Signature": other},
        "of another version": {**good, "X-Slack-Signature": signature.replace("v0", "v1")},
        "in capitals": {**good, "X-Slack-Signature": signature.upper()},
        "empty": {**good, "X-Slack-Signature": ""},
        "not ASCII": {**good, "X-Slack-Signature": "v0=\xe9" + signature[4:]},
        "too long": {**good, "X-Slack-Signature": signature + "0" * 5_000},
        "five minutes old": slack.signed(CHALLENGE, at=time.time() - 301),
        "of the future": slack.signed(CHALLENGE, at=time.time() + 301),
        "of no time": {**good, "X-Slack-Request-Timestamp": "now"},
        "of a negative time": {**good, "X-Slack-Request-Timestamp": "-5"},
        "of an endless time": {**good, "X-Slack-Request-Timestamp": "9" * 400},
        "of a time in other digits": {**good, "X-Slack-Request-Timestamp": "\xb2\xb3"},
    }


def test_a_bad_signature_is_401(slack: Slack, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """Bad, missing, odd or old: refused, whatever the body is, and nothing of the body is logged."""
    caplog.set_level(logging.DEBUG, "bot")
    body = CHALLENGE.replace("c0ffee", SECRET_WORDS)
    for name, headers in bad_headers(slack).items():
        for sent in (body, "{", "", "payload=%"):
            status, text = send(bot, sent, {**headers, "Content-Type": "application/json"})
            assert (status, text) == (401, ""), name
    assert SECRET_WORDS not in caplog.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("", "application/json"),
        ("[]", "application/json"),
        ("null", "application/json"),
        ("[" * 100_000, "application/json"),
        ("payload={", "application/x-www-form-urlencoded"),
        ("payload=3", "application/x-www-form-urlencoded"),
        ("", "application/x-www-form-urlencoded"),
        ("&".join(f"a{i}=1" for i in range(5_000)), "application/x-www-form-urlencoded"),
        ("{", "text/plain"),
    ],
)  # fmt: skip
def test_a_signed_body_that_is_none_is_400(slack: Slack, bot: Bot, body: str, kind: str) -> None:
    """Bad JSON, no object, nothing, too much nesting, too many fields."""
    assert send(bot, body, signed(slack, body, kind=kind)) == (400, "")


@pytest.mark.parametrize(
    "body",
    [{"type": "event_callback"}, {"type": "event_callback", "event": 3}, {"type": "block_actions", "actions": 3},
     {"type": "view_submission"}, {"command": "/ask"}, {"x": 1}, {"type": ["event_callback"]}],
)  # fmt: skip
def test_a_signed_body_of_another_shape_is_no_500(slack: Slack, bot: Bot, body: dict[str, object]) -> None:
    """It can only be Slack's, or a bug; never a server's error."""
    text = json.dumps(body)
    status, _ = send(bot, text, signed(slack, text))
    assert status in (200, 400, 404)


def test_sizes(slack: Slack, bot: Bot) -> None:
    """Too large is 413, unread; no length is 411; a length that lies is 400."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n".encode()
    for length, status in (
        (b"1000001", 413),
        (b"99999999999999", 400),
        (b"-1", 400),
        (b"1e3", 400),
        (b"0x10", 400),
    ):
        answer = raw(bot, head + b"Content-Length: " + length + b"\r\n\r\n{}")
        assert answer.startswith(b"HTTP/1.1 %d" % status), length
    assert raw(bot, head + b"\r\n{}").startswith(b"HTTP/1.1 411")
    assert raw(bot, head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").startswith(b"HTTP/1.1 411")
    assert raw(bot, head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}").startswith(b"HTTP/1.1 411")
    assert raw(bot, head + b"Content-Length: 500\r\n\r\n{}").startswith(b"HTTP/1.1 400")
    largest = json.dumps({"type": "url_verification", "challenge": "c" * 990_000})
    assert send(bot, largest, signed(slack, largest))[0] == 200


def test_a_client_that_stops_half_way_is_let_go(slack: Slack, bot: Bot) -> None:
    """It promised more than it sends and keeps the line open: a time limit ends that."""
    with socket.create_connection(bot.service.address, timeout=10) as connection:
        connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{{".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
        assert connection.recv(4096) == b""


def test_other_paths_and_methods(slack: Slack, bot: Bot) -> None:
    """404 and 405; health and readiness for whoever watches."""
    assert send(bot, CHALLENGE, signed(slack, CHALLENGE), path="/other")[0] == 404
    assert send(bot, "", {}, method="GET")[0] == 405
    assert send(bot, "", {}, method="GET", path="/other")[0] == 404
    assert send(bot, "", {}, method="PUT")[0] == 501
    assert send(bot, "", {}, method="GET", path="/healthz") == (200, "ok")
    assert send(bot, "", {}, method="GET", path="/readyz") == (200, "ready")
    bot.service.desk.errands.signed_out = True
    try:
        assert send(bot, "", {}, method="GET", path="/readyz") == (503, "not ready")
    finally:
        bot.service.desk.errands.signed_out = False


def test_what_fails_is_in_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """By its kind alone, for a message may hold what was sent; a client that hangs up is no news."""
    assert isinstance(bot.service.intake, HttpEntry)
    for error in (ConnectionResetError("xoxb-1"), RuntimeError("xoxb-2")):
        try:
            raise error
        except (OSError, RuntimeError):
            bot.service.intake.handle_error(None, None)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [
        "a request failed: RuntimeError"
    ]


def test_many_at_once(slack: Slack, bot: Bot) -> None:
    """Two hundred requests at once: each is answered or closed, none waits for ever, and it goes on."""
    headers = signed(slack, CHALLENGE)

    def ask(_: int) -> int:
        try:
            return send(bot, CHALLENGE, headers)[0]
        except OSError:
            return 0

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(ask, range(200))) <= {0, 200}
    assert send(bot, CHALLENGE, headers)[0] == 200


@pytest.mark.parametrize("text", ["payload", "payload=x", "What is the payload? &payload={}"])
def test_the_word_payload(slack: Slack, bot: Bot, text: str) -> None:
    """A command with it reaches the bot, whole."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    assert ann.asks(general, text).words == f"Looking for an answer to: {text}"


def test_a_form_field_called_payload_and_others(slack: Slack, bot: Bot) -> None:
    """What Slack sends for ssl_check is acknowledged."""
    body = urlencode({"ssl_check": "1", "token": "unused"})
    assert send(bot, body, signed(slack, body, kind="application/x-www-form-urlencoded"))[0] == 200
