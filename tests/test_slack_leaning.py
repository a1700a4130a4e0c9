"""Questions that lean on another one: answered anew or not, and asked again after a restart as they were read."""

from __future__ import annotations

from pathlib import Path

from bot import messages
from bot.slack.manifest import manifest
from bot.workspace.state import TEAM
from tests.slack_bot import Bot, home_like, running_bot
from tests.slack_stand_in import Person, running


def number(bot: Bot, person: Person) -> int:
    """That of their last question."""
    return bot.service.desk.records.recent(TEAM, person.id, 1)[0].id


def test_asked_again_after_a_restart(tmp_path: Path, handbook_home: Path) -> None:
    """The same words in the same place; when the question before is taken back, it cannot be asked any more."""
    home = home_like(tmp_path / "home", handbook_home)
    with running(manifest("socket")) as slack:
        ann, ben = slack.person("Ann"), slack.person("Ben")
        general = slack.channel("general", ann, ben)
        with running_bot(home, slack):
            question = ann.says(general, "@quoth How many unused leave days may I carry over?")
            ann.reply(question)
            ben.says(general, "And until when?", under=question)
            answer = ann.reply(question, 2)
            words = answer.words
            assert "31 March" in words
        with running_bot(home, slack) as bot:
            desk, first, second = bot.service.desk, number(bot, ann), number(bot, ben)
            assert desk.ask_again(second, ben.id) is None
            slack.workspace.wait(lambda: answer.edits == 1)
            assert answer.words == words
            assert desk.questions.wait_idle(20)
            ann.deletes(question)
            slack.workspace.wait(lambda: getattr(desk.records.question(first), "state", "") == "removed")
            assert desk.ask_again(second, ben.id) == messages.EARLIER_NOT_KEPT
            assert desk.errands.wait_idle(20)
        assert slack.complaints == []


def test_a_follow_up_is_not_told_what_was_said_before(tmp_path: Path, handbook_home: Path) -> None:
    """In threads, in direct messages, and when it is asked again after a restart."""
    home = home_like(tmp_path / "home", handbook_home)
    with running(manifest("socket")) as slack:
        ann = slack.person("Ann")
        general = slack.channel("general", ann)
        with running_bot(home, slack):
            question = ann.says(general, "@quoth How many unused leave days may I carry over?")
            ann.reply(question)
            ann.says(general, "And for part-timers?", under=question)
            answer = ann.reply(question, 2)
            assert "five" in ann.reply(ann.says(ann.dm, "How many days may I carry over?")).words
            assert messages.NO_ANSWER["said before"] in ann.reply(ann.says(ann.dm, "And why?")).words
            ann.reply(ann.says(ann.dm, "When do salaries arrive in Bristol?"))
            assert "last working day of the month" in ann.reply(ann.says(ann.dm, "And in Porto?")).words
            assert "three months" in ann.reply(ann.says(ann.dm, "What about sabbaticals?")).words
        words = answer.words
        assert words.startswith(messages.NO_ANSWER["said before"])
        assert "up to five unused days" in words
        with running_bot(home, slack) as bot:
            desk = bot.service.desk
            assert desk.records.recent(TEAM, ann.id, 1)[0].as_read == "What about sabbaticals?"
            (again,) = (q for q in desk.records.since(0.0) if q.asked.text == "And for part-timers?")
            assert desk.ask_again(again.id, ann.id) is None
            slack.workspace.wait(lambda: answer.edits == 1)
            assert answer.words == words
        assert slack.complaints == []
