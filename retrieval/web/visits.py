"""Visits to a site with manners: as its robots.txt allows, not too often, not where it must not lead.

A redirect is followed on the same site only, and from HTTPS never to HTTP.  A page that has not changed since
the last visit is not sent again, if the server knows ETag or Last-Modified.

A site whose robots.txt answers with an error is not visited, one that has none may be.

But: which pages are visited is decided in `pages.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from retrieval.errors import PageForbidden, PageGone, ReadError
from retrieval.web.addresses import canonical, shown, site
from retrieval.web.fetch import Manners, Response, get, is_inside
from retrieval.web.kinds import charset_in
from retrieval.web.robots import Rules

_PERMANENT = (301, 308)
_REDIRECTS = (*_PERMANENT, 302, 303, 307)
_GONE = (404, 410)
_BUSY = (429, 503)
_LONGEST_HEADER = 1000
_JUST_NOW = 120.0  # seconds; clocks differ


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave to ask later whether a page has changed."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The conditions of a request, none where nothing was given."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in conditions.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a visit led to.  `data` None: it has not changed.

    `url`: where it really is; `moved`: it is there for good, by every redirect on the way.
    """

    url: str
    moved: bool
    data: bytes | None = field(repr=False)
    media_type: str
    charset: str | None
    validators: Validators
    modified_ns: int


class Visitor:
    """Visits the site of one start."""

    def __init__(self, start: str, manners: Manners) -> None:
        self._manners = manners
        self._site = site(start)
        self._inside = is_inside(start)
        self._until = time.monotonic() + manners.run_seconds
        self._last = float("-inf")  # when the last answer came
        self._rules: dict[str, Rules | ReadError] = {}

    def visit(self, url: str, known: Callable[[str], Validators | None]) -> Page:
        """The page at a canonical address.  `known`: the validators of what is stored, by address.

        Raises PageForbidden, PageGone, and ReadError for all that a later visit may mend.
        """
        moved = True
        for _ in range(self._manners.redirects + 1):
            self._ask_robots(url)
            conditions = (known(url) or Validators()).headers()
            response = self._get(url, conditions)
            if response.status in _REDIRECTS:
                moved = moved and response.status in _PERMANENT
                url = self._redirected(url, response)
                continue
            if response.status in _GONE:
                raise PageGone(response.said)
            if response.status == 304 and conditions:
                return _page(url, moved, response, None)
            if response.status != 200:
                raise ReadError(response.said)
            return _page(url, moved, response, response.data)
        raise ReadError(f"redirects more than {self._manners.redirects} times; is it a circle?")

    def _redirected(self, url: str, response: Response) -> str:
        location = response.headers.get("Location", "")
        to = canonical(location, url) if location else None
        if to is None:
            raise ReadError("redirects to what is no web address")
        if site(to) != self._site:
            raise ReadError(f"redirects to another site, {shown(to)}; to read that, name it")
        if url.startswith("https:") and not to.startswith("https:"):
            raise ReadError("redirects from https to http")
        return to

    def _ask_robots(self, url: str) -> None:
        """Raises PageForbidden where the site does not want the page to be fetched by robots."""
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}/"
        if root not in self._rules:
            try:
                self._rules[root] = self._robots(urljoin(root, "robots.txt"))
            except ReadError as error:
                self._rules[root] = error
        rules = self._rules[root]
        if isinstance(rules, ReadError):
            raise ReadError(f"is not fetched, since the site's robots.txt cannot be read: {rules}")
        if not rules.allow(url):
            raise PageForbidden("robots.txt asks not to fetch it")

    def _robots(self, url: str) -> Rules:
        for _ in range(self._manners.redirects + 1):
            response = self._get(url, {})
            if response.status in _REDIRECTS:
                url = self._redirected(url, response)
                continue
            if response.status >= 500 or response.status in _BUSY:
                raise ReadError(response.said)
            return Rules(response.data, self._manners.agent)  # the data is empty for any other status
        raise ReadError(f"it redirects more than {self._manners.redirects} times")

    def _get(self, url: str, headers: dict[str, str]) -> Response:
        """A request at its time; a busy server that says how long it needs is waited for once."""
        self._wait(self._last + self._delay(url) - time.monotonic())
        response = self._timed_get(url, headers)
        later = response.headers.get("Retry-After", "").strip()
        if response.status in _BUSY and later.isdecimal() and len(later) < 9:
            if int(later) > self._manners.patience:
                raise ReadError(f"{response.said} and wants to be left alone for {int(later):,} s")
            self._wait(float(later))
            response = self._timed_get(url, headers)
        return response

    def _timed_get(self, url: str, headers: dict[str, str]) -> Response:
        try:
            return get(url, self._manners, inside=self._inside, headers=headers)
        finally:
            self._last = time.monotonic()

    def _delay(self, url: str) -> float:
        """Seconds between two requests."""
        parts = urlsplit(url)
        rules = self._rules.get(f"{parts.scheme}://{parts.netloc}/")
        return max(self._manners.delay, rules.delay if isinstance(rules, Rules) else 0.0)

    def _wait(self, seconds: float) -> None:
        if time.monotonic() + max(seconds, 0) > self._until:
            raise ReadError(f"the {self._manners.run_seconds / 60:,.0f} minutes for this site are over")
        if seconds > 0:
            self._manners.sleep(seconds)


def _page(url: str, moved: bool, response: Response, data: bytes | None) -> Page:
    headers = response.headers
    stated = "Content-Type" in headers
    return Page(
        url=url,
        moved=moved,
        data=data,
        media_type=headers.get_content_type() if stated else "",
        charset=charset_in(headers.get("Content-Type", "")),
        validators=Validators(_header(headers.get("ETag")), _header(headers.get("Last-Modified"))),
        modified_ns=_modified_ns(headers.get("Last-Modified")),
    )


def _header(value: str | None) -> str | None:
    """A header that can be sent back as it came."""
    return (
        value if value and len(value) <= _LONGEST_HEADER and value.isascii() and value.isprintable() else None
    )


def _modified_ns(value: str | None) -> int:
    """Last-Modified in nanoseconds; 0 where it says nothing.

    A page that is made while it is asked for was modified just now, which tells nothing of what it says.
    """
    try:
        seconds = parsedate_to_datetime(value or "").timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return 0
    return int(seconds) * 10**9 if 0 < seconds < time.time() - _JUST_NOW else 0
