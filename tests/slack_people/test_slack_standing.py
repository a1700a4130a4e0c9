"""Admins see how well it answers; a member who becomes a guest sees nothing any more; whose company it is."""

from __future__ import annotations

from bot import messages
from bot.audience import channel_key, person_key, workspace_key
from bot.workspace.state import TEAM
from tests.passing_on import QUESTION, REPLY, last_alone, passes_on, pins, settle
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


def test_an_organisation_that_has_the_app(slack: Slack, bot: Bot) -> None:
    """Slack names no workspace with a press, a form or a shortcut there, and all of them do what they do elsewhere."""
    slack.organisation = "E0SKERRY"
    ann, owen = slack.person("Ann"), slack.person("Owen")
    general = slack.channel("general", ann, owen)
    bot.work.collections.open_to("staff", [workspace_key(TEAM)])
    bot.work.collections.give("staff", person_key(TEAM, owen.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    ann.presses(answer, messages.WHY)
    assert ann.window["title"]["text"] == messages.WHY_TITLE
    ann.presses(answer, messages.NOT_HELPFUL)
    settle(bot, slack)
    assert ann.window["title"]["text"] == messages.REASON_TITLE
    ann.fills_in("Nobody says.")
    number = bot.service.desk.records.since(0.0)[-1].id
    assert bot.service.desk.records.reasons(number) == {ann.id: (False, "Nobody says.")}
    passes_on(slack, bot, ann, answer)
    assert last_alone(ann) == messages.PASSED_ON
    (request,) = (m for m in slack.workspace.messages if m.channel is owen.dm)
    pins(owen, owen.says(owen.dm, REPLY, under=request), audience="collection staff")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    ann.chooses(owen.says(general, QUESTION))
    settle(bot, slack)
    assert REPLY in last_alone(ann)


def test_a_press_of_another_organisation(slack: Slack, bot: Bot) -> None:
    """The same channel with the same number: it is not theirs, nor anybody's whose company Slack leaves out."""
    slack.organisation = "E0SKERRY"
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    for other in ("E9OTHER", None):
        slack.organisation, general.team = other, "T9OTHER"
        for label in answer.buttons:
            ann.presses(answer, label)
            settle(bot, slack)
            assert last_alone(ann) in (messages.NOT_YOURS, messages.NOBODY_TO_ASK)
    assert slack.workspace.windows == {}
    assert bot.service.desk.records.counts().helpful == 0


def test_a_stranger_says_why_an_answer_did_not_help(slack: Slack, bot: Bot, ann: Person) -> None:
    """In a channel shared with their company: their form names their own workspace, and counts all the same."""
    sam = slack.person("Sam", team="T9OTHER", stranger=True)
    partners = slack.channel("partners", ann, sam, shared=True)
    bot.work.collections.open_to("staff", [channel_key(TEAM, partners.id, shared=True)])
    answer = ann.reply(ann.says(partners, f"@quoth {QUESTION}"))
    settle(bot, slack)
    sam.presses(answer, messages.NOT_HELPFUL)
    _ = sam.window
    sam.fills_in("Too old.")
    number = bot.service.desk.records.since(0.0)[-1].id
    assert bot.service.desk.records.reasons(number) == {sam.id: (False, "Too old.")}


def test_a_stranger_s_shortcut_where_an_organisation_has_the_app(slack: Slack, bot: Bot) -> None:
    """It names the stranger's own workspace, of which they are a member; that opens nothing of ours."""
    slack.organisation = "E0SKERRY"
    ann, sam = slack.person("Ann"), slack.person("Sam", team="T9OTHER")
    hidden = slack.channel("partners", ann, sam, shared=True, private=True, bot=False)
    sam.chooses(ann.says(hidden, QUESTION))
    settle(bot, slack)
    assert last_alone(sam) == messages.GUEST
