"""Conversations: what leans on the question before is asked with it, everything else as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import conversation
from bot.asked import Asked, Place, Via
from bot.commands.demo import SampleQuestion, sample_questions
from bot.conversation import SECONDS, Conversations, Earlier, InContext, conversation_of
from bot.leaning import is_a_topic, leans
from bot.question_forms import words_to_be_whole
from bot.rephrasing import read_behind
from tests.clock import Clock

QUESTIONS = Path(__file__).resolve().parents[1] / "training" / "questions"
LEAVE = "How many days of leave do I get?"


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "why is that",
        "And in Germany?",
        "what about contractors",
        "And how about Ben?",
        "how long",
        "?",
        "And for contractors?",
        "And until when?",
        "And how much?",
        "And how much does it cost?",
        "So what's that about parking?",
        "But may they park there?",
        "And what about contractors?",
        "Also contractors?",
        "What about Leeds?",
        "Does that hold for part-timers?",
        "And how many days do I get?",
        "And how long for contractors?",
        "And may contractors?",
        "And who pays for it?",
        "And can I carry it over to next year?",
        "And if I leave, what happens to it?",
        "But I am a contractor in Germany?",
        "And for contractors, how many days do I get?",
        "Is that a public holiday?",
        "How much does it cost?",
        "Who approves it?",
        "Where do I send it to?",
        "How do I order them?",
        "Same for contractors?",
        "Is it the same in Porto?",
        "In Porto?",
        "ok and in Porto?",
        "Perfect, and until when?",
        "Thanks! And contractors?",
    ],
)
def test_it_leans(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        LEAVE,
        "android phones?",
        "Who is on call?",
        "orders over £100?",
        "And how much does the club cost?",
        "So where is the warehouse?",
        "so, who signs contracts?",
        "But who is on call?",
        "And also: may contractors park?",
        "Or is there a budget for this: books and courses?",
        "And please tell me: how many days of parental leave do I get?",
        "Also I lost my key card. Whom do I tell?",
        "Also, when is the all-hands, and who has to be there?",
        "So I have a new baby. How long is parental leave?",
        "So our team needs new laptops, when do they come?",
        "But who approves travel abroad if it is urgent?",
        "And in Germany, how long is parental leave?",
        "Then how do I claim a train ticket if I bought it myself?",
        "Is it possible to work from home?",
        "How long does it take until a laptop is replaced?",
        "Where is the form that I need?",
        "Thanks, and where is the warehouse?",
        "Great, so who signs contracts?",
        "Perfect attendance bonus?",
        "In case of fire?",
        "On-call rota?",
        "Who approves travel and books it?",
    ],
)
def test_it_stands_on_its_own(question: str) -> None:
    assert not leans(question)


@pytest.mark.parametrize("sample", sample_questions(), ids=lambda sample: sample.question)
def test_whole_questions_stand_on_their_own(sample: SampleQuestion) -> None:
    """Also where they begin as if they went on, unless they have no verb: "how many days off for jury duty?"."""
    assert not leans(sample.question)
    if words_to_be_whole(sample.question) in (1, 2):
        assert not leans(f"And {sample.question}")
        assert not leans(f"So, {sample.question}")


def test_questions_of_all_kinds() -> None:
    """Of many thousand, none leans, but for "What about"; in a hundred that begin with "And" at most one does."""
    lines = (QUESTIONS / "squad.jsonl").read_text(encoding="utf-8").splitlines()[::8]
    asked = [each["q"] for line in lines for each in json.loads(line)["questions"]]
    assert len(asked) > 4_000
    assert [text for text in asked if leans(text) and not text.startswith("What about")] == []
    assert sum(leans(f"And {text}") for text in asked) < len(asked) / 100


def test_a_chat() -> None:
    """What leans follows the last question that did not; that one may be asked at any time."""
    chat = Conversations()
    said = ["And me?", LEAVE, "And in Germany?", "Why?", "Who is on call?", "Since when?"]
    assert [chat.in_context("a", number, text).text for number, text in enumerate(said)] == [
        "And me?",
        LEAVE,
        f"{LEAVE} And in Germany?",
        f"{LEAVE} Why?",
        "Who is on call?",
        "Who is on call? Since when?",
    ]


def test_what_takes_the_place_of_something() -> None:
    """It is read in place of its like in the question that stood alone, and so is the next one."""
    chat = Conversations()
    said = ["What is the per diem for Norway?", "And for Germany?", "Why?", "And for Spain?"]
    assert [chat.in_context("a", number, text).text for number, text in enumerate(said)] == [
        said[0],
        "What is the per diem for Germany?",
        f"{said[0]} Why?",
        "What is the per diem for Spain?",
    ]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What about the dress code?", True),
        ("And how about parking in Bergen?", True),
        ("What about in Porto?", False),
        ("What about me?", False),
        ("And contractors?", False),
        ("Who is on call?", False),
    ],
)
def test_what_may_be_a_topic_of_its_own(question: str, topic: bool) -> None:
    assert is_a_topic(question) is topic


def test_a_name_alone_leans_where_it_may_take_a_place() -> None:
    chat = Conversations()
    chat.in_context("a", 1, "When do salaries arrive in Bristol?")
    assert chat.in_context("a", 2, "Porto?").text == "When do salaries arrive in Porto?"
    chat.in_context("a", 3, LEAVE)
    assert chat.in_context("a", 4, "Porto?").text == "Porto?"


def test_what_stood_alone_after_all() -> None:
    """What comes behind a topic of its own leans on that, if it came last."""
    chat = Conversations()
    chat.in_context("a", 1, LEAVE)
    topic = chat.in_context("a", 2, "What about parking in Bergen?")
    assert topic.leans_on == 1
    chat.stood_alone(2, topic.question)
    assert chat.in_context("a", 3, "And in Porto?").text == "What about parking in Porto?"
    chat.in_context("a", 4, LEAVE)
    chat.stood_alone(2, topic.question)
    assert chat.in_context("a", 5, "Why?").leans_on == 4


def test_conversations_are_apart() -> None:
    chats = Conversations()
    chats.in_context("a", 1, LEAVE)
    assert chats.in_context("b", 2, "Why?").text == "Why?"
    assert chats.in_context(None, 3, "Why?").text == "Why?"
    assert chats.in_context("a", 4, "Why?").text == f"{LEAVE} Why?"


def test_heard_in_two_conversations() -> None:
    """What begins a thread may be leant on there, and what stands in one may be outside of it."""
    chats = Conversations()
    chats.in_context("all", 1, LEAVE, heard_in="first thread")
    chats.in_context("all", 2, "Who is on call?", heard_in="second thread")
    assert chats.in_context("first thread", 3, "Why?", heard_in="all") == InContext("Why?", Earlier(1, LEAVE))
    assert chats.in_context("all", 4, "And in Germany?", heard_in="third thread").leans_on == 1
    assert chats.in_context("second thread", 5, "Why?", heard_in="all").leans_on == 2
    assert chats.in_context("fourth thread", 6, "Why?", heard_in="all").leans_on is None


def test_a_question_worded_anew_does_not_lean_on_itself() -> None:
    chat = Conversations()
    chat.in_context("a", 1, "Who is on call?")
    chat.in_context("a", 2, LEAVE)
    assert chat.in_context("a", 2, "Why?").text == "Who is on call? Why?"
    assert chat.in_context("a", 3, "And on Sunday?").text == "Who is on call? And on Sunday?"


def test_an_older_question_is_asked_again() -> None:
    """It leans on what it leaned on then, and later ones do not lean on it."""
    chat = Conversations()
    chat.in_context("a", 1, "Who is on call?")
    chat.in_context("a", 2, "And on Sunday?")
    chat.in_context("a", 3, LEAVE)
    assert chat.in_context("a", 2, "And on Sunday?").text == "Who is on call? And on Sunday?"
    assert chat.in_context("a", 1, "Who is on call?").text == "Who is on call?"
    assert chat.in_context("a", 4, "Why?").text == f"{LEAVE} Why?"


def test_a_restart_forgets_nothing_that_is_recorded() -> None:
    """Whatever is asked again, in whatever order, leans on what it leaned on, and new ones follow it."""
    first, second = Earlier(1, "Who is on call?"), Earlier(3, LEAVE)
    chat = Conversations()
    chat.in_context("a", *asked(first))
    assert chat.in_context("a", 2, "And on Sunday?").leans_on == 1
    chat.in_context("a", *asked(second))
    assert chat.in_context("a", 4, "Why?").leans_on == 3
    restarted = Conversations()
    assert restarted.in_context("a", 4, "Why?", recorded=second) == InContext("Why?", second)
    assert restarted.in_context("a", 2, "And on Sunday?", recorded=first).leans_on == 1
    assert restarted.in_context("a", *asked(second)) == InContext(LEAVE)
    assert restarted.in_context("a", 0, "Why?") == InContext("Why?")
    assert restarted.in_context("a", 5, "And in Germany?").leans_on == 3
    assert restarted.in_context("a", 4, LEAVE, recorded=second) == InContext(LEAVE)


def test_the_record_knows_best() -> None:
    """The question before was worded anew: what leans on it is asked with its words of now."""
    chat = Conversations()
    chat.in_context("a", 1, LEAVE)
    chat.in_context("a", 2, "And in Germany?")
    now = Earlier(1, "Who is on call?")
    assert chat.in_context("a", 2, "And in Germany?", recorded=now).text == "Who is on call? And in Germany?"


def test_what_was_taken_back_is_forgotten() -> None:
    """Its words are in no later question, nor in one that leant on it; what it leant on itself stays."""
    chat = Conversations()
    chat.in_context("a", 1, LEAVE)
    chat.in_context("a", 2, "And in Germany?")
    chat.forget(2)
    assert chat.in_context("a", 3, "Why?") == InContext("Why?", Earlier(1, LEAVE))
    chat.forget(1)
    assert chat.in_context("a", 3, "Why?") == InContext("Why?")


def asked(question: Earlier) -> tuple[int, str]:
    return question.number, question.text


def test_what_is_long_past_is_forgotten() -> None:
    clock = Clock(0.0)
    chat = Conversations(clock=clock)
    chat.in_context("a", 1, LEAVE)
    clock.now = SECONDS - 1
    assert chat.in_context("a", 2, "Why?").text == f"{LEAVE} Why?"
    clock.now = 3 * SECONDS
    assert chat.in_context("a", 3, "Why?").text == "Why?"


def test_only_so_many_conversations_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "ROOM", 2)
    chats = Conversations()
    for number, name in enumerate(["a", "b", "a", "c"]):
        chats.in_context(name, number, LEAVE)
    assert chats.in_context("b", 5, "Why?").text == "Why?"
    assert chats.in_context("c", 6, "Why?").text == f"{LEAVE} Why?"


@given(questions=st.lists(st.text(max_size=30), max_size=8))
def test_whatever_is_asked_is_read_as_it_is_or_behind_one_before(questions: list[str]) -> None:
    chat = Conversations()
    for number, question in enumerate(questions):
        read = chat.in_context("a", number, question)
        assert read.question == question
        if read.leans_on is None:
            assert read.text == question
        else:
            assert read.text == read_behind(questions[read.leans_on], question)


@pytest.mark.parametrize(
    ("via", "channel", "thread", "expected"),
    [
        ("mention", "C1", "7.5", "T1 C1 7.5"),
        ("thread", "C1", "7.5", "T1 C1 7.5"),
        ("direct", "D1", "7.5", "T1 D1 7.5"),
        ("direct", "D1", "8.1", "T1 D1 "),
        ("command", "C1", None, None),
        ("shortcut", "C1", None, None),
    ],
)
def test_a_thread_is_a_conversation_and_so_is_a_direct_message_outside_its_threads(
    via: Via, channel: str, thread: str | None, expected: str | None
) -> None:
    """What only one person sees must not come out in a question of another."""
    question = Asked(
        place=Place(team="T1", channel=channel), person="U1", text="x", via=via, ts="8.1", thread=thread
    )
    assert conversation_of(question) == expected
