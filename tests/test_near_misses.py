"""Questions that their passage looks as if it answered: one thing is exchanged, and nothing is given away."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from qa_engine.models import EMBEDDED
from qa_engine.squad import Reference, SquadRow
from qa_engine.tokens import Tokenizer
from training.diet import Diet
from training.examples import build_corpus
from training.groups import NEAR_MISSES, Groups
from training.near_misses import near_miss, opposites
from training.negatives import mine

PASSAGE = (
    "Contracts are kept in Bergen until 1998, and from 2004 in Porto Novo. The first office of Quillon Ltd stood in "
    "Leith. It had 12 rooms. The office moved after the flood."
)


@pytest.mark.parametrize(
    ("question", "answer", "instead"),
    [
        ("Until when did Bergen keep contracts?", "1998", {"Leith", "Porto Novo", "Quillon Ltd"}),
        ("until when did bergen keep contracts?", "1998", {"Leith", "Porto Novo", "Quillon Ltd"}),
        ("Where were contracts kept in 1998?", "Bergen", {"2004"}),
        ("Where did the first office stand?", "Leith", {"last"}),
        ("What happened before the move?", "flood", {"after"}),
    ],
)
def test_one_name_number_or_word_is_exchanged_for_one_like_it(
    question: str, answer: str, instead: set[str]
) -> None:
    """A year for a year, a name for a name of the passage, a word for its opposite; never the answer."""
    seen = {near_miss(question, PASSAGE, [answer], random.Random(seed)) for seed in range(60)}
    words = {"Bergen", "bergen", "1998", "first", "before"}
    gone = next(word for word in words if word in question and word not in answer)
    assert seen == {question.replace(gone, new) for new in instead}


def test_opposites_keep_their_tense() -> None:
    """Of the table that tells pinned answers apart, with their past; of "leaved" there is none."""
    expected = {
        "first": {"last"}, "north": {"east", "south", "west"}, "increase": {"decrease", "lower", "reduce"},
        "increased": {"decreased", "lowered", "reduced"}, "won": {"lost"}, "lost": {"won"},
        "ended": {"began", "started"}, "youngest": {"oldest"}, "red": set(), "table": set(),
    }  # fmt: skip
    assert {word: set(opposites(word)) for word in expected} == expected


@pytest.mark.parametrize("question", ["Who has a key?", "How many rooms did it have?", ""])
def test_where_nothing_can_be_exchanged_there_is_none(question: str) -> None:
    """Rather no question than one that is still answered, or that is no question."""
    assert near_miss(question, PASSAGE, ["12"], random.Random(1)) is None


def test_the_same_draw_makes_the_same_question() -> None:
    """As all that is random in a training."""
    question = "Was Bergen first in 1998?"
    assert len({near_miss(question, PASSAGE, [], random.Random(3)) for _ in range(20)}) == 1


def test_a_group_with_such_a_question_has_no_answer() -> None:
    """In about the share that is meant, each with the changed question in all its windows."""
    tokenizer = Tokenizer(EMBEDDED / "vocab.txt")
    question = "Where were contracts kept in 1998?"
    reference = (Reference("Bergen", PASSAGE.index("Bergen")),)
    row = SquadRow("1", "", PASSAGE, question, reference, "squad11_du_test")
    other = SquadRow("2", "", f"{PASSAGE} Ask Ada.", question, reference, "friendsqa")
    corpus = build_corpus([row, other], tokenizer)
    groups = Groups(corpus, mine(corpus), tokenizer, size=256, seed=1, diet=Diet())
    kinds = Counter[str]()
    for seed in range(400):
        for window in groups.group(0, random.Random(seed)):
            same = (
                window.ids[1 : 1 + len(tokenizer(question).ids)].tolist() == tokenizer(question).ids.tolist()
            )
            assert same == (window.span is not None)
            kinds["same" if same else "changed"] += 1
        assert groups.group(1, random.Random(seed))[0].span is not None  # not of an open set
    assert 0.7 * NEAR_MISSES < kinds["changed"] / kinds.total() < 1.3 * NEAR_MISSES
