"""Whether two questions are alike: laws of it, the rules that part them, and how often it is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.composition import Workplace
from bot.settings import Settings
from retrieval.alike import NEAR, kind_of, likeness, may_be_alike
from retrieval.opposites import exclude_each_other
from tests.stores import LetterEncoder

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "pins.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who owns the dog?", "person"), ("How many dogs are there, and when?", "amount"),
        ("Since when is there a dog?", "time"), ("What day is pay day?", "time"), ("Where is it?", "place"),
        ("May I bring a dog?", "whether"), ("dog?", "other"), ("", "other"), ("Whenever?", "other"),
    ],
)  # fmt: skip
def test_what_a_question_asks_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@given(st.text(max_size=60))
def test_a_question_is_like_itself(question: str) -> None:
    """Whatever is asked."""
    encoder = LetterEncoder()
    (vector,) = encoder.encode([question])
    assert may_be_alike(question, question)
    assert likeness(question, question, float(vector @ vector), encoder) == pytest.approx(1, abs=1e-5)


def test_other_kinds_and_names_are_other_questions() -> None:
    """However near they are."""
    pinned = "When do we get paid in December?"
    assert may_be_alike("When will we get paid in december?", pinned)
    for other in ("Where do we get paid in December?", "When do we get paid in January?", "Who gets paid?"):
        assert not may_be_alike(other, pinned)
    assert may_be_alike("How long may I work abroad?", "May I work abroad?")
    assert not may_be_alike("Who may work abroad?", "May I work abroad?")


def test_rewordings_and_near_misses() -> None:
    """Of questions that no number was chosen on, most rewordings find the pin and few near misses do."""
    found = {(held_out, kind): 0 for held_out in (False, True) for kind in ("same", "other")}
    with Workplace(Settings(home=Path())) as work:
        for row in ROWS:
            for kind in ("same", "other"):
                kept, *asked = work.encoder.encode([row["question"], *row[kind]])
                for text, vector in zip(row[kind], asked, strict=True):
                    alike = likeness(text, row["question"], float(vector @ kept), work.encoder) >= NEAR
                    possible = may_be_alike(text, row["question"], answer=row["answer"])
                    found[row.get("held_out", False), kind] += alike and possible
    assert found[False, "same"] >= 52
    assert found[False, "other"] <= 6
    assert found[True, "same"] >= 18
    assert found[True, "other"] <= 5
