"""What a word that stands in no passage may have been meant to be.

One slip is forgiven: a letter too few, too many, wrong, or swapped with its neighbour (Damerau, "A technique
for computer detection and correction of spelling errors", 1964), or a blank too few ("timesheet").  All words
that are one slip away are made and looked up (after Norvig, "How to write a spelling corrector", 2007), which
takes some hundred look-ups and no second dictionary; of those that stand somewhere, that in most passages
wins.

A name is no slip of a stop word ("Thea"), which says nothing that could be looked for.

But: what stands where is the caller's to say, and so is which words are right and only unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from string import ascii_lowercase

from retrieval.terms import STOP_WORDS

SHORTEST, LONGEST = 4, 20
"""Characters of a word that may be mended; of shorter ones too many are one slip apart."""
SHORTEST_PART = 3
MOST = 4
"""Words of a question that are mended, its first; of noise each would be a thousand words to look up."""

Count = Callable[[Collection[str]], Mapping[str, int]]
"""In how many passages each of some words stands; those in none may be left out."""


def mended(words: Sequence[str], count: Count) -> dict[str, str]:
    """What to look for in place of some lower-case words that stand in no passage; of some, nothing."""
    looked_at = [word for word in words if _may_be_mended(word)][:MOST]
    slipped = {word: slips(word) - STOP_WORDS for word in looked_at}
    parted = {word: halves(word) for word in slipped}
    wanted = set[str]().union(*slipped.values(), *(pair for pairs in parted.values() for pair in pairs))
    counts = count(wanted)
    found = {}
    for word, others in slipped.items():
        best = max(sorted(others), key=lambda each: counts.get(each, 0))
        pairs = [(min(counts.get(half, 0) for half in pair), pair) for pair in parted[word]]
        commonest, pair = max(pairs, default=(0, ("", "")))
        if counts.get(best, 0):
            found[word] = best
        elif commonest:
            found[word] = " ".join(pair)
    return found


def respelled(text: str, instead: Mapping[str, str]) -> str:
    """`text` with some lower-case words replaced wherever they stand."""
    for word, other in instead.items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", other, text, flags=re.IGNORECASE)
    return text


def slips(word: str) -> set[str]:
    """All words that are one slip away from a lower-case word, itself left out."""
    letters = sorted({*ascii_lowercase, *word})
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    fewer = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    more = {a + letter + b for a, b in cuts for letter in letters}
    return (fewer | swapped | wrong | more) - {word}


def halves(word: str) -> list[tuple[str, str]]:
    """The ways to part a word in two that are not too short."""
    return [(word[:i], word[i:]) for i in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]


def _may_be_mended(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()
