"""Whether two questions ask for the same thing: near in meaning, no word left over, no other kind of thing.

Near is the cosine of their vectors, and how near the one word of the kept question is that has the least
counterpart in the other: "park my bike" and "park my car" are near, "bike" and "car" are not.  An encoder
hardly tells "when" from "where", nor January from December; so questions that ask for another kind of thing,
or that each name something which the other does not, are never alike.  `benchmarks/pins.py` counts how many
rewordings and near misses pass.

But: English only, and "borrow" and "return" are near to each other.
"""

from __future__ import annotations

import re
from typing import Literal

from retrieval.terms import question_words, terms
from retrieval.vectors import Encoder

NEAR = 0.6
"""The least likeness of questions that are alike."""
WORTH_A_LOOK = 0.4  # the least cosine with which that can be reached
WORDS = 0.5
"""The weight of the least covered word beside the cosine; both chosen on 24 questions of our own."""

Kind = Literal["amount", "person", "time", "place", "whether", "other"]
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("amount", re.compile(r"\bhow (?:many|much|long|often|far|large|big|high)\b", re.IGNORECASE)),
    ("person", re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)),
    ("time", re.compile(r"\b(?:when|(?:what|which) (?:date|day|time|month|year))\b", re.IGNORECASE)),
    ("place", re.compile(r"\bwhere\b", re.IGNORECASE)),
)
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


def likeness(asked: str, kept: str, cosine: float, encoder: Encoder) -> float:
    """How alike two questions are, at most 1; `cosine`: of the whole of them."""
    mine, theirs = (list(dict.fromkeys(question_words(text))) for text in (asked, kept))
    if not mine or not theirs:
        return cosine
    vectors = encoder.encode([*theirs, *mine])
    covered = (vectors[: len(theirs)] @ vectors[len(theirs) :].T).max(axis=1)
    return (cosine + WORDS * float(covered.min())) / (1 + WORDS)


def may_be_alike(asked: str, kept: str, *, answer: str = "") -> bool:
    """False where two questions ask for different things, however near; `answer`: what was kept with one."""
    return not _other_kind(kind_of(asked), kind_of(kept)) and not _other_name(asked, kept, answer)


def _other_kind(asked: Kind, kept: Kind) -> bool:
    """As "who" and "where"; "how long may I" is still near to "may I"."""
    if asked in ("other", "whether") or kept == "other":
        return False
    return asked != kept and not (kept == "whether" and asked == "amount")


def _other_name(asked: str, kept: str, answer: str) -> bool:
    """Each names something (or has a number) of which the other knows nothing."""
    mine, theirs = _names(asked), _names(kept)
    return bool(mine - set(terms(f"{kept} {answer}"))) and bool(theirs - set(terms(asked)))


def _names(question: str) -> set[str]:
    return {term for name in _NAME.findall(question) for term in terms(name)}
