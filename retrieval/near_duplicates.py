"""Near duplicates: which documents are versions of one another, by the runs of words that they share.

A sketch keeps an eighth of the hashes of all runs of five words, the same eighth in every document, so that
the shared part of two sketches tells the shared part of two texts.  Two documents are near duplicates if
they share half of the shorter one and are called alike (`version_names.py`); versions of versions are one
family.

But: which of a family is asked first is for whoever asks.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from retrieval.version_names import are_alike, called

_WORD = re.compile(r"\w+")
_RUN = 5  # words
_KEPT = 8  # one hash of so many
_SHARED = 0.5
_NEIGHBOURS = 50  # documents before one with the same run that it is compared with: all share a site's footer
_FEWEST = 12  # hashes; a shorter text is like others by chance
_FACTORS = [np.uint64(pow(0x9E3779B97F4A7C15, power, 1 << 64)) for power in range(1, _RUN + 1)]


@dataclass(frozen=True, slots=True)
class State:
    """What decides which versions a document has; `made_of`: the checksum of its file, and its recipe."""

    collection: int
    dated: str | None
    saved: int
    made_of: tuple[str, str] = field(repr=False)
    title: str
    source: str


def sketch(text: str) -> bytes:
    """The kept hashes of a text, sorted, 8 bytes each."""
    words = np.array([zlib.crc32(word.encode()) for word in _WORD.findall(text.lower())], np.uint64)
    runs = len(words) - _RUN + 1
    if runs < 1:
        return b""
    hashes = np.zeros(runs, np.uint64)
    for begin, factor in enumerate(_FACTORS):
        hashes += words[begin : begin + runs] * factor
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    return np.unique(hashes[hashes % np.uint64(_KEPT) == 0]).tobytes()


def families(
    sketches: Mapping[int, bytes], alike: Callable[[int, int], bool] = lambda _one, _other: True
) -> list[set[int]]:
    """The documents, by id, that are versions of one another; those alone are left out.

    `alike`: whether two that share their words may be versions.
    """
    hashes = {document: np.frombuffer(each, np.uint64) for document, each in sketches.items()}
    family = {document: {document} for document, each in hashes.items() if len(each) >= _FEWEST}
    holders: dict[int, list[int]] = defaultdict(list)
    shared = Counter[tuple[int, int]]()
    for document in family:
        for number in hashes[document].tolist():
            shared.update((other, document) for other in holders[number][-_NEIGHBOURS:])
            holders[number].append(document)
    for (one, other), count in shared.items():
        least = _SHARED * min(len(hashes[one]), len(hashes[other]))
        if count >= least and family[one] is not family[other] and alike(one, other):
            family[one] |= family[other]
            for each in family[other]:
                family[each] = family[one]
    return [set(each) for each in {id(each): each for each in family.values()}.values() if len(each) > 1]


def newest_of(family: Collection[int], dated: Mapping[int, str | None], saved: Mapping[int, int]) -> int:
    """The newest version: by the days that all of them name, else by when their files were saved.

    `dated`: ISO 8601; `saved`: nanoseconds.  One day among time stamps says nothing: a copy is saved when it
    is made.  Where that leaves several, it is the one stored last.
    """
    days = {document: dated[document] or "" for document in family}
    by_day = all(days.values())
    return max(family, key=lambda document: (by_day and days[document], saved[document], document))


def older_versions(seen: Mapping[int, State], hashes: Mapping[int, bytes]) -> set[tuple[int, int]]:
    """The documents that are older versions of others of their collection, each with the newest one.

    Comparing thousands of documents takes seconds: no place for a transaction.
    """
    dated = {document: state.dated for document, state in seen.items()}
    saved = {document: state.saved for document, state in seen.items()}
    names = {document: called(state.title, state.source) for document, state in seen.items()}
    found = set[tuple[int, int]]()
    for collection in {state.collection for state in seen.values()}:
        own = {document: each for document, each in hashes.items() if seen[document].collection == collection}
        for family in families(own, lambda one, other: are_alike(names[one], names[other])):
            newest = newest_of(family, dated, saved)
            found |= {(document, newest) for document in family if document != newest}
    return found
