"""The readers by format; only the child process imports this, with the parsers behind it.

But: errors of parsers are mapped here, so that no foreign exception leaves a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from retrieval.documents import Document
from retrieval.errors import ReadError, UnsupportedFormat
from retrieval.readers import (
    archive,
    delimited,
    docx,
    epub,
    formats,
    html,
    mail,
    markdown,
    member_names,
    pdf,
    plaintext,
    pptx,
    sheets,
    sitemap,
    slack_export,
)
from retrieval.readers.zip_guard import GuardedZip

T = TypeVar("T")
Reader = Callable[[bytes, str], Document]

_PANIC = "PanicException"
"""What Rust's libraries raise where they fail by mistake: no Exception, and its class cannot be imported."""

READERS: Mapping[formats.Format, Reader] = {
    formats.MARKDOWN: markdown.read,
    formats.HTML: html.read,
    formats.TEXT: plaintext.read,
    formats.PDF: pdf.read,
    formats.DOCX: docx.read,
    formats.PPTX: pptx.read,
    formats.SHEETS: sheets.read,
    formats.DELIMITED: delimited.read,
    formats.MAIL: mail.read,
    formats.EPUB: epub.read,
}


def read(data: bytes, name: str) -> Document:
    """Read the bytes of a file called `name`; every failure is a ReadError of one line.

    A MemoryError passes, since it is the process that is at its limit and not the file that is bad.
    """
    form = formats.format_of(data, name)
    if form not in READERS:
        raise UnsupportedFormat("an archive within an archive is not read")
    return _guarded(form, lambda: READERS[form](data, name))


def addresses(data: bytes, name: str) -> tuple[list[str], bool]:
    """The addresses in a page or a sitemap, and whether they are those of sitemaps; fails as `read` does."""
    if formats.is_sitemap(name):
        return _guarded(formats.SITEMAP, lambda: sitemap.addresses(data))
    return _guarded(formats.HTML, lambda: (html.links(data), False))


class OpenArchive:
    """An archive that is being read, member by member; each is a pass of its own."""

    def __init__(self, data: bytes, name: str) -> None:
        form = formats.format_of(data, name)
        self._zip = _guarded(form, lambda: GuardedZip(data))
        self._people: dict[str, str] | None = None  # of a Slack export, for all of its days

    def members(self) -> list[tuple[str, str, str, int]]:
        """As `archive.members`."""
        self._zip.begin_pass()
        return _guarded(formats.ARCHIVE, lambda: archive.members(self._zip))

    def read(self, member: str) -> Document:
        """One member as the file that it is."""
        self._zip.begin_pass()
        if slack_export.is_export(self._zip.names):
            return _guarded(formats.ARCHIVE, lambda: self._read_day(member))
        formats.announced_format(member)
        return read(self._zip.read(member), PurePosixPath(member_names.for_people(member)).name)

    def _read_day(self, member: str) -> Document:
        if self._people is None:
            self._people = slack_export.people_of(self._zip)
        return slack_export.read_day(self._zip, member, self._people)


def _guarded(form: formats.Format, work: Callable[[], T]) -> T:
    """Do it; every failure becomes a ReadError."""
    try:
        return work()
    except (ReadError, MemoryError):
        raise
    except RecursionError as error:
        raise ReadError("is nested too deep to be read") from error
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        raise ReadError(f"could not be read as {form.name} ({type(error).__name__})") from error
