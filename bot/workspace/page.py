"""The page of the workspace: its files, what changes live, and what people do on it; one small HTTP server.

A browser keeps one stream open, over which it is told what changed (server-sent events); everything that a
person does is a POST of JSON.

But: who may come in is the door's business, what there is to see the scene's, and what is done the deeds'.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from bot.workspace.backstage import Backstage
from bot.workspace.deeds import NotDone, do
from bot.workspace.door import HEADERS, Door
from bot.workspace.people import Person
from bot.workspace.scene import Scene, difference, scene
from bot.workspace.slack import Slack

log = logging.getLogger(__name__)

WEB = Path(__file__).parent / "web"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PAUSE_SECONDS = 0.05  # between two looks at the scene: what happens within it is told together
BEAT_SECONDS = 10.0  # something is sent at least this often, or a browser that has gone is not noticed
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what was asked for with --host
"""Where a page that listens on all addresses is opened on this machine."""
MOST_DEED = 1 << 20
MOST_FILE = 64 << 20


class Page(ThreadingHTTPServer):
    """Shows a workspace to some people of it.  `start` it, `stop` it."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, slack: Slack, people: Mapping[str, Person], backstage: Backstage, *, host: str, port: int
    ) -> None:
        """`people`: who can be played, by ID.  Raises OSError where the address cannot be had."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)
        self.slack, self.people, self.backstage = slack, people, backstage
        self.door = Door(host, self.server_port)
        self.stopping = threading.Event()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="page", daemon=True
        )

    @property
    def address(self) -> str:
        """What one opens in a browser; it has the key in it, and is for nobody else."""
        host = str(self.server_address[0])
        host = EVERYWHERE.get(host, host)
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{self.server_port}/?key={self.door.key}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all streams, and listen no more."""
        self.stopping.set()
        self.slack.workspace.changed()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def scene(self, person: Person) -> Scene:
        """What a person sees, with what stands behind it."""
        playable = [{"id": each.id, "name": each.name} for each in self.people.values()]
        suggestions = {channel: list(them) for channel, them in self.backstage.suggestions.items()}
        return (
            scene(self.slack, person)
            | {"cast": playable, "suggestions": suggestions}
            | dict(self.backstage.items())
        )

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A browser that has gone is no event; anything else is a mistake of ours."""
        if not isinstance(sys.exception(), OSError):
            log.exception("the page could not do something")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: Page

    def do_GET(self) -> None:
        path, asked = self._asked()
        if not self._welcome(asked.get("key")):
            return
        if path == "/":
            self._file("index.html", cookie=True)
        elif path.startswith("/web/"):
            self._file(path.removeprefix("/web/"))
        elif path == "/live":
            self._live(asked)
        elif path == "/insight":
            self._json(self.server.backstage.insight(str(asked.get("person"))))
        elif path == "/traffic":
            self._json(self.server.slack.traffic.latest(100))
        else:
            self._sentence(404, "There is nothing here.")

    def do_POST(self) -> None:
        path, asked = self._asked()
        length = self.headers.get("Content-Length") or ""
        most = MOST_FILE if path == "/files" else MOST_DEED
        if not length.isdecimal() or len(length) > 12 or int(length) > most:
            self.close_connection = True  # its body is left unread
            self._sentence(413, f"That is too large: at most {most >> 20} MB are taken.")
            return
        if not self._welcome(None):
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        person = self.server.people.get(str(asked.get("person")))
        if person is None:
            self._sentence(400, "There is nobody of that name.")
        elif path == "/files":
            self.server.backstage.take(str(asked.get("name") or "file"), body)
            self._sentence(202, "")
        elif path.startswith("/do/"):
            self._do(person, path.removeprefix("/do/"), body)
        else:
            self._sentence(404, "There is nothing here.")

    def _asked(self) -> tuple[str, dict[str, str]]:
        """The path, and what stands behind its question mark."""
        path, _, query = self.path.partition("?")
        return path, {name: values[-1] for name, values in parse_qs(query).items()}

    def _welcome(self, key: str | None) -> bool:
        """Whether the request may come in; it is told why not."""
        why_not = self.server.door.why_not(dict(self.headers), key)
        if why_not is not None:
            self._sentence(403, why_not)
        return why_not is None

    def _do(self, person: Person, deed: str, body: bytes) -> None:
        try:
            given = json.loads(body)
            if not isinstance(given, dict):
                raise NotDone("That is not what was expected.")
            do(person, deed, given)
        except (ValueError, RecursionError):
            self._sentence(400, "That is not what was expected.")
        except NotDone as error:
            self._sentence(400, str(error))
        else:
            self._sentence(200, "")

    def _live(self, asked: Mapping[str, str]) -> None:
        """Tell a person's browser what there is, and from then on what changed."""
        person = self.server.people.get(str(asked.get("person"))) or next(iter(self.server.people.values()))
        self._head(200, "text/event-stream")
        self.close_connection = True
        known: Scene = {}
        workspace, beat, first = self.server.slack.workspace, time.monotonic(), True
        while not self.server.stopping.is_set():
            version = workspace.version
            news = difference(known, now := self.server.scene(person))
            known = now
            if news["set"] or news["gone"]:
                self._event(news | {"first": first})
                beat, first = time.monotonic(), False
            elif time.monotonic() - beat > BEAT_SECONDS:
                self.wfile.write(b": still here\n\n")
                beat = time.monotonic()
            with workspace.change:  # some things change without a word
                workspace.change.wait_for(partial(workspace.is_newer, version), timeout=1.0)
            time.sleep(PAUSE_SECONDS)

    def _event(self, news: Mapping[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(news)}\n\n".encode())
        self.wfile.flush()

    def _file(self, name: str, *, cookie: bool = False) -> None:
        path = (WEB / name).resolve()
        if not path.is_relative_to(WEB.resolve()) or path.suffix not in KINDS or not path.is_file():
            self._sentence(404, "There is nothing here.")
            return
        more = {"Set-Cookie": self.server.door.set_cookie()} if cookie else {}
        self._send(200, path.read_bytes(), KINDS[path.suffix], more)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), "application/json")

    def _sentence(self, status: int, sentence: str) -> None:
        self._send(status, sentence.encode(), "text/plain; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str, more: Mapping[str, str] | None = None) -> None:
        self._head(status, kind, {"Content-Length": str(len(body)), **(more or {})})
        self.wfile.write(body)

    def _head(self, status: int, kind: str, more: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        return "quoth"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        """The address has the key in it, and is not for the log."""
