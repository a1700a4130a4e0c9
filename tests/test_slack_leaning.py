"""A question that leans on another one, asked again after a restart: read as it was then, or not at all."""

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
