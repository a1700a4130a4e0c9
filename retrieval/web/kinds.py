"""What kind of file a page is, by the type that its server gives it, and as which file the readers see it.

But: whether it really is one, the readers find out.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from retrieval.errors import UnsupportedFormat
from retrieval.readers.formats import ARCHIVE, SUFFIXES
from retrieval.text import decode_as, known_charset

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "message/rfc822": ".eml",
    "application/epub+zip": ".epub",
}
_VAGUE = ("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/zip")
_XML = ("application/xml", "text/xml")
_PACKED = ("application/gzip", "application/x-gzip")
_WIDE = ("utf-16", "utf-16le", "utf-16be")  # no page can name these in its own text
GZIP = b"\x1f\x8b"
"""How a file that is packed begins."""
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w-]{2,20})(?![\w-])", re.ASCII | re.IGNORECASE)
_NO_TEXT = frozenset({
    ".avi", ".bmp", ".bz2", ".css", ".dmg", ".exe", ".gif", ".gz", ".ico", ".iso", ".jpeg", ".jpg", ".js",
    ".json", ".mov", ".mp3", ".mp4", ".mpeg", ".ogg", ".png", ".rss", ".svg", ".tar", ".tif", ".tiff", ".ttf",
    ".wav", ".webm", ".webp", ".woff", ".woff2", ".xml", ".xz", ".zip",
})  # fmt: skip


def is_no_text(url: str) -> bool:
    """Does an address name a picture, a style sheet or the like, by its suffix?"""
    return PurePosixPath(urlsplit(url).path).suffix.lower() in _NO_TEXT


def may_be_sitemap(url: str, media_type: str) -> bool:
    """Is it XML, perhaps packed?"""
    return media_type in (*_XML, *_PACKED) or urlsplit(url).path.lower().endswith((".xml", ".xml.gz"))


def file_name(url: str, media_type: str) -> str:
    """The name of the file that a page is to the readers.  Raises UnsupportedFormat where none reads it.

    The server's word counts; where it is vague, the address's.
    """
    parts = urlsplit(url)
    name = PurePosixPath(unquote(parts.path).rstrip("/") or parts.hostname or "page").name
    own = PurePosixPath(name).suffix.lower()
    suffix = _SUFFIXES.get(media_type)
    if media_type in _VAGUE:
        suffix = own if own in SUFFIXES else ".txt" if media_type == "text/plain" else None
    if suffix in ARCHIVE.suffixes:
        raise UnsupportedFormat("is an archive; download it and name the file")
    if suffix is None:
        kind = f"of the type {media_type}" if media_type else "of a type that the server does not tell"
        raise UnsupportedFormat(f"is {kind}, which cannot be read")
    if own in SUFFIXES and SUFFIXES[own] is SUFFIXES[suffix]:
        return name
    return (name[: -len(own)] if own in SUFFIXES else name) + suffix


def charset_in(content_type: str) -> str | None:
    """The charset that a Content-Type names, if it is a known one.

    Subtle: the standard library also takes it in pieces and in a charset of its own (`charset*0*=a''b`), and
    there a server can write what makes it raise ValueError and TypeError.
    """
    found = _CHARSET.search(content_type)
    if found is None:
        return None
    return found[1] if found[1].lower() in _WIDE else known_charset(found[1])


def in_utf8(data: bytes, media_type: str, charset: str | None) -> bytes:
    """The bytes of a text in UTF-8 if the server says that they are in something else, which HTTP may.

    `charset`: a known one.
    """
    if charset is None or not media_type.startswith(("text/", "application/xhtml")):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return decode_as(data, charset, "replace").encode("utf-8", "replace")
        except LookupError:  # `iso-8859-99` looks like one: the readers guess
            return data
    return data
