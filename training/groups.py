"""What one step of the training reads: questions, each with several windows of which at most one answers.

A group is a question with the passage that answers it and passages that only look like it.  Windows are cut
as the bot's are (`[CLS] question [SEP] passage [SEP]`), half of those whose passage has a title (nearly all
of a company's) with "title :" before the passage, and some cropped, so that an answer is learned in any place
of a window.

The order is drawn anew in each pass over the data, from the seed and the number of the pass alone, so that an
interrupted training goes on with the very group that would have been next.

But: nothing of PyTorch here.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from qa_engine.tokens import Int32s, Tokenizer
from qa_engine.windows import MAX_HEADING, MAX_QUESTION, SPECIAL
from training.diet import Diet
from training.examples import Corpus
from training.invented import kind
from training.near_misses import near_miss
from training.negatives import MISSING, OPEN, Passages

CROPPED = 0.3
TITLED, TITLED_OWN = 0.5, 0.95
"""How often a passage is read with its title, and how often one of a company's: the bot has a heading for
each of those, and what a section is about may stand there alone.
"""

NEAR_MISSES = 0.25
"""How often an answerable question of an open set is asked with a word changed, so that its passage has no
answer (where there is a word to change: in over half)."""
NEGATIVES = (0.6, 0.28, 0.1, 0.02)
"""How probably a group gets 0, 1, 2, 3 wrong passages."""
NEGATIVES_OWN = (0.3, 0.3, 0.25, 0.15)
"""The same for a question about a company: its other pages are what the bot would read beside it."""


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """One input.  `lead`: the first position that may be answered from; `span`: the answer, None: none."""

    ids: Int32s = field(repr=False)
    types: Int32s = field(repr=False)
    lead: int
    span: tuple[int, int] | None


Group = tuple[TrainingWindow, ...]


class Groups:
    """All groups of a corpus, pass by pass, as often as the diet says; the examples in `unseen` never."""

    def __init__(
        self,
        corpus: Corpus,
        negatives: Passages,
        tokenizer: Tokenizer,
        *,
        size: int,
        seed: int,
        diet: Diet,
        unseen: Collection[int] = frozenset(),
    ) -> None:
        self._corpus = corpus
        self._negatives = negatives
        self._unseen, self._diet = frozenset(unseen), diet
        self._tokenizer, self._colon = tokenizer, tokenizer.colon
        self._cls, self._sep, self._size, self._seed = tokenizer.cls, tokenizer.sep, size, seed

    def from_(self, number: int, skip: int) -> Iterator[tuple[int, int, Group]]:
        """Groups without end, each with its pass and its place in it; from pass `number`, `skip` left out."""
        while True:
            order = self.order(number)
            for place in range(skip, len(order)):
                draw = random.Random(f"{self._seed} {number} {place}")
                yield number, place, self.group(order[place], draw)
            number, skip = number + 1, 0

    def order(self, number: int) -> list[int]:
        """The examples of a pass."""
        draw = random.Random(f"{self._seed} {number}")
        chosen = []
        for index, row in enumerate(self._corpus.rows):
            chosen += [index] * self._diet.times(row, draw)
        draw.shuffle(chosen)
        return [index for index in chosen if index not in self._unseen]

    def asked(self, since: tuple[int, int], until: tuple[int, int]) -> list[str]:
        """The ids of the questions between two places of a pass or of two that follow upon each other."""
        (first, start), (last, end) = since, until
        if first == last:
            return [self._corpus.rows[index].id for index in self.order(first)[start:end]]
        between = (first + 1, 0)
        return self.asked(since, (first, len(self.order(first)))) + self.asked(between, until)

    def group(self, index: int, draw: random.Random) -> Group:
        """The windows of an example."""
        example = self._corpus.examples[index]
        question = example.question
        span = draw.choice(example.spans) if example.spans else None  # annotators take turns
        missed = self._near_miss(index, draw)
        if missed is not None:
            question, span = missed, None
        about = kind(self._corpus.rows[index])
        titled = TITLED_OWN if about == "company" else TITLED
        windows = [self._window(question, example.passage, span, draw, titled)]
        wrong = [passage for passage in self._negatives[index].tolist() if passage != MISSING]
        often = NEGATIVES if about == "public" else NEGATIVES_OWN
        count = min(len(wrong), draw.choices(range(len(often)), often)[0])
        # The first few look most like the answer, and the bot will read them all.
        windows += [self._window(question, p, None, draw, titled) for p in draw.sample(wrong, count)]
        return tuple(windows)

    def _near_miss(self, index: int, draw: random.Random) -> Int32s | None:
        example, row = self._corpus.examples[index], self._corpus.rows[index]
        if not example.spans or not example.source.startswith(OPEN) or draw.random() >= NEAR_MISSES:
            return None
        text = near_miss(row.question, row.context, [each.text for each in row.references], draw)
        return self._tokenizer(text).ids if text is not None else None

    def _window(
        self, question: Int32s, passage: int, span: tuple[int, int] | None, draw: random.Random,
        titled: float,
    ) -> TrainingWindow:  # fmt: skip
        asked = question[:MAX_QUESTION]
        title = self._corpus.titles[passage][:MAX_HEADING]
        prefix = np.concatenate((title, self._colon)) if len(title) and draw.random() < titled else title[:0]
        tokens = self._corpus.tokens[passage]
        room = self._size - len(asked) - len(prefix) - SPECIAL
        if draw.random() < CROPPED:
            room = min(room, draw.randint(48, 192))
        first, last = _cut(len(tokens), span, room, draw)
        head = np.concatenate(([self._cls], asked, [self._sep]))
        ids = np.concatenate((head, prefix, tokens[first:last], [self._sep])).astype(np.int32)
        types = np.ones(len(ids), dtype=np.int32)
        types[: len(head)] = 0
        lead = len(head) + len(prefix)
        # The end of a very long answer may lie outside: then the window does not hold it.
        inside = span is not None and span[0] >= first and span[1] < last
        moved = (span[0] - first + lead, span[1] - first + lead) if span is not None and inside else None
        return TrainingWindow(ids, types, lead, moved)


def _cut(length: int, span: tuple[int, int] | None, room: int, draw: random.Random) -> tuple[int, int]:
    """A stretch of at most `room` tokens, with the span in it where there is one that fits."""
    if length <= room:
        return 0, length
    if span is None:
        first = draw.randint(0, length - room)
    else:
        least, most = max(0, span[1] + 1 - room), min(span[0], length - room)
        first = draw.randint(min(least, most), most)
    return first, first + room
