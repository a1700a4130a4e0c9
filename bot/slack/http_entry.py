"""Slack's requests over HTTP: bounded, verified, parsed, and only then shown to Bolt.

Nothing that arrives here is believed.  A body is read up to a bound and its signature is checked over its
bytes before anything of it is parsed; what is wrong is a 4xx, never a 500, and none of it is logged.  Form
bodies are parsed here, since Bolt's own parser loses every command with the word "payload" in it.  Who may
send for how long is told by `places.py`.

But: TLS is a proxy's business; this listens on loopback unless it is told otherwise.
"""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.slack.places import Arriving, Places

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
READ_SECONDS = 5.0  # for a request as a whole; Slack itself gives up after three
WRITE_SECONDS = 10.0
CONNECTIONS = 64  # at once
LAST_SECONDS = 3.0  # at the end, for requests under way; later Slack gives up, too

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class BadRequest(Exception):
    """A request that gets `status` and no explanation."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class HttpEntry(ThreadingHTTPServer):
    """Listens for Slack."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: App, signing_secret: str, *, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.app = app
        self.verifier = SignatureVerifier(signing_secret)
        self.ready: Callable[[], bool] = lambda: True
        self.places = Places(CONNECTIONS)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.1}, name="http-entry", daemon=True
        )

    def open(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop_intake(self) -> None:
        """Hear nothing more."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
            self.places.wait_empty(LAST_SECONDS)  # what has arrived is taken in and acknowledged

    def close(self) -> None:
        """End everything."""
        self.stop_intake()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.places.give(request):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started
            self.places.leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.leave(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A client that hangs up is no news; anything else is, but a traceback would show what was sent."""
        error = sys.exception()
        if isinstance(error, OSError):
            log.debug("a connection broke")
        else:
            log.error("a request failed: %s", type(error).__name__)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = WRITE_SECONDS
    server: HttpEntry

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._arriving = Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)

    def handle_one_request(self) -> None:
        self._arriving.deadline = time.monotonic() + READ_SECONDS
        super().handle_one_request()
        self.server.places.awaits(self.connection)

    def do_GET(self) -> None:
        self.server.places.is_whole(self.connection)
        if self.path == "/healthz":
            self._answer(200, "ok")
        elif self.path == "/readyz":
            self._answer(*((200, "ready") if self.server.ready() else (503, "not ready")))
        else:
            self._page()

    def do_POST(self) -> None:
        try:
            if self.path != EVENTS_PATH:
                raise BadRequest(404)
            raw = self._body()
            self.server.places.is_whole(self.connection)
            self._verify(raw)
            body = parsed(raw, self.headers.get("Content-Type", ""))
        except BadRequest as bad:
            log.info("a request is refused with %d", bad.status)
            self.close_connection = True  # the rest of what was sent is not read
            self._answer(bad.status, "")
            return
        # Verified and parsed, it goes the same way as what comes over the socket.
        headers: dict[str, str | Sequence[str]] = {name: str(self.headers[name]) for name in self.headers}
        try:
            response = self.server.app.dispatch(BoltRequest(mode="socket_mode", body=body, headers=headers))
        except (TypeError, ValueError, KeyError, AttributeError):
            log.info("a request is refused: it is signed, and none of Slack's")
            self._answer(400, "")
            return
        kind = response.first_headers().get("content-type", "text/plain;charset=utf-8")
        self._answer(response.status, response.body, kind)

    def _page(self) -> None:
        """The two pages of an installation in the browser, where workspaces install the app themselves."""
        path, _, query = self.path.partition("?")
        flow = self.server.app.oauth_flow
        if flow is None or path not in (INSTALL_PATH, REDIRECT_PATH):
            self._answer(404 if path != EVENTS_PATH else 405, "")
            return
        headers: dict[str, str | Sequence[str]] = {"cookie": [self.headers.get("Cookie", "")]}
        request = BoltRequest(body="", query=query, headers=headers)
        if path == INSTALL_PATH:
            response = flow.handle_installation(request)
        else:
            response = flow.handle_callback(request)
        self.close_connection = True
        self.send_response(response.status)
        for name, values in response.headers.items():
            for value in values:
                self.send_header(name, value)
        body = response.body.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        length = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or len(length) != 1:
            raise BadRequest(411)
        if not re.fullmatch(r"[0-9]{1,12}", length[0].strip()):
            raise BadRequest(400)
        if int(length[0]) > MOST_BYTES:
            raise BadRequest(413)
        try:
            raw = self.rfile.read(int(length[0]))
        except OSError as error:  # it promised more than it sent
            raise BadRequest(400) from error
        if len(raw) != int(length[0]):
            raise BadRequest(400)
        return raw

    def _verify(self, raw: bytes) -> None:
        timestamps = self.headers.get_all("X-Slack-Request-Timestamp") or []
        signatures = self.headers.get_all("X-Slack-Signature") or []
        if len(timestamps) != 1 or len(signatures) != 1:
            raise BadRequest(401)
        timestamp, signature = timestamps[0].strip(), signatures[0].strip()
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise BadRequest(401)
        try:
            valid = self.server.verifier.is_valid(raw, timestamp, signature)
        except UnicodeDecodeError as error:  # Slack signs text
            raise BadRequest(401) from error
        if not valid:
            raise BadRequest(401)

    def _answer(self, status: int, text: str, kind: str = "text/plain;charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "quoth"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        pass


def parsed(raw: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a body: of JSON, of a form, or of the JSON in a form's field `payload`."""
    try:
        text = raw.decode("utf-8")
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "application/json":
            body = json.loads(text)
        elif kind != "application/x-www-form-urlencoded":
            raise BadRequest(400)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
            body = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError) as error:
        raise BadRequest(400) from error
    if not isinstance(body, dict) or not body:
        raise BadRequest(400)
    return body
