"""Whether two questions ask for the same: near in meaning, no word that parts them, no other kind of thing.

What is looked at, and made one probability by a logistic regression on 60 questions of our own:

- the cosine of their vectors, less what of it is due to the words that they share: a near miss has nearly all
  words of a question, a rewording few;
- how much nearer they come when one of them loses a word: at that word they part;
- whether a reader finds the answer to the one in what was answered to the other, where there is a reader.

An encoder hardly tells "when" from "where", "open" from "close", nor January from December.  So questions are
never alike that ask for another kind of thing, name the two sides of a pair (`opposites.py`), or each name
something which the other does not ("C#" and "C++" are two names), nor where only one of them says "not".
`benchmarks/pins.py` counts how many rewordings and near misses pass.

But: English only.  The least covered word, and rare words that count for more, told no better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Literal, cast

from retrieval.opposites import exclude_each_other
from retrieval.terms import all_words, question_terms, question_words, terms
from retrieval.vectors import Encoder, Float32s

NEAR = 0.7
"""The least likeness of questions that are alike."""
WORTH_A_LOOK = 0.4  # hardly any of them had a lower cosine
WEIGHTS, USUAL = (7.1, -8.5, -10.2, -6.7, 0.28), 1.7
"""The weights of `traits`, and what is added to all; `benchmarks/pins.py` finds them for a new reader."""
READ_USUALLY, READ_MOST = -2.7, 12.0  # the reader's log-odds: their mean, which no reader stands for; a bound

MOST_WORDS = 24  # of a question: each of them is a text to encode

Reads = Callable[[str, str, str], float | None]
"""The log-odds of a reader that a question is answered, under a heading, by a passage; None: no telling."""

Kind = Literal["amount", "manner", "person", "place", "reason", "time", "whether", "other"]
_NT = "n['\u2019]?t"  # many type no apostrophe, and some keyboards a curly one
_AUXILIARY = (
    "(?:(?:am|are|can|could|did|do|does|had|has|have|is|may|must|shall|should|was|were|will|would)"
    rf"(?:{_NT})?|ca{_NT}|cannot|wo{_NT})"
)
_ASKS_FOR = re.compile(
    r"\b(?:(?P<amount>how (?:many|much|long|often|far|fast|large|big|high|expensive))"
    r"|(?P<person>who|whom|whose)"
    rf"|(?P<time>when(?= {_AUXILIARY}\b)|(?:what|which) (?:date|day|time|month|year)|what(?:'s| is) the date)"
    r"|(?P<place>where)|(?P<reason>why|how come|what(?:'s| is) the reason)"
    r"|(?P<manner>how (?:(?:can|could|do|may|must|should) (?:i|one|we|you)|to))|(?P<other>how|what|which))\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(rf"{_AUXILIARY}\b", re.IGNORECASE)
_ONE_TELLS_THE_OTHER = frozenset(
    frozenset(pair) for pair in (("amount", "time"), ("manner", "person"), ("manner", "place"))
)
_NEGATION = re.compile(
    rf"\b(?:(?:are|ca|could|did|do|does|had|has|have|is|must|need|sha|should|was|were|wo|would){_NT}"
    r"|cannot|never|no longer|(?<!or )not)\b",
    re.IGNORECASE,
)
MOST_NEGATIONS = 3  # of a question that are looked at
_ASIDE = re.compile(
    r"[,;:.!?]|\b(?:after|because|before|if|since|that|unless|until|when|where|which|while|who)\b"
    rf"|\b(?:i|we|you|he|she|it|they)(?= (?:{_AUXILIARY}|never|no longer)\b)",
    re.IGNORECASE,
)
"""What begins a clause in which something is told; where something is asked, "can't" stands before "I"."""
_WITH_MARKS = re.compile(r"([$£€]?)\s?(\w+(?:[.,]\d+)*)([+#]{1,2}(?!\w)|\s?[%$£€](?!\s?\d))?")
_BARE = {""}
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\b\d\w*")


def kind_of(question: str) -> Kind:
    """What a question asks for, by the first of its words that tells."""
    if _WHETHER.match(question):
        return "whether"
    found = _ASKS_FOR.search(question)
    return cast(Kind, found.lastgroup) if found else "other"


def likeness(
    asked: str, kept: str, encoder: Encoder, *, answer: str = "", reads: Reads | None = None
) -> float:
    """How probable it is that two questions are alike; `answer`: what was kept with one."""
    found = traits(asked, kept, encoder, answer=answer, reads=reads)
    if found is None:
        return float(wording(asked) == wording(kept))
    score = USUAL + sum(weight * each for weight, each in zip(WEIGHTS, found, strict=True))
    return 1 / (1 + math.exp(-score))


def traits(
    asked: str, kept: str, encoder: Encoder, *, answer: str = "", reads: Reads | None = None
) -> tuple[float, ...] | None:
    """What is looked at, a number for each of `WEIGHTS`; None where all words are the same, or one has none.

    The cosine, the words shared, how much nearer the two come without a word of the kept one and without one
    of the asked one, and what the reader finds in the answer beyond the usual.
    """
    mine, theirs = (list(dict.fromkeys(question_words(text)))[:MOST_WORDS] for text in (asked, kept))
    if not mine or not theirs or all_words(asked) == all_words(kept):
        return None
    texts = [asked, *_without_each(asked, mine), kept, *_without_each(kept, theirs), *mine, *theirs]
    asked_now, asked_less, kept_now, kept_less, my_words, their_words = _parted(
        encoder.encode(texts), (1, len(mine), 1, len(theirs), len(mine), len(theirs))
    )
    cosine = float(kept_now[0] @ asked_now[0])
    read = reads(asked, kept, answer) if reads is not None else None
    return (
        cosine,
        float((my_words @ their_words.T).max(axis=1).mean()),
        float((kept_less @ asked_now[0]).max()) - cosine,
        float((asked_less @ kept_now[0]).max()) - cosine,
        0.0 if read is None else max(-READ_MOST, min(READ_MOST, read)) - READ_USUALLY,
    )


def may_be_alike(asked: str, kept: str, *, answer: str = "") -> bool:
    """False where two questions ask for different things, however near; `answer`: what was kept with one."""
    return not (
        _other_kind(kind_of(asked), kind_of(kept))
        or exclude_each_other(asked, kept)
        or _negates(asked, kept) != _negates(kept, asked)
        or _other_name(asked, kept, answer)
        or _marked_otherwise(asked, kept)
    )


def wording(question: str) -> tuple[tuple[str, ...], ...]:
    """What two questions share that are the same in all words and in the marks of names."""
    marked = _marked(question)
    return tuple(all_words(question)), *((word, *sorted(marked[word])) for word in sorted(marked))


def _other_kind(asked: Kind, kept: Kind) -> bool:
    """As "who" and "when"; "how long may I" is near to "may I", "who may" is not."""
    if asked == kept or asked in ("other", "whether") or kept == "other":
        return False
    if kept == "whether":
        return asked not in ("amount", "manner")
    return frozenset((asked, kept)) not in _ONE_TELLS_THE_OTHER


def _negates(question: str, other: str) -> bool:
    """Whether a question says "not" to what it asks, or to a word of the other one.

    What is told beside a question often does: "It doesn't work, who mends it?" is "Who mends it?".
    """
    return any(
        _is_asked(question, negation)
        or not set(question_terms(question[negation.end() :])[:1]).isdisjoint(terms(other))
        for negation in islice(_NEGATION.finditer(question), MOST_NEGATIONS)
    )


def _is_asked(question: str, negation: re.Match[str]) -> bool:
    """Whether it stands in the clause that asks, as in "What can't I bring?"."""
    asking = _WHETHER.match(question) or _ASKS_FOR.search(question)
    if asking is None or asking.start() > negation.start():
        return False
    return _ASIDE.search(question, asking.end(), negation.end()) is None


def _other_name(asked: str, kept: str, answer: str) -> bool:
    """Each names something (or has a number) of which the other knows nothing."""
    mine, theirs = _names(asked), _names(kept)
    return bool(mine - theirs - set(terms(f"{kept} {answer}"))) and bool(theirs - mine - set(terms(asked)))


def _marked_otherwise(asked: str, kept: str) -> bool:
    """A word of both has a mark in one that it has not in the other: "C#" and "C++", "30%" and "$30"."""
    mine, theirs = _marked(asked), _marked(kept)
    both = set(all_words(asked)).intersection(all_words(kept), mine.keys() | theirs.keys())
    return any(mine.get(word, _BARE).isdisjoint(theirs.get(word, _BARE)) for word in both)


def _marked(question: str) -> dict[str, set[str]]:
    """The words of which some stand with a mark, each with all its marks; "" for where it has none."""
    found: dict[str, set[str]] = {}
    for before, word, behind in _WITH_MARKS.findall(question):
        for each in all_words(word):
            found.setdefault(each, set()).add(f"{before}{behind}".strip())
    return {word: marks for word, marks in found.items() if marks != _BARE}


def _names(question: str) -> set[str]:
    return {term for name in _NAME.findall(question) for term in terms(name)}


def _without_each(question: str, words: Sequence[str]) -> list[str]:
    """The question without each of its words."""
    return [re.sub(rf"\b{re.escape(word)}\b", "", question, flags=re.IGNORECASE) for word in words]


def _parted(vectors: Float32s, lengths: Sequence[int]) -> Iterator[Float32s]:
    """Runs of vectors, of these lengths."""
    start = 0
    for length in lengths:
        yield vectors[start : start + length]
        start += length
