"""A crash and the start after it: what waited is answered as it would have been, or told that it was not."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot import deletions, messages
from bot.asked import Asked, Place
from bot.composition import Workplace
from bot.desk import RESUMED_SECONDS
from bot.errors import BotError
from bot.records.questions import Found, Question
from bot.records.records import Records
from bot.settings import Settings
from bot.slack import posting
from bot.slack.service import Service
from bot.workspace.state import TEAM
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot, slack_settings
from tests.slack_stand_in import Message, Person, Slack, refused, reset, server_error
from tests.stores import put

LEAVE = "How many days of leave do I get?"
LAPTOPS = "When are laptops replaced?"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
        put(store, "leave.md", "Days of leave: everybody gets 25, contractors 20.")
    return tmp_path


@pytest.fixture
def gate() -> Gate:
    return Gate(TOKENIZER, {"four years": 5.0, "25": 5.0})


def asks(person: Person, message: Message, text: str) -> Asked:
    """The question of a message, as it is taken in."""
    place = Place(team=TEAM, channel=message.channel.id)
    return Asked(place=place, person=person.id, text=text, via="mention", ts=message.ts, thread=message.root)


def left_waiting(home: Path, *questions: Asked, ago: float = 1.0) -> list[Question]:
    """Questions that were taken in so many seconds ago, and then came a crash."""
    with closing(Records(home / "records.db", clock=lambda: time.time() - ago)) as records:
        return [records.add(each) for each in questions]


def state_of(bot: Bot, question: Question) -> str:
    now = bot.service.desk.records.question(question.id)
    assert now is not None
    return now.state


def test_the_start_says_where_vectors_are_missing(
    slack: Slack, home: Path, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    """With the home to name, which is not the usual one in the demo."""
    with running_bot(home, slack, gate=gate):
        pass
    assert any(each.endswith(f"Type: quoth reindex --home {home}") for each in caplog.messages)


def test_a_second_bot_on_the_home_is_refused(slack: Slack, home: Path, gate: Gate) -> None:
    """It would answer again what the first has under way; when that one has stopped, it runs."""
    ann = slack.person("Ann")
    gate.open.clear()
    with running_bot(home, slack, gate=gate):
        said = ann.says(slack.channel("general", ann), f"@quoth {LAPTOPS}")
        gate.wait_arrived(1)
        with Workplace(Settings(home=home, slack=slack_settings(slack))) as work:
            second = Service(work, "socket")
            with pytest.raises(BotError, match="Another bot runs on the home"):
                second.open()
            second.close()
        gate.open.set()
        assert "four years" in ann.reply(said).words
    with running_bot(home, slack, gate=gate) as bot:
        assert bot.service.desk.questions.wait_idle(10)
    assert len(ann.replies(said)) == 1


def test_what_waited_too_long_is_told(slack: Slack, home: Path, gate: Gate) -> None:
    """Whoever asked long before the restart hears that it was not answered, once, and no answer."""
    ann = slack.person("Ann")
    said = ann.says(slack.channel("general", ann), "Thinking aloud.")
    (old,) = left_waiting(home, asks(ann, said, LAPTOPS), ago=RESUMED_SECONDS + 60)
    with running_bot(home, slack, gate=gate) as bot:
        assert ann.reply(said).words == messages.MISSED
        assert bot.service.desk.errands.wait_idle(10)
        assert state_of(bot, old) == "told"
    with running_bot(home, slack, gate=gate) as bot:
        assert bot.service.desk.errands.wait_idle(10)
    assert len(ann.replies(said)) == 1


def test_shared_with_another_company_since(slack: Slack, home: Path, gate: Gate) -> None:
    """What Slack said of the channel before the crash counts no more: nothing is quoted there, also afterwards."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann, shared=True)
    said = ann.says(general, "Thinking aloud.")
    left_waiting(home, replace(asks(ann, said, LAPTOPS), sharing="inside"))
    with running_bot(home, slack, gate=gate):
        assert ann.reply(said).words == messages.SHARED_CHANNEL
        ann.asks(general, LAPTOPS)
        assert ann.told(general).words == messages.SHARED_CHANNEL


def test_asked_again_just_before_the_crash(slack: Slack, home: Path, gate: Gate) -> None:
    """However old the question: it waits since it was asked again, and its answer stands no less for that."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, gate=gate):
        said = ann.says(general, f"@quoth {LAPTOPS}")
        answer = ann.reply(said)
    with closing(Records(home / "records.db")) as records:
        (question,) = records.recent(TEAM, ann.id, 1)
        with records.database.writing() as db:
            db.execute("UPDATE questions SET asked_at = asked_at - 86400")
        records.edited(question.id, question.asked.text)
    with running_bot(home, slack, gate=gate) as bot:
        slack.workspace.wait(lambda: answer.edits == 1)
        assert bot.service.desk.questions.wait_idle(10)
        assert state_of(bot, question) == "answered"
        assert "four years" in answer.words


def test_more_waited_than_may_wait(slack: Slack, home: Path, gate: Gate) -> None:
    """What the queue does not take after a restart is told so at once."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    said = [ann.says(general, "Thinking aloud.") for _ in range(4)]
    left_waiting(home, *(asks(ann, each, LAPTOPS) for each in said))
    gate.open.clear()
    with running_bot(home, slack, gate=gate, workers=1, waiting=1):
        assert [ann.reply(each).words for each in said[2:]] == [messages.BUSY] * 2
        gate.open.set()
        assert ["four years" in ann.reply(each).words for each in said[:2]] == [True, True]


def test_a_question_that_leans_waited(slack: Slack, home: Path, gate: Gate) -> None:
    """It is answered with the one before it, which was answered before the crash."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, gate=gate, workers=1) as bot:
        said = ann.says(general, f"@quoth {LEAVE}")
        ann.reply(said)
        gate.open.clear()
        follows = ann.says(general, "@quoth And for contractors?", under=said)
        gate.wait_arrived(gate.arrived + 1)
        (waiting,) = bot.service.desk.records.waiting(since=0.0)
        first, leans_on = waiting.id - 1, waiting.leans_on
        assert leans_on == first
        gate.open.set()
        ann.reply(follows)
        assert bot.service.desk.questions.wait_idle(10)
        with bot.service.desk.records.database.writing() as db:  # as if killed before the answer
            db.execute("UPDATE questions SET state = 'waiting', outcome = NULL WHERE id = ?", (waiting.id,))
    with running_bot(home, slack, gate=gate) as bot:
        assert bot.service.desk.questions.wait_idle(10)
        now = bot.service.desk.records.question(waiting.id)
        assert now is not None
        assert (now.state, now.leans_on, now.as_read) == ("answered", first, f"{LEAVE} And for contractors?")


def test_what_it_leans_on_is_not_kept(slack: Slack, home: Path, gate: Gate) -> None:
    """Alone it would be another question: it is told, and nothing else."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    said = ann.says(general, "Thinking aloud.")
    with closing(Records(home / "records.db", keep_text=False)) as records:
        first = records.add(asks(ann, said, LEAVE))
        records.answered(first.id, 0, answer_ts=None, found=Found(outcome='{"answer": false}'))
        follows = ann.says(general, "Thinking on.", under=said)
        second = records.add(asks(ann, follows, "And for contractors?"))
        records.leans(second.id, first.id)
    with running_bot(home, slack, gate=gate, keep_text_days=0) as bot:
        slack.workspace.wait(lambda: state_of(bot, second) == "told")
        assert [reply.words for reply in ann.replies(said) if reply.user != ann.id] == [
            messages.EARLIER_NOT_KEPT
        ]


def test_home_where_words_are_not_kept(slack: Slack, home: Path, gate: Gate) -> None:
    """It says so, and not that nothing was asked."""
    ann = slack.person("Ann")
    with running_bot(home, slack, gate=gate, keep_text_days=0) as bot:
        ann.opens_home()
        assert messages.HOME_NO_RECENT in ann.home
        ann.reply(ann.says(ann.dm, LAPTOPS))
        assert bot.service.desk.questions.wait_idle(10)
        ann.opens_home()
        slack.workspace.wait(lambda: messages.HOME_NO_WORDS in ann.home)


def test_stopped_with_an_answer_in_doubt(
    slack: Slack, home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was posted, and Slack told of nothing: whoever asked is not told as well that there is no answer."""
    monkeypatch.setattr(posting, "PAUSE_SECONDS", 0.01)
    ann = slack.person("Ann")
    with running_bot(home, slack, gate=gate) as bot:
        slack.misbehave("chat.postMessage", reset(after=True))
        slack.misbehave("conversations.replies", refused("internal_error"))
        said = ann.says(slack.channel("general", ann), f"@quoth {LAPTOPS}")
        slack.workspace.wait(lambda: not slack.faults["conversations.replies"])
        assert bot.service.desk.questions.wait_idle(10)
    assert ["four years" in reply.words for reply in ann.replies(said)] == [True]


def test_stopped_before_slack_took_a_deletion(slack: Slack, home: Path, gate: Gate) -> None:
    """What was taken back is deleted by the next start, and that is noted."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, gate=gate) as bot:
        said = ann.says(general, f"@quoth {LAPTOPS}")
        answer = ann.reply(said)
        assert bot.service.desk.questions.wait_idle(10)
        slack.misbehave("chat.delete", *[server_error()] * 4)
        ann.deletes(said)
        slack.workspace.wait(lambda: not slack.faults["chat.delete"])
        assert bot.service.desk.errands.wait_idle(10)
        assert not answer.deleted
    with running_bot(home, slack, gate=gate) as bot:
        slack.workspace.wait(lambda: answer.deleted)
        assert bot.service.desk.errands.wait_idle(10)
        assert bot.service.desk.records.to_delete(after=0, most=10) == []


def test_slack_takes_a_deletion_hours_later(
    slack: Slack, home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried now and then, however many others there are; one that never can be holds up none."""
    monkeypatch.setattr(deletions, "SOON_SECONDS", (0.01,))
    monkeypatch.setattr(deletions, "AT_ONCE", 1)
    for name in ("NOW_AND_THEN_SECONDS", "PAUSE_SECONDS"):
        monkeypatch.setattr(deletions, name, 0.1)
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, gate=gate) as bot:
        said = [ann.says(general, f"@quoth {LAPTOPS}") for _ in range(3)]
        answers = [ann.reply(each) for each in said]
        assert bot.service.desk.questions.wait_idle(10)
        slack.misbehave("chat.delete", *[refused("fatal_error")] * 8, refused("cant_delete_message"))
        for each in said:
            ann.deletes(each)
        slack.workspace.wait(lambda: sum(each.deleted for each in answers) == 2)
        deadline = time.monotonic() + 10
        while bot.service.desk.records.to_delete(after=0, most=10):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert sum(each.deleted for each in answers) == 2
