"""Whether an answer that was given is right: says what a reference says.

Right is what has at least half of its words in common with the reference (F1 of 0.5), as is usual where a
span need not be cut as the reference is.  But half of the words are soon in common: "15 days" and "25 days",
"30 June" and "30 July", "Ann Bell" and "Tom Bell", "allowed" and "not allowed".  So besides
- neither has a figure, month, weekday, or unit of time or of count that the other lacks while it lacks one
  that the other has,
- both deny or neither does,
- one of them has more than half of the words of the other.

But: SQuAD's own figures, exact match and F1, are in `squad.py` and know nothing of this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from qa_engine.squad import f1

RIGHT_F1 = 0.5

_CARDINALS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = (
    {word: n for words in (_CARDINALS, _ORDINALS) for n, word in enumerate(words)}
    | {word: 10 * n for n, word in enumerate(_TENS, 2)}
    | {f"{word[:-1]}ieth": 10 * n for n, word in enumerate(_TENS, 2)}
)
_UNITS = {
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "minute", "hour", "day", "night", "week", "fortnight", "month", "quarter", "year", "decade",
    "century", "hundred", "thousand", "million", "billion", "trillion", "dozen",
}  # fmt: skip
_DENIALS = {"no", "not", "never", "none", "neither", "nor", "without", "cannot"}
_COMPARED = {
    "more", "less", "later", "earlier", "longer", "fewer", "older", "younger", "higher", "lower", "than",
}  # fmt: skip
_ARTICLES = {"a", "an", "the"}
_WORDS = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?|[^\W\d_]+")
_PLAIN = re.compile(r"[a-z]+n['\u2019]t|[a-z]+")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


def is_right(answer: str, references: Iterable[str]) -> bool:
    """Whether an answer says what some reference says.  Without references nothing is right."""
    return any(_says_the_same(answer, reference) for reference in references)


def _says_the_same(answer: str, reference: str) -> bool:
    if f1(answer, reference) < RIGHT_F1 or _denies(answer) is not _denies(reference):
        return False
    words, others = list(_words(answer)), list(_words(reference))
    marks, its = (Counter(filter(_is_mark, each)) for each in (words, others))
    shared = (Counter(words) & Counter(others)).total()
    return (marks <= its or its <= marks) and 2 * shared > min(len(words), len(others))


def _words(text: str) -> Iterator[str]:
    """Words without articles, plurals of units and ways to write a figure: "Twenty-five days": 25, day."""
    tens = 0  # of "twenty-five", until the five is seen
    for word in [*_WORDS.findall(text.lower()), ""]:
        value = _VALUES.get(word)
        if tens and value is not None and 0 < value < 10:
            value, tens = value + tens, 0
        elif tens:
            yield str(tens)
            tens = 0
        if value is not None and value >= 20 and value % 10 == 0:
            tens = value
        elif value is not None:
            yield str(value)
        elif word and word not in _ARTICLES:
            yield _figure(word) if word[0].isdigit() else _unit(word)
    # The last word is none, so that no tens are left.


def _is_mark(word: str) -> bool:
    return word in _UNITS or word[0].isdigit()


def _unit(word: str) -> str:
    """A unit without its plural; other words as they are."""
    single = word.removesuffix("s")
    return single if single in _UNITS else word


def _figure(digits: str) -> str:
    """ "1,500.0" as "1500"; dates and versions ("1.2.3") as they are."""
    bare = _THOUSANDS.sub("", digits.rstrip("stndrh"))
    try:
        return f"{float(bare):.12g}"
    except ValueError:
        return bare


def _denies(text: str) -> bool:
    """Whether something is said not to be; "no more than five" only counts."""
    words = _PLAIN.findall(text.lower())
    return any(
        not word.isalpha() or (word in _DENIALS and behind not in _COMPARED)
        for word, behind in pairwise([*words, ""])
    )
