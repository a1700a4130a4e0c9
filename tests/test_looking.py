"""Looking up in a conversation: a follow-up gets an answer of its own, or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer_settings import AnswerSettings
from bot.composition import Workplace
from bot.conversation import Earlier, InContext
from bot.looking import Looked, look
from bot.settings import Settings
from qa_engine.answers import Answer, NoAnswer
from retrieval.pins import NewPin
from tests.stores import put

CARRIED = "How many unused leave days may I carry over?"
PAYDAY, RETURN = "When do salaries arrive in Bristol?", "How long is a phased return?"


@pytest.fixture(scope="module")
def work(handbook_home: Path) -> Iterator[Workplace]:
    """What is looked up is tested here, not how sure the reader of the day is."""
    answers = AnswerSettings(threshold=0.4)
    with Workplace(Settings(home=handbook_home, answers=answers)) as opened:
        yield opened


def looked(work: Workplace, follow_up: str, earlier: str) -> Looked:
    return look(work, InContext(follow_up, Earlier(1, earlier)), ask=work.ask, find_pin=work.pinned)


def assert_leaning(found: Looked, answer: str | None) -> None:
    """Read with the question before, and answered by these words or not at all."""
    assert found.read.leans_on == 1
    if isinstance(found.outcome, Answer):
        assert answer is not None
        assert answer in found.outcome.quote.text
    else:
        assert answer is None


@pytest.mark.parametrize(
    ("earlier", "follow_up", "answer"),
    [
        ("What is the per diem for Norway?", "And for Germany?", "€50"),
        (PAYDAY, "And in Porto?", "on the last working day of the month"),
        ("How many paid days do I get for moving house?", "And for a wedding?", "2"),
        (CARRIED, "And until when?", "until 31 March"),
        (CARRIED, "And for how many days?", None),
        (CARRIED, "And for part-timers?", None),
        (CARRIED, "Why?", None),
        (RETURN, "And who pays for it?", None),
        ("How long is parental leave for the other parent?", "And for adoptive parents?", None),
        ("When are laptops replaced?", "And for engineers?", "after"),
    ],
)
def test_an_answer_of_its_own_or_none(
    work: Workplace, earlier: str, follow_up: str, answer: str | None
) -> None:
    """What answered the question before answers this one only where it says something of it."""
    assert_leaning(looked(work, follow_up, earlier), answer)


def test_what_was_said_before_is_among_the_nearest(work: Workplace) -> None:
    """With the evidence of what was read; it is no answer, but where to look."""
    before = work.ask(RETURN)
    assert isinstance(before, Answer)
    outcome = looked(work, "And who pays for it?", RETURN).outcome
    assert isinstance(outcome, NoAnswer)
    assert outcome.reason == "said before"
    assert outcome.nearest[0].sentence == before.quote.sentence
    assert outcome.evidence.passages


def test_what_was_not_sure_enough_before(work: Workplace) -> None:
    """It is no answer to the follow-up either, and nobody was told that it was one."""
    before = work.ask(RETURN)
    assert isinstance(before, Answer)
    unsure = NoAnswer(reason="not sure", nearest=(before.quote,), others=(), evidence=before.evidence)
    outcome = look(
        work,
        InContext("And who pays for it?", Earlier(1, RETURN)),
        ask=lambda text: unsure if text == RETURN else work.ask(text),
        find_pin=lambda _: None,
    ).outcome
    assert isinstance(outcome, NoAnswer)
    assert outcome.reason == "not sure"


@pytest.mark.parametrize(
    ("earlier", "follow_up", "answer"),
    [
        (CARRIED, "What about sabbaticals?", "three months"),
        (CARRIED, "How about parking in Bergen?", "four parking spaces"),
        ("How much is the Barnacle award?", "What about the referral bonus?", "£1,500"),
        ("How do I get to Bristol?", "Parking?", "parking"),
    ],
)
def test_a_topic_of_its_own(work: Workplace, earlier: str, follow_up: str, answer: str) -> None:
    """What it finds alone comes first, and it leans on nothing then."""
    found = looked(work, follow_up, earlier)
    assert isinstance(found.outcome, Answer)
    assert answer in found.outcome.quote.text
    assert found.read == InContext(follow_up)


@pytest.mark.parametrize(
    ("earlier", "follow_up", "answer"),
    [
        ("What is the per diem for Norway?", "What about Germany?", "€50"),
        (PAYDAY, "Porto?", "last working day"),
        (CARRIED, "What about contractors?", None),
        (CARRIED, "What about the dress code?", None),
    ],
)
def test_a_topic_that_leans_after_all(
    work: Workplace, earlier: str, follow_up: str, answer: str | None
) -> None:
    """It takes another's place in the question before, or finds nothing alone that says a word of it."""
    assert_leaning(looked(work, follow_up, earlier), answer)


START, SIGNS = "When does the night shift start?", "Who signs contracts with suppliers?"
PINNED = {
    START: "At 22:00, with a handover of ten minutes before.",
    SIGNS: "Priya; consultants are signed by Euan.",
    f"{SIGNS} And when she is away?": "Then Euan does.",
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A home where people answered some questions."""
    with Workplace(Settings(home=tmp_path_factory.mktemp("answered"))) as opened:
        put(opened.store, "shifts.md", "The day shift has an hour for lunch.")
        for question, answer in PINNED.items():
            opened.pins.add(
                NewPin(question=question, answer=answer, author="Ada", collection="default"), opened.encoder
            )
        yield opened


@pytest.mark.parametrize(
    ("earlier", "follow_up", "pin"),
    [
        (START, "And until when?", None),
        (START, "Why?", None),
        (START, "And the day shift?", None),
        (START, "And on Sundays?", None),
        (START, "How many minutes before?", START),
        (SIGNS, "Who approves it?", None),
        (SIGNS, "How long does that take?", None),
        (SIGNS, "And for consultants?", SIGNS),
        (SIGNS, "And when she is away?", f"{SIGNS} And when she is away?"),
    ],
)
def test_what_a_person_answered_before(
    answered: Workplace, earlier: str, follow_up: str, pin: str | None
) -> None:
    """It answers a follow-up only where it says something of it, or was given to that very follow-up."""
    found = looked(answered, follow_up, earlier).pinned
    assert (found.pin.question if found is not None else None) == pin
