"""A small website on loopback: pages with types, validators and dates, and the faults of `model_server`.

But: it knows nothing of who visits it; `asked` tells what was asked for and how.
"""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message

from tests.model_server import Behaviour, Handler, ModelServer, status
from tests.serving import serving


@dataclass(frozen=True, slots=True)
class Served:
    """A page as the site has it.  `etag` and `modified` are sent, and a visitor who knows them gets a 304."""

    body: bytes
    kind: str | None = "text/html"
    etag: str | None = None
    modified: str | None = None


class Site(ModelServer):
    """`pages`: by path."""

    def __init__(self) -> None:
        super().__init__()
        self.RequestHandlerClass = SiteHandler
        self.etag = None
        self.pages: dict[str, Served] = {}

    def put(self, path: str, body: str | bytes, kind: str | None = "text/html", **validators: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Served(data, kind, **validators)

    def sitemap(self, path: str, *paths: str, tag: str = "urlset", packed: bool = False) -> None:
        """A sitemap that lists these paths of the site, or these addresses."""
        urls = [each if "://" in each else self.url(each) for each in paths]
        entry = "url" if tag == "urlset" else "sitemap"
        body = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
        xml = f'<{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{tag}>'.encode()
        self.put(
            path,
            gzip.compress(xml) if packed else xml,
            "application/gzip" if packed else "application/xml",
        )

    def robots(self, *lines: str) -> None:
        self.put("/robots.txt", "\n".join(lines), "text/plain")

    def asked(self) -> list[str]:
        """What was asked for since the last time, robots.txt left out."""
        found = [path for path, _ in self.requests if path != "/robots.txt"]
        self.requests.clear()
        return found

    def headers(self, path: str) -> Message:
        """Those of the last request for a path."""
        return next(headers for asked, headers in reversed(self.requests) if asked == path)


class SiteHandler(Handler):
    server: Site

    def do_GET(self) -> None:  # noqa: N802 - the name of the base class
        page = self.server.pages.get(self.path)
        queue = self.server.queue[self.path]
        if queue or page is None:
            self.server.requests.append((self.path, self.headers))
            (queue.popleft() if queue else status(404))(self, page.body if page else b"")
            return
        self.server.requests.append((self.path, self.headers))
        known = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
        fresh = (
            known[0] == page.etag if page.etag else page.modified is not None and known[1] == page.modified
        )
        facts = {"Content_Type": page.kind, "ETag": page.etag, "Last_Modified": page.modified}
        told = {name: value for name, value in facts.items() if value is not None}
        self.head(304 if fresh else 200, None if fresh else len(page.body), **told)
        if not fresh:
            self.wfile.write(page.body)

    def do_CONNECT(self) -> None:  # noqa: N802 - the name of the base class
        """As a proxy that is asked for a tunnel; `path` is the host with its port."""
        self.server.queue[self.path].popleft()(self, b"")


def packed(content: bytes, encoding: str = "gzip") -> Behaviour:
    """A body that says it is packed."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(200, len(content), Content_Encoding=encoding, Content_Type="text/html")
        handler.wfile.write(content)

    return behave


def busy(seconds: int) -> Behaviour:
    """Come again later."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(503, 0, Retry_After=str(seconds))

    return behave


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site in a thread of its own; over TLS with a context."""
    with Site() as server, serving(server, context):
        yield server
