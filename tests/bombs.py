"""Files that mean harm, made small: each asks for more time or memory than it should get, or is locked.

But: what becomes of them is for the tests to say.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

import xlsxwriter

from tests.made_files import zipped

LAUGHS = "".join(
    ['<!DOCTYPE x [<!ENTITY a "ha">']
    + [f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefghi", "bcdefghij", strict=True)]
    + ["]>"]
)
"""A billion of them, for whoever reads `&j;` below this."""


def pdf_of_streams(content: bytes, filters: Sequence[str], *, pages: int = 1) -> bytes:
    """A PDF whose pages all show one stream, which is packed as `filters` say."""
    kids = " ".join(f"{number + 5} 0 R" for number in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    packed = f"<</Length {len(content)}/Filter[{''.join(f'/{each}' for each in filters)}]>>stream\n".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>".encode(),
        packed + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[page] * pages,
    ]
    body = b"%PDF-1.7\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj".encode() + each + b"endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        body
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
        + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()
    )


def pdf_flate_bomb() -> bytes:
    """A few kilobytes that unpack, twice, to 640 MB of blanks."""
    packer = zlib.compressobj(1)
    once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(640)) + packer.flush()
    return pdf_of_streams(zlib.compress(once, 9), ["FlateDecode", "FlateDecode"])


def pdf_of_one_page_often() -> bytes:
    """Thousands of pages that share one long stream of text."""
    shown = b"BT /F 9 Tf 50 700 Td " + b"(word word word word) Tj 0 -2 Td " * 20_000 + b"ET"
    return pdf_of_streams(zlib.compress(shown, 9), ["FlateDecode"], pages=4_000)


def xlsx_with_a_far_cell(*, tells: bool = True) -> bytes:
    """Two cells, in opposite corners of the largest sheet: 17 billion to whoever wants a rectangle.

    `tells`: whether the sheet says how large it is, which it need not.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sparse")
        sheet.write(0, 0, "near")
        sheet.write(1_048_575, 16_383, "far")
    if tells:
        return buffer.getvalue()
    with zipfile.ZipFile(buffer) as archive:
        members: dict[str, str | bytes] = {
            name: re.sub(rb"<dimension[^>]*>", b"", archive.read(name)) for name in archive.namelist()
        }
    return zipped(members)


def locked_office_file() -> bytes:
    """What Office writes under a password: an old container with an encrypted package in it."""

    def entry(name: str, kind: int, links: Sequence[int], start: int, size: int) -> bytes:
        """`links`: the entries to its left, to its right and below it."""
        encoded = name.encode("utf-16-le") + b"\0\0"
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(encoded), kind, 1, *links)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    none, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    size = 4096  # of each stream; smaller ones would need a table of their own
    sectors = size // 512
    first, second = 2, 2 + sectors
    chain = [fat, end]
    for start in (first, second):
        chain += [*range(start + 1, start + sectors), end]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
        + struct.pack("<109I", 0, *[none] * 108)
    )
    folder = (
        entry("Root Entry", 5, (none, none, 1), end, 0)
        + entry("EncryptedPackage", 2, (none, 2, none), first, size)
        + entry("EncryptionInfo", 2, (none, none, none), second, size)
        + bytes(128)
    )
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    return header + table + folder + bytes(2 * size)


def locked_zip(name: str = "a.txt") -> bytes:
    """An archive whose member says that it is encrypted."""
    data = bytearray(zipped({name: "secret"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def zip_of_overlapping_members(count: int = 9_000) -> bytes:
    """A directory of many names for one packed megabyte."""
    data = zipped({"a.txt": bytes(1 << 20)})
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    names = b"".join(
        data[at : at + 46] + name for name in (f"{number:05}".encode() for number in range(count))
    )
    tail = bytearray(data[end:])
    struct.pack_into("<HHII", tail, 8, count, count, len(names), at)
    return data[:at] + names + bytes(tail)


def docx_with(document: str) -> bytes:
    """A Word document of this XML."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r" Type="{office}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": document,
        }
    )
