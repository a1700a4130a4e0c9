"""What Slack gets wrong, and what is said in places where it may not be: each question still ends in a message.

The reader knows one phrase, and can be held at a gate; everything else is real.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot import desk
from bot.slack import clients, posting
from bot.slack.manifest import manifest
from bot.workspace.limits import live_links, live_mentions
from qa_engine.errors import ModelCorrupt
from retrieval.errors import StoreError
from retrieval.intake import searchable
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import (
    Channel,
    Fault,
    Person,
    Slack,
    error_after,
    rate_limited,
    refused,
    reset,
    running,
    server_error,
    slow,
)
from tests.stores import CUT, put, source, written

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("http", url="https://quoth.example")) as started:
        yield started


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(TOKENIZER, {"four years": 5.0, "Acme": 4.0})


@pytest.fixture(scope="module")
def bot(slack: Slack, gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    home = tmp_path_factory.mktemp("faults")
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting, "PAUSE_SECONDS", 0.01)
        patch.setattr(desk, "LATER_SECONDS", (0.05,) * 4)
        patch.setattr(clients, "LONGEST_WAIT_SECONDS", 0.3)
        for module in (clients, posting):
            patch.setattr(module, "TIMEOUT_SECONDS", 0.5)
        with running_bot(home, slack, "http", gate=gate) as started:
            yield started


@pytest.fixture(autouse=True)
def at_peace(slack: Slack, bot: Bot) -> Iterator[None]:
    """Nothing of a test is left for the next one."""
    slack.complaints.clear()
    yield
    assert bot.service.desk.questions.wait_idle(20)
    assert bot.service.desk.errands.wait_idle(20)
    slack.slowest_ack()
    slack.faults.clear()
    bot.service.desk.signed_out = False
    slack.revoked = False


@pytest.fixture
def ann(slack: Slack, bot: Bot) -> Person:
    return slack.person("Ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.channel("general", ann)


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


def _state_of(bot: Bot, person: Person) -> str:
    return bot.service.desk.records.recent("T0SKERRY", person.id, 1)[0].state


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


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"])
def test_where_it_may_not_post(
    slack: Slack, bot: Bot, ann: Person, general: Channel, caplog: pytest.LogCaptureFixture, *, code: str
) -> None:
    """Logged once, without words of anybody's; the next question is answered."""
    slack.misbehave("chat.postMessage", refused(code))
    ann.says(general, ASK)
    assert bot.service.desk.questions.wait_idle(20)
    slack.workspace.wait(
        lambda: bot.service.desk.questions.wait_idle(0) and not slack.faults["chat.postMessage"]
    )
    assert bot.service.desk.questions.wait_idle(20)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [
        f"Slack refuses chat.postMessage: {code}."
    ]
    assert "four years" in ann.reply(ann.says(general, ASK)).words


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_token_that_is_taken_away(
    slack: Slack, bot: Bot, ann: Person, general: Channel, caplog: pytest.LogCaptureFixture, *, code: str
) -> None:
    """Said once, not for each question; not ready."""
    assert bot.service.ready
    slack.misbehave("chat.postMessage", refused(code), refused(code))
    for _ in range(2):
        ann.says(general, ASK)
    slack.workspace.wait(lambda: not slack.faults["chat.postMessage"])
    assert bot.service.desk.questions.wait_idle(20)
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert len([e for e in errors if "run quoth doctor" in e]) == 1
    assert not bot.service.ready


def test_a_channel_that_is_shared(slack: Slack, ann: Person) -> None:
    """Fail closed: no quote, no title, and a sentence that says why; asked in any way."""
    shared = slack.channel("partners", ann, shared=True)
    said = [ann.reply(ann.says(shared, ASK))]
    ann.asks(shared, QUESTION)
    said.append(ann.told(shared))
    ann.commands(shared, "sources")
    said.append(ann.told(shared, 2))
    for message in said:
        assert message.words.startswith("This channel is shared with another company")
        assert message.buttons == []


def test_a_channel_that_slack_does_not_tell_about(slack: Slack, ann: Person, general: Channel) -> None:
    """Fail closed: unknown is refused."""
    slack.misbehave("conversations.info", refused("internal_error"))
    ann.asks(general, QUESTION)
    assert ann.told(general).words.startswith("I can't find out who is in this channel")


def test_a_channel_that_the_bot_cannot_see(slack: Slack, ann: Person) -> None:
    """A private answer goes to the person alone, so it may; nothing can be shared there."""
    private = slack.channel("secret", ann, bot=False, private=True)
    ann.asks(private, QUESTION)
    answer = ann.told(private)
    assert "four years" in answer.words
    ann.presses(answer, "Share to channel")
    assert ann.told(private, 2).words.startswith("I can't show that here")


def test_a_window_that_comes_too_late(slack: Slack, ann: Person, general: Channel) -> None:
    """After three seconds a window does not open: a message for that person takes its place."""
    answer = ann.reply(ann.says(general, ASK))
    ann.presses(answer, "Why this answer", trigger_id="stale")
    assert "An answer needs" in ann.told(general).words


@pytest.mark.parametrize("fault", [rate_limited(3_600), server_error(), reset(after=False)])
def test_a_window_that_slack_has_no_time_for(
    slack: Slack, ann: Person, general: Channel, fault: Fault
) -> None:
    """It is not waited for: in three seconds the press is forgotten."""
    answer = ann.reply(ann.says(general, ASK))
    slack.misbehave("views.open", fault)
    ann.presses(answer, "Why this answer")
    assert "An answer needs" in ann.told(general).words
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


def test_a_button_from_elsewhere(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """A number of another channel's question opens nothing."""
    other = slack.channel("other", ann)
    answer = ann.reply(ann.says(general, ASK))
    answer.channel = other
    for count, label in enumerate(("Why this answer", "Helpful", "Not helpful"), 1):
        ann.presses(answer, label)
        assert ann.told(other, count).words.startswith("I can't show that here")


def test_other_bots_and_joins_are_ignored(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Its own messages, other bots', joins, topics, edits of others: no answer, no trouble."""
    mention = f"<@{'U0QUOTH'}> {QUESTION}"
    base: dict[str, Any] = {
        "type": "message",
        "channel": general.id,
        "channel_type": "channel",
        "text": mention,
    }
    before = bot.service.desk.records.counts().questions
    ignored: tuple[dict[str, Any], ...] = (
        {"user": "U0OTHER", "bot_id": "B0OTHER"},
        {"user": "U0QUOTH", "bot_id": "B0QUOTH"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"user": ann.id, "subtype": "channel_join"},
        {"user": ann.id, "subtype": "channel_topic"},
        {"user": ann.id, "subtype": "me_message"},
        {
            "subtype": "message_changed",
            "message": {"user": "U0X", "bot_id": "B1", "text": mention, "ts": "1.1"},
        },
        {"subtype": "message_deleted", "deleted_ts": "9.9"},
        {"subtype": "message_changed"},
        {},
    )
    for number, more in enumerate(ignored):
        delivery = slack.event({**base, "ts": f"17.{number}", **more}, general)
        assert delivery.acked.wait(3)
    slack.event({"type": "reaction_added", "user": ann.id, "item": {}}, general)
    assert "four years" in ann.reply(ann.says(general, ASK)).words
    assert bot.service.desk.records.counts().questions == before + 1


ODD = {
    "very long": "When are laptops replaced? " * 400,
    "one word of 10,000 letters": "x" * 10_000,
    "SQL": "'; DROP TABLE documents; -- laptops?",
    "FTS": 'laptops* AND NEAR("x" OR y) ^z -w :col {a b}',
    "NUL and controls": "When are\x00 laptops\x07 replaced?",
    "a lone surrogate": "When are laptops \ud800 replaced?",
    "emoji": "When are 💻👩\u200d💻 laptops replaced? 🤔",
    "right to left": "\u202e?decalper spotpal era nehW \u05de\u05ea\u05d9",
    "format strings": "{question} %s {0} {ahead!r} laptops?",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_questions(slack: Slack, ann: Person, general: Channel, text: str) -> None:
    """Whatever is asked, in public or by command: one reply, no error."""
    question = ann.says(general, f"@quoth {text}")
    assert not ann.reply(question).words.startswith("Something went wrong")
    assert "Looking" in ann.asks(general, text).words
    assert not ann.told(general).words.startswith("Something went wrong")
    assert len(ann.replies(question)) == 1
    assert slack.complaints == []


def test_what_is_attached_is_not_dropped_in_silence(slack: Slack, ann: Person, general: Channel) -> None:
    """The words are answered; that the file was not read is said to whoever sent it."""
    question = ann.says(general, ASK, attached="laptops.pdf")
    assert "four years" in ann.reply(question).words
    assert ann.told(general).words == "I read only the words of your message, not what is attached to it."
    ann.says(general, "Look at this.", attached="cat.png")
    assert len(ann.replies(question)) == 1


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


HOSTILE = "<!channel> <@U0OTHER> <!subteam^S1> <http://evil.example|bank.com> `code` *bold* \u202eevil\u202c a\u200bb"


def test_hostile_words_are_shown_as_they_are(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """In a document, a title and a question alike: no ping, no link, no formatting."""
    document = written(f"Tides are high {HOSTILE} at four years.", title=f"Tides {HOSTILE}")
    number = bot.work.store.put(
        document, source("tides.md", url="javascript:alert(1)"), searchable(document, CUT)
    )
    try:
        ann.asks(general, f"When are tides high {HOSTILE}?")
        message = ann.told(general)
        raw = str(message.blocks)
        for part in ("<!channel>", "<!subteam^S1>", "<http://evil.example|bank.com>", "`code`", "*bold*"):
            assert part in raw
        assert "\u202e" not in raw
        assert "\u200b" not in raw
        assert live_mentions(message.text, message.blocks) == []
        assert live_links(message.text, message.blocks) == []
        assert "&lt;!channel&gt;" in message.text
    finally:
        bot.work.store.remove(number)
