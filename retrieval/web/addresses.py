"""Web addresses: in one form each, so that one page has one name, and compared by site.

But: nothing is looked up or fetched here.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000
_SAFE = "/%:=&?~+!$,;'@()*[]|"  # what is escaped already stays, what is not and must be gets escaped
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_DOTS = re.compile(r"(^|/)\.\.?(/|$)")


def is_web(source: str) -> bool:
    """Is it a web address rather than a path?"""
    return source.lower().startswith(("http://", "https://"))


def canonical(address: str, base: str = "") -> str | None:
    """An address in its one form, without fragment; None for what is no http(s) address.

    `base`: the page on which it stands, for a relative one.  An address with a password in it is none: it
    would be kept and quoted.
    """
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        host, port = parts.hostname, parts.port
        host = host.encode("idna").decode("ascii") if host and not host.isascii() else host
        path, query = quote(parts.path or "/", _SAFE), quote(parts.query, _SAFE)
    except ValueError:  # UnicodeError is one, too
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
        return None
    if not _HOST.fullmatch(host):
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        netloc += f":{port}"
    if _DOTS.search(path):
        path = urlsplit(urljoin(f"{parts.scheme}://{netloc}/", path)).path
    found = urlunsplit((parts.scheme, netloc, path, query, ""))
    return found if len(found) <= _LONGEST else None


def site(url: str) -> tuple[str, int]:
    """Who serves a canonical address: its host and port; HTTP and HTTPS by their own ports are one."""
    parts = urlsplit(url)
    port = parts.port or _PORTS[parts.scheme]
    return parts.hostname or "", 443 if port in _PORTS.values() else port


def folder(url: str) -> str:
    """The address up to the last slash of its path."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))


def is_spelled_alike(url: str, other: str) -> bool:
    """Are two canonical addresses one but for the path's last slash and HTTP's or HTTPS's scheme?"""
    one, two = urlsplit(url), urlsplit(other)
    same_path = one.path.rstrip("/") == two.path.rstrip("/")
    return site(url) == site(other) and same_path and one.query == two.query


def shown(url: str) -> str:
    """An address as a person reads it: without the scheme, and without the slash of a bare host."""
    bare = url.partition("://")[2]
    return bare[:-1] if bare.count("/") == 1 and bare.endswith("/") else bare
