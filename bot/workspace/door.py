"""Who may come in: whoever was given the address with its key, from this very page, under this very name.

The key in the address becomes a cookie of this page alone.  A name of the host that is none of ours is turned
away, since another site could have its name point here; and so is a request that another page has made.

But: what is behind the door is the page's business.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with everything."""

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class Door:
    """Opens to one key."""

    def __init__(self, host: str, port: int) -> None:
        """`host`: where the page listens; where that is loopback, only loopback's names are let in."""
        self.key = secrets.token_urlsafe(24)
        self._port = port
        self._names = None if not is_loopback(host) else {f"{name}:{port}" for name in LOOPBACK_NAMES}

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, and two pages may be open."""
        return f"quoth_{self._port}"

    def why_not(self, headers: Mapping[str, str], given: str | None) -> str | None:
        """Why a request is turned away; None where it may come in.  `given`: the key in its address."""
        host = headers.get("Host") or ""
        if self._names is not None and host not in self._names:
            return "This page answers to 127.0.0.1 and localhost only."
        origin = headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "Another page may not ask for this."
        if headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Mode") != "navigate":
            return "Another page may not ask for this."
        key = given or self._key_in(headers.get("Cookie") or "")
        if key is None or not hmac.compare_digest(key.encode(), self.key.encode()):
            return "Open the address that was printed at the start: it has a key in it."
        return None

    def set_cookie(self) -> str:
        """The header that keeps the key in the browser until it is closed."""
        return f"{self.cookie}={self.key}; HttpOnly; SameSite=Strict; Path=/"

    def _key_in(self, cookies: str) -> str | None:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return None
        return None if found is None else found.value


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return host in ("localhost", "::1") or host.startswith("127.")
