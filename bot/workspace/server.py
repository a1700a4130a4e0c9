"""The HTTP server of the stand-in: the Web API, response_urls, and the WebSocket's handshake.

But: what is done with a request is the Web API's business, and Slack's to allow.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from bot.workspace.web_api import call
from bot.workspace.web_rules import ApiError
from bot.workspace.websocket import WebSocket, accept_key

if TYPE_CHECKING:
    from bot.workspace.slack import Slack


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, slack: Slack) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.slack = slack

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no event."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: Server

    def do_GET(self) -> None:
        if self.path.startswith("/link/") and self.server.slack.spend_ticket(self.path):
            self.send_response(101)
            for name, value in (
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", accept_key(self.headers["Sec-WebSocket-Key"])),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.flush()
            self.close_connection = True
            self.connection.settimeout(None)
            self.server.slack.serve_socket(WebSocket(self.connection, self.rfile.read))
        else:
            self.answer(404, b"")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, _, rest = self.path.removeprefix("/").partition("/")
        if kind == "api":
            arguments = self._arguments(raw)
            kind, _, token = self.headers.get("Authorization", "").partition(" ")
            if kind == "Basic":
                pair = base64.b64decode(token).decode().partition(":")
                arguments |= {"client_id": pair[0], "client_secret": pair[2]}
            self._treat(rest, arguments, lambda: self._call(rest, arguments, token))
        elif kind == "response":
            body = json.loads(raw)
            self._treat("response_url", body, lambda: self.server.slack.use_response_url(rest, body))
        else:
            self.answer(404, b"")

    def _treat(self, name: str, arguments: Any, work: Callable[[], Any]) -> None:
        slack = self.server.slack
        slack.calls.append((name, arguments))
        exchange = slack.traffic.begin("to slack", name, arguments)

        def answered() -> Any:
            answer = work()
            slack.traffic.end(exchange, answer)
            return answer

        slack.treat(self, name, answered)

    def _call(self, method: str, arguments: dict[str, Any], token: str) -> Any:
        try:
            return call(self.server.slack, method, arguments, token)
        except ApiError as error:
            return error.record

    def respond(self, result: Any) -> None:
        """What Slack answers: a record of the Web API, or the status of a response_url."""
        if isinstance(result, int):
            self.answer(result, b"ok" if result == 200 else b'{"ok":false,"error":"used_url"}')
        else:
            scopes = {"x-oauth-scopes": ",".join(sorted(self.server.slack.scopes))}
            self.answer(200, json.dumps(result).encode(), "application/json", **scopes)

    def answer(self, status: int, body: bytes, kind: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _arguments(self, raw: bytes) -> dict[str, Any]:
        if self.headers.get("Content-Type", "").startswith("application/json"):
            arguments: dict[str, Any] = json.loads(raw or b"{}")
            return arguments
        values = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        for name in ("blocks", "metadata", "view", "prompts"):
            if name in values:
                values[name] = json.loads(values[name])
        return {
            name: False if value == "0" and name.startswith("unfurl") else value
            for name, value in values.items()
        }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        pass
