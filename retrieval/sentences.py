"""Sentences: where they begin and end, block by block.

The cutting is sentencex's (https://github.com/wikimedia/sentencex), and three things are mended:

- a piece that says nothing by itself goes with what follows: one without any word of two letters
  (`1.`, `e.g.`'s halves, `-`), or one that ends in an abbreviation which never ends a sentence (`Dr.`,
  `No.` before a number, `p.m.` before a weekday, a short word before a small letter).  The
  last piece of a text goes with what comes before it;
- a sentence of more than `LONGEST` characters is cut at a blank, or anywhere if it has none, so that
  whatever is made of sentences is bounded;
- blanks around a sentence are not part of it.

Laws: sentences are in order, do not overlap, are not blank, and hold every character that is not blank.

But: a heading, a table row and code are not prose: each is one sentence, unless it is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sentencex

from retrieval.documents import Block, Document

Span = tuple[int, int]

LONGEST = 1200  # characters; some 250 words, several times the longest sentence that people read

_WORD = re.compile(r"[^\W\d_]{2,}")
_UNFINISHED = re.compile(
    r"(?<!\w)(?:(?:Dr|Mr|Mrs|Ms|Prof|St|Sgt|Lt|Col|Gen|Capt|Gov|Sen|Rep|Rev|Hon|Messrs|Ex)\."
    r"|(?:[Ee]\.g|[Ii]\.e|[Cc]f|vs|viz|[Aa]pprox|[Ii]ncl|resp)\.)$"
)
_FIGURE = re.compile(r"\s*\d")
_NUMBERED = re.compile(
    r"(?<!\w)(?:Nos?|Figs?|Secs?|Arts?|Eqs?|Ch|Vol|pp?|paras?|lit|max|min|wks?|mo|hrs?|govt)\.$", re.I
)
_SHORT = re.compile(r"(?<!\w)[^\W\d_]{1,4}\.$")
_TIME, _WEEKDAY = re.compile(r"(?<!\w)[ap]\.m\.$", re.I), re.compile(r"\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)")
_DAY = re.compile(r"(?<!\w)\d{1,2}\.$")
_MONTH = re.compile(
    r"\s*(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


def sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of `text` as offsets of code points."""
    cuts = [int(piece["end_index"]) for piece in sentencex.get_sentence_boundaries(language, text)]
    return [span for whole in _merged(text, cuts) for span in _bounded(text, *whole)]


def block_sentences(document: Document, block: Block, language: str = "en") -> list[Span]:
    """The sentences of a block as offsets in the document's text; none crosses the block's ends."""
    text = document.text[block.start : block.end]
    if block.kind in {"paragraph", "item"}:
        spans = sentences(text, language)
    else:
        spans = _bounded(text, *_stripped(text, 0, len(text)))
    return [(block.start + start, block.start + end) for start, end in spans]


def document_sentences(document: Document, language: str = "en") -> list[list[Span]]:
    """The sentences of each of the document's blocks."""
    return [block_sentences(document, block, language) for block in document.blocks]


def _merged(text: str, cuts: Iterable[int]) -> list[Span]:
    """Pieces, each with the fragments before it; in a time that grows with the text, whatever it holds."""
    merged: list[Span] = []
    fragment: int | None = None  # where one begins that waits for what follows
    looked = end = wordless = 0  # no word of the piece begins before `wordless`
    for cut in (*cuts, len(text)):
        first, last = _stripped(text, looked, cut)
        looked = cut
        if first == last:
            continue
        if fragment is None:
            fragment = wordless = first
        end = last
        word = _WORD.search(text, wordless, end)
        wordless = word.start() if word else end - 1  # which may be the first letter of one
        if word and not _is_unfinished(text, fragment, end):
            merged.append((fragment, end))
            fragment = None
    if fragment is not None:  # at the end
        before = merged.pop()[0] if merged else fragment
        merged.append((before, end))
    return merged


def _is_unfinished(text: str, start: int, end: int) -> bool:
    tail = text[max(start, end - 12) : end]
    ahead = text[end : end + 16]
    if _UNFINISHED.search(tail):
        return True
    if _SHORT.search(tail) and ahead.lstrip()[:1].islower():  # "4 wks. for staff"; not "projects. npm is"
        return True
    return any(
        before.search(tail) and behind.match(ahead)
        for before, behind in ((_NUMBERED, _FIGURE), (_TIME, _WEEKDAY), (_DAY, _MONTH))
    )


def _bounded(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    while end - start > LONGEST:
        cut = start + LONGEST
        while cut > start + LONGEST // 2 and not text[cut].isspace():
            cut -= 1
        if not text[cut].isspace():
            cut = start + LONGEST
        spans.append(_stripped(text, start, cut))
        start, end = _stripped(text, cut, end)
    return [*spans, (start, end)] if start < end else spans


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
