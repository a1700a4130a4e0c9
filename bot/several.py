"""Several questions in one message: "When are laptops replaced? How long is parental leave?"

The reader looks for one place that answers all that it is asked, and two questions seldom have one in common.

But: they are asked as one all the same; whoever asks is told to ask each by itself.
"""

from __future__ import annotations

import re
from itertools import dropwhile

from bot.courtesies import bare, courtesy
from bot.leaning import goes_on, leans
from bot.question_forms import words_to_be_whole

_ENDED = re.compile(r"\?+(?=\s|$)")
_SENTENCES = re.compile(r"(?<=[.!:;\n])\s+")


def should_be_asked_by_themselves(question: str, *, answered: bool) -> bool:
    """Whether somebody asks so much at once that one answer is not enough, or none is found.

    One that leans on the one before it is often answered with that: "up to five days until 31 March" tells
    how many and until when.
    """
    questions = questions_in(question)
    if answered:
        questions = [each for each in questions if not leans(each)]
    return len(questions) > 1


def questions_in(text: str) -> list[str]:
    """Those with a question mark that are built as questions, each once, without what is said before them.

    "Any idea?" and "Can you help me?" ask nothing of documents; what leans ("And until when?") goes with
    one before it.
    """
    asked = [_SENTENCES.split(each.strip())[-1] for each in _ENDED.split(text)[:-1]]
    once: dict[str, str] = {}
    for each in asked:
        if courtesy(each) is None and _asks(each):
            once.setdefault(bare(each), each)
    return list(dropwhile(leans, once.values()))


def _asks(sentence: str) -> bool:
    return goes_on(sentence) or words_to_be_whole(sentence) is not None
