"""Admins see how well it answers; a member who becomes a guest sees nothing any more."""

from __future__ import annotations

from bot import messages
from bot.audience import person_key
from bot.workspace.state import TEAM
from tests.passing_on import QUESTION, settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack


def test_app_home_for_admins(slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel) -> None:
    """Figures and what to write next, of questions that were asked of nothing but what the admin may see."""
    bot.work.collections.open_to("board", [person_key(TEAM, ann.id)])
    ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    ann.reply(ann.says(ann.dm, "When does the board leave in spring?"))
    settle(bot, slack)
    ada.opens_home()
    assert "1 questions, 0% answered" in ada.home
    assert QUESTION in ada.home
    assert "in spring" not in ada.home
    ann.opens_home()
    assert "For admins" not in ann.home


def test_a_member_who_becomes_a_guest(slack: Slack, bot: Bot, ann: Person) -> None:
    """Slack's word of it closes the documents with the next question."""
    assert ann.reply(ann.says(ann.dm, QUESTION)).words != messages.GUEST
    slack.profiles[ann.id]["is_restricted"] = True
    slack.event({"type": "user_change", "user": {"id": ann.id}}, None)
    settle(bot, slack)
    assert ann.reply(ann.says(ann.dm, QUESTION)).words == messages.GUEST
