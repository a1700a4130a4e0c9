"""What people say of an answer comes when another one has taken its place: it was about the one that they saw."""

from __future__ import annotations

from bot import messages
from tests.passing_on import QUESTION, last_alone, settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack


def test_a_form_that_comes_back_late(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """The question was edited while Ann wrote why, and while Ada looked at the buttons; what they say counts for
    no other answer.  Of that one Ann says it anew."""
    records = bot.service.desk.records
    asked = ann.says(general, f"@quoth {QUESTION}")
    answer = ann.reply(asked)
    settle(bot, slack)
    ann.presses(answer, messages.NOT_HELPFUL)
    _ = ann.window
    helpful, block = answer.button(messages.HELPFUL)
    ann.edits(asked, "@quoth When are laptops replaced?")
    settle(bot, slack)
    ann.fills_in("Wrong page.")
    settle(bot, slack)
    assert last_alone(ann) == messages.ANSWERED_ANEW
    for action in ("helpful", "not_helpful"):
        ada.acts(answer, {**helpful, "action_id": action, "block_id": block})
        settle(bot, slack)
        assert last_alone(ada) == messages.ANSWERED_ANEW
    (question,) = records.since(0.0)
    assert records.reasons(question.id) == {}
    ann.presses(answer, messages.NOT_HELPFUL)
    settle(bot, slack)
    ann.fills_in("Wrong page, too.")
    settle(bot, slack)
    assert records.reasons(question.id) == {ann.id: (False, "Wrong page, too.")}


def test_a_button_of_an_earlier_version(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """It names no revision, and counts for the answer that stands there when it is pressed."""
    records = bot.service.desk.records
    asked = ann.says(general, f"@quoth {QUESTION}")
    answer = ann.reply(asked)
    settle(bot, slack)
    (question,) = records.since(0.0)
    button, block = answer.button(messages.NOT_HELPFUL)
    assert button["value"] == f"{question.id}.0"
    ann.acts(answer, {**button, "value": str(question.id), "block_id": block})
    settle(bot, slack)
    assert records.reasons(question.id) == {ann.id: (False, "")}
    ann.edits(asked, "@quoth When are laptops replaced?")
    settle(bot, slack)
    ann.fills_in("Old.")
    settle(bot, slack)
    assert records.reasons(question.id) == {}
