"""Answers that were posted, and what becomes of them when their documents change or go.

The documents are files in a folder, read in by another process's hand (a second opening of the same home).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import messages, staleness
from bot.audience import workspace_key
from bot.composition import Workplace
from bot.records.records import Records
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.workspace.state import TEAM
from retrieval.pins import NewPin
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Message, Person, Slack, refused, running, server_error

LAPTOPS = "When are laptops replaced?"
FOUR = "Laptops are replaced after four years."
FIVE = "Laptops are replaced after five years."
PINNED = "When they are slow, I say."
STANDS, CHANGED, GONE, ENDED = messages.STALE.values()


class Handbook:
    """A folder of pages that somebody keeps and reads in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "pages", folder / "home"
        self.folder.mkdir()

    def write(self, *paragraphs: str, page: str = "it.md", collection: str = "staff") -> None:
        """Write a page anew, and ingest."""
        (self.folder / page).write_text("# Equipment\n\n" + "\n\n".join(paragraphs), "utf-8")
        self.ingest(collection=collection)

    def remove(self, page: str = "it.md") -> None:
        (self.folder / page).unlink()
        self.ingest()

    def ingest(self, *, collection: str = "staff", force: bool = False) -> None:
        with Workplace(Settings(home=self.home)) as work:
            work.ingest([self.folder], collection=collection, prune=True, force=force, vectors=False)


@pytest.fixture
def handbook(tmp_path: Path, handbook_home: Path) -> Handbook:
    made = Handbook(tmp_path)
    made.home.mkdir()
    (made.home / "cache").symlink_to(handbook_home / "cache")
    made.write(FOUR)
    return made


@pytest.fixture
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        yield started
        assert started.complaints == []


@pytest.fixture
def gate() -> Gate:
    return Gate(TOKENIZER, {"four years": 5.0, "five years": 6.0})


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to wait for five seconds."""
    monkeypatch.setattr(staleness, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(staleness, "LATER_SECONDS", 0.1)


@pytest.fixture
def bot(slack: Slack, handbook: Handbook, gate: Gate) -> Iterator[Bot]:
    with running_bot(handbook.home, slack, gate=gate) as started:
        yield started


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.person("Ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.channel("general", ann)


def looked_at(bot: Bot) -> None:
    """Wait until the bot has seen every change and has nothing left to look at."""
    desk, store = bot.service.desk, bot.work.store
    assert desk.questions.wait_idle(20)
    newest = store.changes(None)[0]

    def done() -> bool:
        return desk.records.posted.reached(store.identity) == newest and not desk.records.posted.due(1)

    wait(done)
    assert desk.errands.wait_idle(20)


def wait(what: Callable[[], bool]) -> None:
    """Wait until something is so that nobody tells of."""
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_page_that_changes_beside_what_was_quoted(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """The answer stays, and above it stands that the page has changed; once, whatever changes after that."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    looked_at(bot)
    assert answer.edits == 0
    handbook.write("We love laptops.", FOUR)
    looked_at(bot)
    assert answer.words.startswith(STANDS)
    assert f"“{FOUR}”" in answer.words
    assert answer.buttons == ["Ask again"]
    handbook.write("We love laptops.", FOUR, "And tablets.")
    looked_at(bot)
    assert answer.edits == 1


def test_a_page_that_does_not_say_so_any_more(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """It says that, and whoever asks again gets the new answer in the same place, with its buttons."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    assert f"“{FOUR}”" in answer.words
    ben = ann.slack.person("Ben")
    general.members.add(ben.id)
    ben.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: FIVE in answer.words)
    assert "Why this answer" in answer.buttons
    assert CHANGED not in answer.words
    assert len(ann.replies(answer)) == 1
    looked_at(bot)
    assert answer.edits == 2
    handbook.write(FOUR)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)


def test_a_page_that_is_put_back(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """What was changed and changed back says again what was quoted, and the answer says so."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    handbook.write(FOUR)
    looked_at(bot)
    assert answer.words.startswith(STANDS)
    assert CHANGED not in answer.words


def test_a_page_that_is_removed(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """The quote goes with it: no word, title or link of it stays in Slack."""
    handbook.write(FIVE, page="other.md")
    in_channel = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    directly = ann.reply(ann.says(ann.dm, LAPTOPS))
    assert "five years" in in_channel.words + directly.words
    handbook.remove("other.md")
    looked_at(bot)
    for message in (in_channel, directly):
        assert message.words == f"{GONE}Ask again"
        assert "five" not in message.text
        assert "other.md" not in str(message.blocks)
    ann.presses(in_channel, "Ask again")
    ann.slack.workspace.wait(lambda: FOUR in in_channel.words)
    assert directly.edits == 1


def test_a_shared_answer(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """It keeps the question and who shared it, also when it is asked again; the private one stays as it was."""
    ann.asks(general, LAPTOPS)
    private = ann.told(general)
    assert bot.service.desk.questions.wait_idle(20)
    ann.presses(private, "Share to channel")
    (shared,) = ann.slack.workspace.wait(lambda: list(ann.slack.workspace.visible(general.id)))
    assert bot.service.desk.errands.wait_idle(20)
    before = private.words
    handbook.remove()
    handbook.write(FIVE, page="new.md")
    looked_at(bot)
    assert "four" not in shared.words
    assert f"Question: {LAPTOPS}" in shared.words
    assert f"Shared by {ann.id}" in shared.words
    ann.presses(shared, "Ask again")
    ann.slack.workspace.wait(lambda: FIVE in shared.words)
    assert f"Question: {LAPTOPS}" in shared.words
    assert f"Shared by {ann.id}" in shared.words
    assert (private.words, private.edits) == (before, 0)


def test_no_answer_whose_nearest_pages_change(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """ "I don't know" names pages: it is marked when one changes, and forgets them when one goes."""
    handbook.write("Laptops are never blue.", page="colours.md")
    handbook.remove()
    reply = ann.reply(ann.says(general, "@quoth Which laptops are blue?"))
    assert reply.words.startswith("I don't know")
    assert "never blue" in reply.words
    handbook.write("Laptops are blue on Fridays.", page="colours.md")
    looked_at(bot)
    assert reply.words.startswith(f"{messages.STALE_NEAREST}I don't know")
    assert reply.buttons == ["Ask again"]
    handbook.remove("colours.md")
    looked_at(bot)
    assert reply.words == f"{GONE}Ask again"


def test_read_in_again_without_a_change(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """Read anew by --force, or given other vectors: nothing has changed, and nothing is said."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.ingest(force=True)
    looked_at(bot)
    assert answer.edits == 0


def test_closed_to_the_channel(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """A collection that the channel may not see any more has not changed; what becomes of it is not told."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    bot.work.collections.open_to("staff", [])
    handbook.ingest(force=True)
    looked_at(bot)
    assert answer.edits == 0
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.edits == 0
    bot.work.collections.open_to("staff", [workspace_key(TEAM)])
    handbook.write(FIVE, "And tablets.")
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    bot.work.collections.open_to("staff", [])
    handbook.remove()
    looked_at(bot)
    assert answer.words == f"{GONE}Ask again"
    ann.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: answer.edits == 3)
    assert answer.words == messages.NO_DOCUMENTS


def test_shared_with_another_company_since(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """What the channel was when it was asked does not count any more: nothing new is told or quoted there."""
    first, second = (ann.reply(ann.says(general, f"@quoth {LAPTOPS}")) for _ in range(2))
    handbook.write(FIVE)
    looked_at(bot)
    general.shared = True
    bot.service.desk.admission.channels.forget(general.id)  # as Slack says, or after ten minutes
    ann.presses(first, "Ask again")
    ann.slack.workspace.wait(lambda: first.edits == 2)
    assert first.words == messages.SHARED_CHANNEL
    handbook.write(FOUR)
    looked_at(bot)
    assert second.edits == 1


def pin_it(home: Path, *, until: float | None = None) -> None:
    """By another process's hand."""
    with Workplace(Settings(home=home)) as work:
        pin = NewPin(question=LAPTOPS, answer=PINNED, author="Ada", open_to=workspace_key(TEAM), until=until)
        work.pins.add(pin, work.encoder)


def test_a_pinned_answer_that_is_removed(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """It goes from the channel; what the documents say comes when it is asked again.  Others stay as they are."""
    before = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    pin_it(handbook.home)
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    assert PINNED in answer.words
    looked_at(bot)
    assert answer.edits == 0
    with Workplace(Settings(home=handbook.home)) as work:
        assert work.pins.remove(1)
    wait(lambda: answer.edits == 1)
    assert answer.words == f"{ENDED}Ask again"
    assert PINNED not in answer.text
    ann.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: FOUR in answer.words)
    assert PINNED not in answer.words
    assert before.edits == 0


def test_a_pinned_answer_that_expires(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its time is over, without anybody's doing."""
    pin_it(handbook.home, until=time.time() + 3_600)
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    looked_at(bot)
    assert PINNED in answer.words
    monkeypatch.setattr(bot.work.pins, "_clock", lambda: time.time() + 3_600)
    wait(lambda: answer.edits == 1)
    assert answer.words == f"{ENDED}Ask again"


def test_changed_while_the_bot_was_away(
    slack: Slack, handbook: Handbook, gate: Gate, ann: Person, general: Channel
) -> None:
    """The next start finds out; the one after that has nothing to say."""
    with running_bot(handbook.home, slack, gate=gate) as bot:
        answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
        looked_at(bot)
    handbook.write(FIVE)
    for _ in range(2):
        with running_bot(handbook.home, slack, gate=gate) as bot:
            looked_at(bot)
            assert answer.words.startswith(CHANGED)
            assert answer.edits == 1


def test_said_just_before_a_crash(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """Marked, and no note of that in the records: the message itself tells, and is not edited again."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.write(FIVE)
    looked_at(bot)
    with bot.service.desk.records.database.writing() as db:
        db.execute("UPDATE posted SET mark = NULL, due = 0")
    looked_at(bot)
    assert answer.edits == 1


def test_another_store(slack: Slack, handbook: Handbook, gate: Gate, ann: Person, general: Channel) -> None:
    """A store that was made anew has other documents under the same ids: nothing is said of old answers."""
    with running_bot(handbook.home, slack, gate=gate) as bot:
        answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
        looked_at(bot)
    for file in handbook.home.glob("store.db*"):
        file.unlink()
    handbook.write(FIVE)
    with running_bot(handbook.home, slack, gate=gate) as bot:
        looked_at(bot)
    assert answer.edits == 0


def test_slack_does_not_take_it_at_once(
    bot: Bot, slack: Slack, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """A server's error is tried again later; a message that somebody deleted is let go."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    slack.misbehave("conversations.replies", *[server_error()] * 4)
    handbook.write(FIVE)
    wait(lambda: answer.edits == 1)
    assert answer.words.startswith(CHANGED)
    slack.misbehave("chat.update", refused("message_not_found"))
    handbook.remove()
    looked_at(bot)
    assert answer.edits == 1


def test_edited_and_deleted_questions(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """The message of an edited question follows its new answer; that of a deleted one is not brought back."""
    edited, deleted = (ann.says(general, f"@quoth {LAPTOPS}") for _ in range(2))
    answer, other = ann.reply(edited), ann.reply(deleted)
    ann.edits(edited, "@quoth When are the laptops replaced?")
    ann.slack.workspace.wait(lambda: answer.edits == 1)
    ann.deletes(deleted)
    ann.slack.workspace.wait(lambda: other.deleted)
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    assert (answer.edits, other.edits) == (2, 0)


def test_forgetting_a_person(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """With their questions goes where the answers stand: these are left alone from then on."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    looked_at(bot)
    records: Records = bot.service.desk.records
    assert records.forget_person(ann.id) == 1
    with records.database.reading() as db:
        for table in ("questions", "posted", "cited"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.edits == 0


def test_many_answers(bot: Bot, slack: Slack, handbook: Handbook, ann: Person, general: Channel) -> None:
    """All of them are marked in the end, each once, a few at each look."""
    answers: list[Message] = [ann.reply(ann.says(general, f"@quoth {LAPTOPS}")) for _ in range(8)]
    looked_at(bot)
    assert len(bot.service.desk.records.posted.due(staleness.LOOKS)) == 0
    handbook.write(FIVE)
    looked_at(bot)
    assert [answer.edits for answer in answers] == [1] * 8
    assert slack.count("chat.update") == 8
