"""Archives and the formats that are archives (office files, EPUB): looked at before they are opened.

A few kilobytes can unpack to gigabytes.  So the directory is judged first, and each member is then read
with a bound of its own, since a directory can lie.  What is read in one pass (all members for a listing, the
parts of an office file) has the same bound together, since a part can be asked for again and again.

But: nothing is ever unpacked to disk, so that a member called `../../x` is only a name.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Protocol
from xml.etree import ElementTree

from retrieval.errors import ReadError
from retrieval.text import normalise

MOST_MEMBERS = 10_000
MOST_BYTES = 100 << 20
_CORE = "docProps/core.xml"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_RATIO = 200  # of packed to unpacked size; real office files stay below 60
_NO_CLOCK = 1980  # the first year of ZIP's calendar, written where nobody knows
_RATIO_FROM = 1 << 20  # bytes unpacked; below this a great ratio does no harm
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)


class GuardedZip:
    """An archive whose directory promises nothing outrageous.  Raises ReadError if it does."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise ReadError("is damaged or no zip archive") from error
        members = self._archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise ReadError(f"holds {len(members):,} files; at most {MOST_MEMBERS:,} are read")
        total = sum(member.file_size for member in members)
        if total > MOST_BYTES:
            raise ReadError(f"unpacks to {total >> 20:,} MB; at most {MOST_BYTES >> 20:,} MB are read")
        for member in members:
            if member.file_size > max(_RATIO_FROM, _RATIO * member.compress_size):
                raise ReadError("unpacks to more than 200 times its size, as only a bomb does")
            if member.flag_bits & 1:
                raise ReadError("is protected by a password")
        # Of members with one name the last one is read, once.
        self.names = list(dict.fromkeys(member.filename for member in members if not member.is_dir()))
        self._left = MOST_BYTES

    def begin_pass(self) -> None:
        """What was read so far counts no longer."""
        self._left = MOST_BYTES

    def read(self, name: str, *, at_most: int | None = None) -> bytes:
        """The bytes of a member, or `at_most` so many of them.

        Raises ReadError if it is missing, damaged, or larger than it said.
        """
        try:
            with self._archive.open(name) as member:
                data = member.read(self._left + 1 if at_most is None else at_most)
        except KeyError as error:
            raise ReadError(f"is incomplete: {_short(name)} is missing") from error
        except _BROKEN as error:
            raise ReadError(f"is damaged ({_short(name)})") from error
        except RuntimeError as error:
            raise ReadError("is protected by a password") from error
        self._left -= len(data)
        if self._left < 0:
            raise ReadError(f"unpacks to more than {MOST_BYTES >> 20:,} MB")
        return data

    def saved_ns(self, name: str) -> int:
        """When a member was saved, in nanoseconds; 0 where nobody knows.

        The archive names no zone.  Taken as UTC, the day that people are shown is the one that stands there.
        """
        when = self._archive.getinfo(name).date_time
        try:
            return int(datetime(*when, tzinfo=UTC).timestamp()) * 10**9 if when[0] > _NO_CLOCK else 0
        except ValueError:  # a month 0, a second 60
            return 0

    def xml(self, name: str) -> ElementTree.Element:
        """A member as XML, without document types, whose entities can grow without end."""
        return parse_xml(self.read(name))

    def targets(self, part: str) -> dict[str, str]:
        """What the relations of an office file's part lead to, by id."""
        folder, file = posixpath.split(part)
        relations = f"{folder}/_rels/{file}.rels"
        if relations not in self.names:
            return {}
        return {
            each.get("Id", ""): posixpath.normpath(posixpath.join(folder, each.get("Target", ""))).lstrip("/")
            for each in self.xml(relations).iter(_RELATION)
        }

    def core_date(self) -> str | None:
        """When an office file says that it was last saved; None where it does not, or not readably."""
        if _CORE not in self.names:
            return None
        try:
            core = self.xml(_CORE)
        except ReadError:
            return None
        dates = {each.tag.rpartition("}")[2]: each.text for each in core}
        return dates.get("modified") or dates.get("created")


def _short(name: str) -> str:
    return normalise(name)[:100]


def parse_xml(data: bytes) -> ElementTree.Element:
    """The root of some XML; ReadError if it is none or declares entities."""
    refuse_entities(data)
    try:
        return ElementTree.fromstring(data)  # noqa: S314  (no entities, in a process with limits)
    except ElementTree.ParseError as error:
        raise ReadError("holds damaged XML") from error


class SeesTags(Protocol):
    """Takes the tags of XML as they come: a tree of a large sheet's cells would need too much memory."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """See a tag begin."""

    def close(self) -> None:
        """See the end."""


def show_tags(xml: bytes, reader: SeesTags) -> None:
    """Show them to the reader one by one.  ReadError for damaged XML, or such as declares entities."""
    refuse_entities(xml)
    parser = ElementTree.XMLParser(target=reader)  # noqa: S314  (no entities)
    try:
        parser.feed(xml)
        parser.close()
    except ElementTree.ParseError as error:
        raise ReadError("holds damaged XML") from error


def refuse_entities(data: bytes) -> None:
    """ReadError if some XML declares entities, which can grow without end."""
    if b"<!ENTITY" in data.replace(b"\0", b""):  # in UTF-16, too
        raise ReadError("declares XML entities, which no such file needs")
