"""Which places give the same answer, and which of them to cite.

Case, articles and punctuation make no difference, as in SQuAD's metrics, but for what belongs to a figure or
a name: "1.5 days" are not "15 days", "C#" is not "C++", "< 5" not "> 5", "Plan A" not "Plan".

"13", "13 or older" and "13 years of age" are one answer: one holds the words of the other, and their figures
are the same.  "Under 13" is another, since it compares where "13" does not.  Of words without a figure this
would be too much ("GSA", "GSA InSite"): they must be equal.

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
    r"|(?<=\w)[+#<>]{1,2}|[+#<>]{1,2}(?=\w)|[<>]=?\s?(?=[$£€]?\d)"
    r"|(?<=\w\s)A(?=\W*$)"  # no article
)
# "At least 13" stays: it gives 13 as "13 or older" does.
_COMPARES = re.compile(r"\b(?:under|over|below|above|(?:more|less) than|at most|before|after|not|never)$")
_COUNTS_FROM = re.compile(r"(?:\w+ ){0,2}(?:before|after)\b")
_PRIVATE = 0xE000  # of Unicode's private use area: no punctuation
_BACK = {_PRIVATE + ord(mark): mark.lower() for mark in f"{string.punctuation}A"}


def same_answer(text: str) -> str:
    """What all texts have in common that are the same answer; empty for none."""
    hidden = _KEPT.sub(_hidden, _THOUSANDS.sub("", text))
    return normalise_answer(hidden).translate(_BACK)


def says(text: str, answer: str) -> bool:
    """Whether a text gives an answer, both as `same_answer` makes them; nothing gives none."""
    if not answer or text == answer:
        return bool(answer)
    figures = _FIGURE.findall(answer)
    if not figures or _FIGURE.findall(text) != figures:
        return False
    before, found, after = f" {text} ".partition(f" {answer} ")
    return bool(found) and not _COMPARES.search(before) and not _COUNTS_FROM.match(after)


def best_place(answer: int, texts: Sequence[str], documents: Sequence[int], probabilities: Floats) -> int:
    """The number of the place to cite for the answer that is given at the place `answer`.

    `texts` (as `same_answer` makes them), `documents` and `probabilities`: of each place.
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


def _hidden(found: re.Match[str]) -> str:
    """Marks as what the normalisation does not know."""
    return "".join(chr(_PRIVATE + ord(mark)) for mark in found[0] if not mark.isspace())
