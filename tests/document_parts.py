"""What a document that was read consists of.

But: for tests; nobody else wants to see all of it.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from retrieval.documents import Document


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def place_of(document: Document, words: str) -> str | None:
    place = document.place_at(document.text.index(words))
    return place.label if place else None


def share_in_order(known: str, read_back: str) -> float:
    """The share of the words of `known` that `read_back` has in the same order."""
    words, found = known.split(), read_back.split()
    matches = SequenceMatcher(None, words, found, autojunk=False).get_matching_blocks()
    return sum(match.size for match in matches) / len(words)
