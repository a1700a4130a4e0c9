"""Posted answers after a restart, a crash, a fault of Slack, and when there are many."""

from __future__ import annotations

from bot import staleness
from bot.records.records import Records
from tests.slack_bot import Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Message, Person, Slack, refused, server_error
from tests.stale_pages import (
    CHANGED,
    FIVE,
    LAPTOPS,
    Handbook,
    looked_at,
    wait,
)


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
