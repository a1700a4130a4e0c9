"""Windows: what the model reads in one go.

    [CLS] question [SEP] heading : a stretch of the passage [SEP]

Layout as in BERT's SQuAD models: token type 0 up to and with the first [SEP], 1 after it.  The heading
says what the passage is about, to readers that were trained with one; the others do without, and no answer
lies in it.  A passage that does not fit is read in overlapping stretches that begin `stride` tokens apart
(Devlin et al., 2019).  Two laws hold:

1. Every token of the passage lies in some window.
2. Every span of up to `room - stride + 1` tokens lies whole in one, `room` being the passage tokens
   that one window holds.

But: windows are not padded; the runtime rounds lengths up as its device likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qa_engine.tokens import Int32s, Tokenizer, Tokens

SIZE = 384
STRIDE = 128
MAX_QUESTION = 64
MAX_HEADING = 24
SPECIAL = 3  # [CLS], [SEP], [SEP]
SHORTEST = MAX_QUESTION + SPECIAL + STRIDE
"""A model that reads fewer tokens at once could not hold the longest question and one stride."""


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the model.

    `ids` and `types`, shape [length], are ready for the model.  `passage` numbers the passage among
    those of the question.  Position `lead + i` of the window holds token `first + i` of the passage,
    for `i < count`.
    """

    ids: Int32s = field(repr=False)
    types: Int32s = field(repr=False)
    passage: int
    lead: int
    first: int
    count: int

    def __len__(self) -> int:
        return len(self.ids)


def stretches(length: int, *, room: int, stride: int) -> list[tuple[int, int]]:
    """Where windows of `room` tokens begin and end over a text of `length` tokens.

    From 0 by `stride` until a window's end is the text's end.  An empty text has no window.
    """
    if not 0 < stride <= room:
        raise ValueError(f"stride must lie between 1 and room, got stride {stride} and room {room}")
    found: list[tuple[int, int]] = []
    for start in range(0, length, stride):
        found.append((start, min(start + room, length)))
        if start + room >= length:
            break
    return found


def windows(
    question: Tokens,
    passages: Sequence[Tokens],
    tokenizer: Tokenizer,
    *,
    size: int = SIZE,
    stride: int = STRIDE,
    headings: Sequence[Tokens] | None = None,
) -> list[Window]:
    """All windows of a question over its passages, passage by passage.

    The question is cut at `MAX_QUESTION` tokens.  `headings`, one a passage, stand in all of its windows,
    cut at `MAX_HEADING` tokens; an empty one leaves nothing, and one that takes the room of a stride is
    left out.
    """
    asked = question.ids[:MAX_QUESTION]
    head = np.concatenate(([tokenizer.cls], asked, [tokenizer.sep])).astype(np.int32)
    made = []
    for number, passage in enumerate(passages):
        before = head
        if headings is not None and len(headings[number]):
            heading = np.concatenate((headings[number].ids[:MAX_HEADING], tokenizer.colon))
            if size - len(head) - len(heading) - 1 >= stride:
                before = np.concatenate((head, heading)).astype(np.int32)
        for start, stop in stretches(len(passage), room=size - len(before) - 1, stride=stride):
            ids = np.concatenate((before, passage.ids[start:stop], [tokenizer.sep])).astype(np.int32)
            types = np.ones(len(ids), dtype=np.int32)
            types[: len(head)] = 0
            made.append(Window(ids, types, number, len(before), start, stop - start))
    return made
