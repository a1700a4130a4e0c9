"""Whether two questions are alike: laws of it, the rules that part them, and how often it is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.pins import KINDS, finds
from bot.composition import Workplace
from bot.settings import Settings
from retrieval.alike import kind_of, likeness, may_be_alike
from retrieval.opposites import LINES, exclude_each_other
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
        ("How do I get a dog?", "manner"), ("How come there is a dog?", "reason"),
        ("What do I do when a dog comes?", "other"), ("When I see a dog, who helps?", "person"),
    ],
)  # fmt: skip
def test_what_a_question_asks_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@given(st.text(max_size=60))
@example("0\xad0")
def test_a_question_is_like_itself(question: str) -> None:
    """Whatever is asked."""
    assert may_be_alike(question, question)
    assert not exclude_each_other(question, question)
    assert likeness(question, question, LetterEncoder()) == 1


@given(st.text(max_size=60), st.text(max_size=60), st.one_of(st.none(), st.floats(allow_nan=False)))
def test_likeness_is_a_probability(asked: str, kept: str, read: float | None) -> None:
    """And a reader that is surer makes it no less."""
    encoder = LetterEncoder()
    found = likeness(asked, kept, encoder, reads=lambda *_: read)
    surer = likeness(asked, kept, encoder, reads=lambda *_: read and abs(read))
    assert 0 <= found <= surer <= 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_excludes_is_excluded(one: str, other: str) -> None:
    assert exclude_each_other(one, other) == exclude_each_other(other, one)


WORDS = st.sampled_from([line.split(" / ") for line in map(str.strip, LINES.strip().splitlines())])


@given(WORDS, st.data())
def test_sides_of_a_line(line: list[str], data: st.DataObject) -> None:
    """Words of different sides exclude each other, in whatever form; of the same side, or beside both, not."""
    first, second = data.draw(st.lists(st.sampled_from(line), min_size=2, max_size=2, unique=True))
    one, same = (data.draw(st.sampled_from(first.split())).replace("-", " ") for _ in range(2))
    other = data.draw(st.sampled_from(second.split())).replace("-", " ")
    assert exclude_each_other(f"Is {one} known?", f"Is {other} known?".upper())
    assert not exclude_each_other(f"Is {one} known?", f"Is {one} or {other} known?")
    if all({one, same} & set(each.split()) != {one, same} for each in line if each != first):
        assert not exclude_each_other(f"Is {one} known?", f"Is {same} known?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("When does it open?", "When does it close?"),
        ("How do I return a borrowed gauge?", "How do I borrow a gauge?"),
        ("How do I check in?", "Where do I find out how checking out works?"),
        ("Who buys chairs?", "Who sells chairs?"),
        ("May I arrive before nine?", "May I arrive after nine?"),
        ("How long is paternity leave?", "How long is maternity leave?"),
        ("Where do I park my bike?", "where do i park my car"),
    ],
)
def test_opposites(one: str, other: str) -> None:
    assert not may_be_alike(one, other)
    assert not may_be_alike(other, one)


def test_other_kinds_and_names_are_other_questions() -> None:
    """However near they are."""
    pinned = "When do we get paid in December?"
    assert may_be_alike("When will we get paid in december?", pinned)
    for other in ("Where do we get paid in December?", "When do we get paid in January?", "Who gets paid?"):
        assert not may_be_alike(other, pinned)
    assert may_be_alike("How long may I work abroad?", "May I work abroad?")
    assert not may_be_alike("Who may work abroad?", "May I work abroad?")


def test_rewordings_and_near_misses() -> None:
    """Of questions that came after the rules, most rewordings find the pin and few near misses do.

    Every second one; `python -m benchmarks.pins` asks all.
    """
    rows = [row for row in ROWS if row.get("held_out") == "unseen"][::2]
    with Workplace(Settings(home=Path())) as work:
        found = {kind: sum(finds(work, row, text) for row in rows for text in row[kind]) for kind in KINDS}
    assert found["same"] >= 10
    assert found["other"] <= 2
