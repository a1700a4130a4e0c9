"""Which places give the same answer, and which of them to cite.

Case, articles and punctuation make no difference, as in SQuAD's metrics, but for what belongs to a figure or
a name: "1.5 days" are not "15 days", "$30" not "30", "C#" is not "C++", "< 5" not "> 5", "Plan A" not "Plan".

"13", "13 or older" and "13 years of age" are one answer: one holds the words of the other, and their figures
are the same.  "Under 13" is another, since it compares where "13" does not; so are "up to 13", "13 or
younger", "any but 13", "half of 13" and "13 million", also where only "13" was cut out of them: what a clause
says of a figure beside a span belongs to the answer (`in_context`).  Of words without a figure this would be
too much ("GSA", "GSA InSite"): they must be equal.

The entries of the comparison exclude one another, so P(the right place is in a document) is the sum over the
document's places.  The document where this is largest is cited, by its most probable place: one that says an
answer in its rule, its definition and its summary is rather what was meant than one that mentions it.

But: how probable an answer is and which is given are not changed by it.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Sequence

from qa_engine.calibration import Floats
from qa_engine.squad import normalise_answer

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_KEPT = re.compile(
    r"(?<=\d)[!-/:-@\[-`{-~](?=\d)|(?<!\w)[-.](?=\d)|(?<=\d)\s?%"  # of a figure
    r"|\$(?=\d)|(?<=\d)\$"
    r"|(?<=\w)[+#<>]{1,2}|[+#<>]{1,2}(?=\w)|[<>]=?\s?(?=[$£€]?\d)"
    r"|(?<=\w\s)A(?=\W*$)"  # no article
)
_CURRENCY = "[$£€¥]"
_APART = re.compile(
    rf"(?<={_CURRENCY})\s(?=\d)|(?<=[≤≥])\s(?={_CURRENCY}?\s?\d)|(?<=\d)\s(?={_CURRENCY}(?!\s?\d))"
)
# "At least 13" stays: it gives 13 as "13 or older" does.
_LESS = "younger|less|fewer|earlier|lower|shorter|smaller"
_MORE = "older|more|later|higher|longer|greater|larger"
_BEFORE = re.compile(
    rf"\b(?:(?:no |not )?(?:under|over|below|above|beyond|outside|exceed(?:s|ing)?|(?:{_LESS}|{_MORE}) than"
    r"|up to|at most|max|maximum|min|minimum|before|after|until|till|half|third|quarter|part|twice|double"
    r"|triple|minus|but|except|excluding|without|unless|instead|apart from|(?:other|rather) than)"
    r"(?: (?:age|of|about|exactly|only|for))*"
    r"|(?:no|not|never|neither|nor|non|none|cannot"
    r"|(?:is|are|was|were|do|does|did|ca|wo|must|should)n\u2019?t)(?: \w+){0,2})$"
)
_BEHIND = re.compile(
    r"^(?:(?:\w+ ){0,2}(?:before|after)"
    rf"|(?:\w+ ){{0,3}}(?:or|and) (?:{_LESS}|under|below|before)"
    r"|(?:hundred|thousand|million|billion|dozen|percent|per cent|k|bn)"
    r"|(?:(?!or |and )\w+ )?(?:at most|at latest|at earliest|max|maximum|min|minimum|tops|minus|less|fewer"
    r"|ago|earlier|later|early|late|in advance|beforehand|excepted|excluded))\b"
)
_MARKS_BEFORE = re.compile(rf"(?:[<>≤≥]=?\s?)?(?:{_CURRENCY}\s?)?$")
_MARKS_BEHIND = re.compile(rf"^\s?(?:%|{_CURRENCY}(?!\s?\d))")
_CLAUSE = re.compile(r"[,;:()]\s")
_NEAR = 80  # characters beside a span that are looked at
_PRIVATE = 0xE000  # of Unicode's private use area: no punctuation
_BACK = {_PRIVATE + ord(mark): mark.lower() for mark in f"{string.punctuation}A"}


def same_answer(text: str) -> str:
    """What all texts have in common that are the same answer; empty for none."""
    hidden = _KEPT.sub(_hidden, _APART.sub("", _THOUSANDS.sub("", text)))
    return normalise_answer(hidden).translate(_BACK)


def in_context(text: str, before: str, behind: str) -> str:
    """`same_answer` of a span with what its sentence says of a figure `before` and `behind` it."""
    if not _FIGURE.search(text):
        return same_answer(text)
    before, behind = _CLAUSE.split(before[-_NEAR:])[-1], _CLAUSE.split(behind[:_NEAR])[0]
    marked = f"{_found(_MARKS_BEFORE, before)}{text}{_found(_MARKS_BEHIND, behind)}"
    compares, counts = _found(_BEFORE, same_answer(before)), _found(_BEHIND, same_answer(behind))
    return " ".join(filter(None, (compares, same_answer(marked), counts)))


def says(text: str, answer: str) -> bool:
    """Whether a text gives an answer, both as `same_answer` or `in_context` makes them; nothing does ""."""
    if not answer or text == answer:
        return bool(answer)
    figures = _FIGURE.findall(answer)
    if not figures or _FIGURE.findall(text) != figures:
        return False
    before, found, after = f" {text} ".partition(f" {answer} ")
    return bool(found) and not _BEFORE.search(before.rstrip()) and not _BEHIND.search(after)


def best_place(answer: int, texts: Sequence[str], documents: Sequence[int], probabilities: Floats) -> int:
    """The number of the place to cite for the answer that is given at the place `answer`.

    `texts` (as `in_context` makes them), `documents` and `probabilities`: of each place.
    """
    places = [place for place, text in enumerate(texts) if says(text, texts[answer])] or [answer]
    sums: dict[int, float] = defaultdict(float)
    for place in places:
        sums[documents[place]] += float(probabilities[place])
    # Of equals the document of `answer`, whose place was found to be the most probable.
    document = max(sums, key=lambda each: (sums[each], each == documents[answer]))
    return max(
        (place for place in places if documents[place] == document),
        key=lambda place: (probabilities[place], place == answer),
    )


def within(answer: str, text: str) -> tuple[int, int] | None:
    """Where an answer's words stand in another text that gives it, letter for letter but for their case."""
    found = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text, re.IGNORECASE)
    return None if found is None else found.span()


def _found(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern finds in a text; "" for nothing."""
    found = pattern.search(text)
    return found[0] if found else ""


def _hidden(found: re.Match[str]) -> str:
    """Marks as what the normalisation does not know."""
    return "".join(chr(_PRIVATE + ord(mark)) for mark in found[0] if not mark.isspace())
