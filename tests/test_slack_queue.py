"""When there is more to do than can be done: acknowledged at once, refused politely, nobody forgotten."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.asked import Asked
from bot.desk import Receipt
from bot.slack.manifest import manifest
from bot.slack.service import Mode
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Gate, running_bot
from tests.slack_stand_in import Message, Person, Slack, running
from tests.stores import put

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"
WORKERS = 2


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> Mode:
    found: Mode = request.param
    return found


@pytest.fixture
def slack(mode: Mode) -> Iterator[Slack]:
    with running(manifest(mode, url="https://quoth.example" if mode == "http" else None)) as started:
        yield started
        assert started.complaints == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    return tmp_path


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(TOKENIZER, {"four years": 5.0})
    yield made
    made.open.set()


def test_acknowledged_while_all_workers_are_busy(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """At once, with a word on how many come first; then everybody gets their answer."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, mode, gate=gate, workers=WORKERS):
        gate.open.clear()
        asked = [ann.says(general, ASK) for _ in range(WORKERS)]
        gate.wait_arrived(1)  # the others wait for the reader's lock or at the gate
        looking = [ann.asks(general, f"{QUESTION} {number}") for number in range(20)]
        asked += [ann.says(general, ASK) for _ in range(5)]
        slack.slowest_ack()  # complains of more than Slack's 3 seconds; the soak measures
        assert looking[-1].words.endswith("(20 questions are before yours)")
        slack.workspace.wait(
            lambda: any("other questions first" in status for *_, status in slack.workspace.statuses)
        )
        gate.open.set()
        for question in asked:
            assert "four years" in ann.reply(question).words
        ann.told(general, 20)
        assert len(ann.sees(general)) == 20


def test_a_full_queue_refuses_politely(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """A sentence at once instead of an answer late; the ones that were taken are answered."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, mode, gate=gate, workers=1, waiting=3) as bot:
        gate.open.clear()
        taken = [ann.says(general, ASK)]
        gate.wait_arrived(1)
        taken += [ann.says(general, ASK) for _ in range(3)]
        slack.workspace.wait(lambda: bot.service.desk.questions.waiting == 3)
        refused = ann.says(general, ASK)
        assert ann.reply(refused).words.startswith("Too many questions are waiting")
        assert ann.asks(general, QUESTION).words.startswith("Too many questions are waiting")
        slack.slowest_ack()
        gate.open.set()
        for question in taken:
            assert "four years" in ann.reply(question).words
        assert len(ann.replies(refused)) == 1
        assert ann.sees(general) == []


def test_a_flood_is_one_person_s_own(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """Whoever asks too fast is told to wait; the others notice nothing."""
    ann, ben = slack.person("Ann"), slack.person("Ben")
    general = slack.channel("general", ann, ben)
    with running_bot(home, slack, mode, gate=gate, per_minute=3):
        flood = [ann.asks(general, QUESTION) for _ in range(6)]
        assert [m.words.startswith("Looking") for m in flood] == [True] * 3 + [False] * 3
        assert re.search(r"Please wait \d+ seconds and ask again", flood[-1].words)
        assert "four years" in ben.reply(ben.says(general, ASK)).words
        late = ann.says(general, ASK)
        assert ann.reply(late).words.startswith("That is a lot of questions at once")


def test_stopped_with_five_questions_under_way(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """All five are answered before it ends."""
    people = [slack.person(f"P{number}") for number in range(5)]
    general = slack.channel("general", *people)
    with running_bot(home, slack, mode, gate=gate, workers=2):
        gate.open.clear()
        asked = [person.says(general, ASK) for person in people]
        slack.slowest_ack()
        gate.open.set()
    for person, question in zip(people, asked, strict=True):
        assert [reply.words.count("four years") for reply in person.replies(question)] == [1]


def test_not_acknowledged_before_it_is_written_down(
    slack: Slack, mode: Mode, home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash before that loses nothing, since Slack sends again; stopped there, it is answered all the same."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, mode, gate=gate) as bot:
        take, held, go_on = bot.service.desk.take, threading.Event(), threading.Event()

        def hesitate(asked: Asked, *keys: str) -> Receipt | None:
            held.set()
            assert go_on.wait(10)
            return take(asked, *keys)

        monkeypatch.setattr(bot.service.desk, "take", hesitate)
        question = ann.says(general, ASK)
        assert held.wait(10)
        told = list(slack.deliveries)  # of the mention, and of the message that it is
        assert not any(each.acked.wait(0.1) for each in told)
        slack.app_is_stopping = True
        with ThreadPoolExecutor(1) as pool:
            stopped = pool.submit(bot.service.close)
            time.sleep(0.1)  # the stop has begun; where it is by now makes no difference
            go_on.set()
            assert stopped.result() == 0
        assert all(each.acked.is_set() for each in told)
    assert [reply.words.count("four years") for reply in ann.replies(question)] == [1]


def test_stopped_with_no_time_left(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """What was not begun is told so; what was under way is answered after all; nobody hears nothing."""
    people = [slack.person(f"P{number}") for number in range(5)]
    general = slack.channel("general", *people)
    with running_bot(home, slack, mode, gate=gate, workers=1, drain_seconds=0) as bot:
        gate.open.clear()
        asked = [people[0].says(general, ASK)]
        gate.wait_arrived(1)
        asked += [person.says(general, ASK) for person in people[1:4]]
        people[4].asks(general, QUESTION)
        slack.workspace.wait(lambda: bot.service.desk.questions.waiting == 4)
        slack.app_is_stopping = True
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(bot.service.close)
            rest = [people[0].reply(question).words for question in asked[1:]]
            rest.append(people[4].told(general).words)
            gate.open.set()
            assert told.result() == 4
    assert set(rest) == {
        "I am being restarted and did not get to this question. Please ask again in a minute."
    }
    assert "four years" in people[0].reply(asked[0]).words
    assert all(len(people[0].replies(question)) == 1 for question in asked)


def test_a_crash_leaves_nobody_waiting(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """A question that was taken in and not answered is answered after the restart; one that was, is not
    answered twice, even if the crash came before the note of it."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, mode, gate=gate) as bot:
        answered = ann.says(general, ASK)
        ann.reply(answered)
        assert bot.service.desk.questions.wait_idle(10)
        records = bot.service.desk.records
        place = records.recent("T0SKERRY", ann.id, 1)[0].asked.place
        with records.database.writing() as db:  # as if killed between the answer and the note
            db.execute("UPDATE questions SET state = 'waiting', answer_ts = NULL")
        lost = ann.says(general, "Thinking aloud.")
        question = records.recent("T0SKERRY", ann.id, 1)[0]
        records.add(replace(question.asked, ts=lost.ts, thread=lost.ts, place=place))
    with running_bot(home, slack, mode, gate=gate) as bot:
        assert "four years" in ann.reply(lost).words
        assert bot.service.desk.questions.wait_idle(10)
        assert len(ann.replies(answered)) == 1
        assert bot.service.desk.records.waiting(since=0.0) == []


def test_taken_back_while_it_waits(slack: Slack, mode: Mode, home: Path, gate: Gate) -> None:
    """Deleted or edited before its turn: no answer, or one to the new words only."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    with running_bot(home, slack, mode, gate=gate, workers=1) as bot:
        gate.open.clear()
        first = ann.says(general, ASK)
        gate.wait_arrived(1)
        deleted, edited = ann.says(general, ASK), ann.says(general, ASK)
        slack.workspace.wait(lambda: bot.service.desk.questions.waiting == 2)
        ann.deletes(first)
        ann.deletes(deleted)
        ann.edits(edited, "@quoth Qwertz uiopasdf?")
        slack.workspace.wait(lambda: bot.service.desk.questions.waiting == 3)
        slack.slowest_ack()
        gate.open.set()
        assert bot.service.desk.questions.wait_idle(10)
        assert bot.service.desk.errands.wait_idle(10)
        assert [words(ann, message) for message in (first, deleted)] == [[], []]
        assert ["I don't know" in text for text in words(ann, edited)] == [True]


def words(person: Person, message: Message) -> list[str]:
    return [reply.words for reply in person.replies(message)]
