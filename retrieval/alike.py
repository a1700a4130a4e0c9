"""Whether two questions ask for the same thing: near in meaning, no word left over, no other kind of thing.

What is looked at, and made one probability by a logistic regression on 24 questions of our own:

- the cosine of their vectors;
- how near the one word of the kept question is that has the least counterpart in the other: "sign contracts"
  and "sign parcels" are near, "contracts" and "parcels" are not;
- how much nearer the kept question comes when it loses one of its words: that word is where they part;
- whether a reader finds the answer to the one in what was answered to the other, where there is a reader.

An encoder hardly tells "when" from "where", "open" from "close", nor January from December.  So questions are
never alike that ask for another kind of thing, name the two sides of a pair (`opposites.py`), or each name
something which the other does not.  `benchmarks/pins.py` counts how many rewordings and near misses pass.

But: English only.  Counting the words of the other question too, or the rare ones for more, told no better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Literal

from retrieval.opposites import exclude_each_other
from retrieval.terms import question_words, terms
from retrieval.vectors import Encoder

NEAR = 0.6
"""The least likeness of questions that are alike."""
WORTH_A_LOOK = 0.4  # with a lower cosine none of them was
COSINE, LEAST_COVERED, WITHOUT_A_WORD, READ, USUAL = 7.5, 4.3, -12.5, 0.13, -5.4
"""The weights of what is looked at, and what is added to all."""
READ_USUALLY, READ_MOST = 2.9, 12.0  # the reader's log-odds: their mean, which no reader stands for; a bound

Reads = Callable[[str, str, str], float | None]
"""How sure a reader is that a question is answered, under a heading, by a passage: log-odds; None: no telling."""

Kind = Literal["amount", "manner", "person", "place", "reason", "time", "whether", "other"]
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("amount", re.compile(r"\bhow (?:many|much|long|often|far|large|big|high)\b", re.IGNORECASE)),
    ("person", re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)),
    ("time", re.compile(r"\b(?:when|(?:what|which) (?:date|day|time|month|year))\b", re.IGNORECASE)),
    ("place", re.compile(r"\bwhere\b", re.IGNORECASE)),
    ("reason", re.compile(r"\bwhy\b", re.IGNORECASE)),
    (
        "manner",
        re.compile(r"\bhow (?:(?:can|could|do|may|must|should) (?:i|one|we|you)|to)\b", re.IGNORECASE),
    ),
)
_ALSO_TOLD_BY: frozenset[tuple[Kind, Kind]] = frozenset((
    ("amount", "whether"), ("manner", "whether"), ("manner", "person"), ("manner", "place"),
    ("person", "manner"), ("place", "manner"),
))  # fmt: skip
"""What is asked for and what is kept, where the one tells the other: "how long may I" is near to "may I"."""
_WHETHER = re.compile(
    r"(?:am|are|can|could|did|do|does|has|have|is|may|must|shall|should|was|were|will|would)\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\b\d\w*")


def kind_of(question: str) -> Kind:
    """What a question asks for, by the first of its words that tells."""
    found = [(hit.start(), kind) for kind, word in _KINDS if (hit := word.search(question))]
    if found:
        return min(found)[1]
    return "whether" if _WHETHER.match(question) else "other"


def likeness(
    asked: str, kept: str, encoder: Encoder, *, answer: str = "", reads: Reads | None = None
) -> float:
    """How probable it is that two questions are alike; `answer`: what was kept with one."""
    mine, theirs = (list(dict.fromkeys(question_words(text))) for text in (asked, kept))
    if not mine or not theirs or mine == theirs:
        return float(mine == theirs)
    without = [re.sub(rf"\b{re.escape(word)}\b", "", kept, flags=re.IGNORECASE) for word in theirs]
    vectors = encoder.encode([asked, kept, *without, *theirs, *mine])
    cosine, *others = (vectors[1 : 2 + len(theirs)] @ vectors[0]).tolist()
    words = vectors[2 + len(theirs) :]
    covered = (words[: len(theirs)] @ words[len(theirs) :].T).max(axis=1)
    score = USUAL + COSINE * cosine + LEAST_COVERED * float(covered.min())
    score += WITHOUT_A_WORD * (max(others) - cosine)
    read = reads(asked, kept, answer) if reads is not None else None
    if read is not None:
        score += READ * (max(-READ_MOST, min(READ_MOST, read)) - READ_USUALLY)
    return 1 / (1 + math.exp(-score))


def may_be_alike(asked: str, kept: str, *, answer: str = "") -> bool:
    """False where two questions ask for different things, however near; `answer`: what was kept with one."""
    return not (
        _other_kind(kind_of(asked), kind_of(kept))
        or exclude_each_other(asked, kept)
        or _other_name(asked, kept, answer)
    )


def _other_kind(asked: Kind, kept: Kind) -> bool:
    """As "who" and "where"."""
    if asked in ("other", "whether") or kept == "other":
        return False
    return asked != kept and (asked, kept) not in _ALSO_TOLD_BY


def _other_name(asked: str, kept: str, answer: str) -> bool:
    """Each names something (or has a number) of which the other knows nothing."""
    mine, theirs = _names(asked), _names(kept)
    return bool(mine - set(terms(f"{kept} {answer}"))) and bool(theirs - set(terms(asked)))


def _names(question: str) -> set[str]:
    return {term for name in _NAME.findall(question) for term in terms(name)}
