"""Which formats can be read, and which one a file has: by its suffix, checked against its first bytes.

But: nothing here reads a format; that happens in a child process (`pool`, `worker`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from retrieval.errors import ReadError, UnsupportedFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A format's name for people, the suffixes that announce it, and how its files begin (if they do so)."""

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...] = ()


_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # in which Office puts a file that it encrypts

MARKDOWN = Format("Markdown", (".md", ".markdown", ".mdown"))
HTML = Format("HTML", (".html", ".htm", ".xhtml"))
TEXT = Format("plain text", (".txt", ".text"))
PDF = Format("PDF", (".pdf",), (b"%PDF-",))
DOCX = Format("Word", (".docx", ".docm"), (_ZIP,))
PPTX = Format("PowerPoint", (".pptx", ".pptm"), (_ZIP,))
SHEETS = Format("Excel", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), (_ZIP, _OLE))
DELIMITED = Format("CSV", (".csv", ".tsv"))

MAIL = Format("mail", (".eml",))
EPUB = Format("EPUB", (".epub",), (_ZIP,))
SITEMAP = Format("sitemap", (".xml",))  # no document: it lists where they are
ARCHIVE = Format("zip", (".zip",), (_ZIP, b"PK\x05\x06"))

FORMATS = (MARKDOWN, HTML, TEXT, PDF, DOCX, PPTX, SHEETS, DELIMITED, MAIL, EPUB, ARCHIVE)
SUFFIXES = {suffix: form for form in FORMATS for suffix in form.suffixes}

_PLAIN_NAMES = frozenset({"readme", "license", "licence", "copying", "notice", "authors", "changelog"})
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (_ZIP, "a zip archive or an office document"),
    (b"PK\x05\x06", "a zip archive"),
    (_OLE, "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)
_BEGINNING = 1024  # bytes in which a signature may stand; some PDFs have a line before theirs


def announced_format(name: str) -> Format:
    """The format that a file's name promises; UnsupportedFormat if there is no reader for it."""
    path = PurePath(name)
    if not path.suffix and path.name.lower() in _PLAIN_NAMES:
        return TEXT
    if path.suffix.lower() in SUFFIXES:
        return SUFFIXES[path.suffix.lower()]
    kind = path.suffix or "a name without a suffix"
    raise UnsupportedFormat(f"{kind} is not supported; supported are {', '.join(SUFFIXES)}")


def is_sitemap(name: str) -> bool:
    """Is it a list of addresses rather than a document?"""
    return PurePath(name).suffix.lower() == ".xml"


def format_of(data: bytes, name: str) -> Format:
    """The format of a file; ReadError if it is empty, not supported, or not what its name says."""
    form = announced_format(name)
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise ReadError("the file is empty")
    if data.startswith(_OLE) and _LOCKED in data:
        raise ReadError("is protected by a password")
    if form.begins and any(beginning in data[:_BEGINNING] for beginning in form.begins):
        return form
    if form.begins and data.startswith(_OLE):
        raise ReadError("is of an old format and only bears the new name")
    for signature, looks_like in _SIGNATURES:
        if data.startswith(signature):
            raise ReadError(f"looks like {looks_like}, not like {form.name}, which its name promises")
    if form.begins:
        raise ReadError(f"is damaged or not {form.name}, which its name promises")
    return form
