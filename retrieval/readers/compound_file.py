"""Old office documents, which are file systems of their own: a stream of one by its name.

Reference: [MS-CFB], Compound File Binary File Format.

But: folders in it are not known; a stream has the name that it has in any of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from retrieval.errors import ReadError

_LAST_SECTOR = 0xFFFFFFFA  # what is not below is no sector but a sign: free, the end
_ENTRY = 128  # bytes of an entry of the directory
_SHORT = 64  # bytes of a sector of the streams that are short


def stream(data: bytes, *names: str) -> bytes:
    """The first stream with one of the `names`; ReadError if there is none or the file is damaged."""
    try:
        return _stream(data, names)
    except (struct.error, IndexError) as error:
        raise ReadError("is damaged: its parts cannot be found") from error


def _stream(data: bytes, names: Sequence[str]) -> bytes:
    size: int = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    fats, directory, _, cutoff, first_short, shorts, more, _ = struct.unpack_from("<8I", data, 44)

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    where = list(struct.unpack_from("<109I", data, 76))
    while more < _LAST_SECTOR and len(where) < len(data) // size + 110:
        *sectors, more = _numbers(sector(more))
        where += sectors
    fat = [number for each in where[:fats] if each < _LAST_SECTOR for number in _numbers(sector(each))]

    def chain(first: int) -> bytes:
        return b"".join(map(sector, _chain(first, fat, len(data) // size)))

    entries = list(_entries(chain(directory)))
    root = chain(entries[0][1])
    for name, first, length in entries:
        if name not in names:
            continue
        if length >= cutoff:
            found = chain(first)
        else:
            fat_of_shorts = _numbers(chain(first_short)) if shorts else []
            numbers = _chain(first, fat_of_shorts, len(root) // _SHORT)
            found = b"".join(root[number * _SHORT : (number + 1) * _SHORT] for number in numbers)
        if len(found) < length:
            raise ReadError("is damaged: its end is missing")
        return found[:length]
    raise ReadError(f"is incomplete: {names[0]} is missing")


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]


def _chain(number: int, fat: Sequence[int], most: int) -> Iterator[int]:
    """The sectors that follow upon each other, no more than there are: a damaged chain goes round."""
    for _ in range(most):
        if number >= _LAST_SECTOR:
            return
        yield number
        number = fat[number]


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Names, first sectors and lengths."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        name = directory[at : at + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
        yield (name, *struct.unpack_from("<II", directory, at + 116))
