"""What Slack gets wrong, and what fails behind the bot: each question still ends in one message.

The reader knows one phrase, and can be held at a gate; everything else is real.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from qa_engine.errors import ModelCorrupt
from qa_engine.runtime import Logits
from qa_engine.windows import Window
from retrieval.errors import StoreBusy, StoreError
from tests.slack_bot import Bot, Gate
from tests.slack_stand_in import (
    Channel,
    Fault,
    Message,
    Person,
    Slack,
    error_after,
    rate_limited,
    refused,
    reset,
    server_error,
    slow,
)
from tests.stores import put

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"


FAULTS: dict[str, Fault] = {
    "429": rate_limited(0),
    "429 and come back in an hour": rate_limited(3_600),
    "too late": slow(1.0),
    "500 with a page of HTML": server_error(),
    "503 with nothing": server_error(503, b""),
    "200 with a page of HTML": server_error(200),
    "reset before it was done": reset(after=False),
    "reset after it was done": reset(after=True),
    "500 after it was done": error_after(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_public_answer_is_posted_once(
    slack: Slack, bot: Bot, ann: Person, general: Channel, fault: str
) -> None:
    """Whatever goes wrong on the way, once or twice: one answer, never two, never none."""
    slack.misbehave("chat.postMessage", FAULTS[fault], FAULTS[fault])
    question = ann.says(general, ASK)
    ann.reply(question)
    assert bot.service.desk.questions.wait_idle(20)
    assert [reply.words.count("four years") for reply in ann.replies(question)] == [1]
    stored = bot.service.desk.records.asked_by_message(
        bot.service.desk.records.recent("T0SKERRY", ann.id, 1)[0].asked.place, question.ts
    )
    assert stored is not None
    assert stored.state == "answered"
    assert stored.answer_ts == ann.replies(question)[0].ts


def test_slack_takes_nothing_for_a_while(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """All attempts fail, and those after a while too: tried again later, posted once."""
    slack.misbehave(
        "chat.postMessage", *[server_error()] * 3, *[refused("internal_error")] * 3, reset(after=True)
    )
    question = ann.says(general, ASK)
    ann.reply(question)
    slack.workspace.wait(lambda: _state_of(bot, ann) == "answered")
    assert len(ann.replies(question)) == 1


def test_a_long_thread(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Posted below hundreds of messages without a reply from Slack: it is found there, and not said twice."""
    talk = ann.says(general, "A long talk.")
    for _ in range(410):
        slack.workspace.add(Message(general, slack.workspace.next_ts(), ann.id, "Yes.", thread=talk.ts))
    slack.misbehave("chat.postMessage", reset(after=True))
    ann.says(general, ASK, under=talk)
    slack.workspace.wait(lambda: _state_of(bot, ann) == "answered")
    below = slack.workspace.visible(general.id, thread=talk.ts)
    assert ["four years" in message.words for message in below].count(True) == 1


def test_records_that_are_busy(
    slack: Slack, bot: Bot, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before an answer nor after it does that lose the answer, or post it twice."""
    records = bot.service.desk.records
    question, answered = records.question, records.answered
    failures = {"question": 1, "answered": 1}

    def busy(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def tried(*given: object, **more: object) -> Any:
            if failures[name]:
                failures[name] -= 1
                raise StoreBusy("Another process is writing.")
            return work(*given, **more)

        return tried

    monkeypatch.setattr(records, "question", busy("question", question))
    monkeypatch.setattr(records, "answered", busy("answered", answered))
    said = ann.says(general, ASK)
    slack.workspace.wait(lambda: _state_of(bot, ann) == "answered")
    assert failures == {"question": 0, "answered": 0}
    assert [reply.words.count("four years") for reply in ann.replies(said)] == [1]


def test_an_answer_that_cannot_be_deleted_yet(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Slack takes nothing for a while: the answer to a deleted question goes later."""
    question = ann.says(general, ASK)
    ann.reply(question)
    assert bot.service.desk.questions.wait_idle(20)
    slack.misbehave("chat.delete", *[server_error()] * 5)
    ann.deletes(question)
    slack.workspace.wait(lambda: ann.replies(question) == [])


def _state_of(bot: Bot, person: Person) -> str:
    """What became of their last question; empty while there is none."""
    return next((q.state for q in bot.service.desk.records.recent("T0SKERRY", person.id, 1)), "")


@pytest.mark.parametrize(
    "fault",
    [
        "429",
        "429 and come back in an hour",
        "500 with a page of HTML",
        "503 with nothing",
        "reset before it was done",
    ],
)
def test_a_private_answer_comes_all_the_same(slack: Slack, ann: Person, general: Channel, fault: str) -> None:
    """By response_url, else as an ephemeral message."""
    slack.misbehave("response_url", FAULTS[fault])
    ann.asks(general, QUESTION)
    assert "four years" in ann.told(general).words


def test_a_response_url_that_is_too_old(slack: Slack, gate: Gate, ann: Person, general: Channel) -> None:
    """After half an hour in the queue the answer comes as an ephemeral message."""
    gate.open.clear()
    ann.asks(general, QUESTION)
    slack.expire_response_urls()
    gate.open.set()
    assert "four years" in ann.told(general).words
    assert slack.count("chat.postEphemeral") >= 1


def test_a_response_url_that_is_too_old_where_the_bot_is_not(slack: Slack, gate: Gate, ann: Person) -> None:
    """Then it comes as a direct message."""
    elsewhere = slack.channel("elsewhere", ann, bot=False)
    gate.open.clear()
    ann.asks(elsewhere, QUESTION)
    slack.expire_response_urls()
    gate.open.set()
    found = slack.workspace.wait(lambda: list(slack.workspace.visible(ann.dm.id)))
    assert "four years" in found[0].words


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_same_event_again(slack: Slack, bot: Bot, ann: Person, general: Channel, times: int) -> None:
    """Delivered two, three, four times: one answer."""
    question = ann.says(general, ASK)
    for delivery in [d for d in slack.deliveries if question.ts in str(d.envelope)]:
        for _ in range(times):
            slack.repeat(delivery)
    ann.reply(question)
    assert bot.service.desk.questions.wait_idle(20)
    assert len(ann.replies(question)) == 1


def test_a_retry_that_arrives_first(slack: Slack, ann: Person, general: Channel) -> None:
    """The first delivery got lost: the retry is answered."""
    address, slack.http_address = slack.http_address, "http://127.0.0.1:9/nowhere"
    question = ann.says(general, ASK)
    lost = [d for d in slack.deliveries if question.ts in str(d.envelope)]
    slack.workspace.wait(lambda: len(slack.complaints) >= len(lost))
    slack.http_address = address
    for delivery in lost:
        slack.repeat(delivery)
        delivery.acked.set()
    assert "four years" in ann.reply(question).words


def test_a_window_that_comes_too_late(slack: Slack, ann: Person, general: Channel) -> None:
    """After three seconds a window does not open: a message for that person takes its place."""
    answer = ann.reply(ann.says(general, ASK))
    ann.presses(answer, "Why this answer", trigger_id="stale")
    assert "An answer is given from" in ann.told(general).words


@pytest.mark.parametrize("fault", [rate_limited(3_600), server_error(), reset(after=False)])
def test_a_window_that_slack_has_no_time_for(
    slack: Slack, ann: Person, general: Channel, fault: Fault
) -> None:
    """It is not waited for: in three seconds the press is forgotten."""
    answer = ann.reply(ann.says(general, ASK))
    slack.misbehave("views.open", fault)
    ann.presses(answer, "Why this answer")
    assert "An answer is given from" in ann.told(general).words
    assert slack.count("views.open") >= 1


def test_a_document_that_is_gone(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Removed from the store: not quoted again by any button, and not found by the next question."""
    number = put(bot.work.store, "acme.md", "Tablets are sold to Acme.")
    ann.asks(general, "Whom are tablets sold to?")
    answer = ann.told(general)
    assert "Acme" in answer.words
    bot.work.store.remove(number)
    for count, label in enumerate(("Share to channel", "Why this answer"), 2):
        ann.presses(answer, label)
        assert ann.told(general, count).words.startswith("The page that this answer came from has changed")
    again = ann.reply(ann.says(general, "@quoth Whom are tablets sold to?"))
    assert "Acme" not in again.words
    assert list(slack.workspace.visible(general.id))[-1].words.count("Acme") == 0


@pytest.mark.parametrize("error", [ModelCorrupt("The reader is broken."), RuntimeError("a bug")])
def test_a_reader_that_fails(gate: Gate, ann: Person, general: Channel, error: Exception) -> None:
    """A visible sentence, never a traceback and never silence."""
    gate.error = error
    try:
        reply = ann.reply(ann.says(general, ASK))
    finally:
        gate.error = None
    assert reply.words.startswith("Something went wrong while I looked for this")
    assert "bug" not in reply.words
    assert reply.buttons == []


def test_nobody_reads_in_a_listener(
    bot: Bot, gate: Gate, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is asked, and whatever is pressed: the reader reads in the bounded queues' workers only."""
    infer, readers = gate.infer, set[str]()

    def noted(windows: Sequence[Window]) -> list[Logits]:
        readers.add(threading.current_thread().name.partition("-")[0])
        return infer(windows)

    monkeypatch.setattr(gate, "infer", noted)
    answer = ann.reply(ann.says(general, ASK))
    ann.reply(ann.says(ann.dm, QUESTION))
    ann.asks(general, QUESTION)
    private = ann.told(general)
    for message, label in ((answer, "Why this answer"), (private, "Share to channel")):
        ann.presses(message, label)
    assert bot.service.desk.errands.wait_idle(20)
    workspace = ann.slack.workspace
    workspace.wait(lambda: "Shared by" in list(workspace.visible(general.id))[-1].words)
    assert readers == {"question", "errand"}


def test_a_listener_that_fails(
    bot: Bot, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same sentence, to the person who asked."""

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(bot.service.desk, "take", fail)
    ann.commands(general, QUESTION)
    assert ann.told(general).words.startswith("Something went wrong")


def test_records_that_cannot_be_written(
    bot: Bot, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk under the records: said at once, in public and by command."""

    def fail(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(bot.service.desk.records, "add", fail)
    assert ann.asks(general, QUESTION).words.startswith("I can't write to my own records")
    assert ann.reply(ann.says(general, ASK)).words.startswith("I can't write to my own records")
    monkeypatch.setattr(bot.service.desk.records, "first_sight", fail)
    ann.says(general, ASK)
    assert ann.told(general).words.startswith("Something went wrong")
