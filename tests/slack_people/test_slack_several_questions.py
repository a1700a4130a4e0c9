"""Several questions that were passed on: each of those who asked hears the answer to their own, and no other."""

from __future__ import annotations

from bot import messages
from bot.audience import channel_key, person_key
from bot.slack.manifest import PIN_SHORTCUT_ID
from bot.views.blocks.pins import AUDIENCE
from bot.workspace.state import TEAM
from tests.passing_on import QUESTION, REPLY, last_alone, passes_on, pins, settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack

SUPPLIERS = "Who signs contracts with suppliers?"
PRIYA = "Priya signs all contracts with suppliers."


def with_helpers(slack: Slack, bot: Bot, ada: Person, general: Channel) -> tuple[Person, Channel]:
    """Ben, who is in the channel, too, and the channel of Ada's helpers, who own the documents."""
    ben = slack.person("Ben")
    general.members.add(ben.id)
    helpers = slack.channel("helpers", ada)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    return ben, helpers


def test_two_questions_of_one_thread(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Ada answers Ben there: the form has his question, he is told, and Ann still waits for hers."""
    ben, helpers = with_helpers(slack, bot, ada, general)
    asked = ann.says(general, f"@quoth {QUESTION}")
    first = ann.reply(asked)
    settle(bot, slack)
    passes_on(slack, bot, ann, first)
    ben.says(general, SUPPLIERS, under=asked)
    second = ben.reply(asked, 2)
    settle(bot, slack)
    passes_on(slack, bot, ben, second)
    ada.chooses(ada.says(general, PRIYA, under=asked), PIN_SHORTCUT_ID)
    assert ada.window["blocks"][0]["element"]["initial_value"] == SUPPLIERS
    ada.fills_in(**{AUDIENCE: "workspace"})
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_SAVED_TOLD.format(count=1)
    assert PRIYA in last_alone(ben)
    assert last_alone(ann) == messages.PASSED_ON
    request, _ = slack.workspace.visible(helpers.id)
    pins(ada, ada.says(helpers, REPLY, under=request), audience="collection staff")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    assert PRIYA in last_alone(ben)


def test_other_words_than_those_passed_on(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Ann's question is another one by now, and Ben means more: both stand in the thread, once, for an answer each."""
    ben, helpers = with_helpers(slack, bot, ada, general)
    asked = ann.says(general, f"@quoth {QUESTION}")
    answer = ann.reply(asked)
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    ann.edits(asked, f"@quoth {SUPPLIERS}")
    settle(bot, slack)
    for _ in range(2):
        passes_on(slack, bot, ann, answer)
    assert last_alone(ann) == messages.PASSED_ON_BEFORE
    ben.presses(answer, messages.ASK_PERSON)
    _ = ben.window
    ben.fills_in("Who insures our boats?")
    settle(bot, slack)
    assert last_alone(ben) == messages.PASSED_ON
    request, *below = slack.workspace.visible(helpers.id)
    assert [each.thread for each in below] == [request.ts] * 2
    words = [each.words for each in (request, *below)]
    expected = ((QUESTION, ann), (SUPPLIERS, ann), ("Who insures our boats?", ben))
    assert all(text in said and who.id in said for said, (text, who) in zip(words, expected, strict=True))
    reply = ada.says(helpers, PRIYA, under=request)
    pins(ada, reply, audience="collection staff", pin_question=SUPPLIERS)
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_SAVED_TOLD.format(count=1)
    assert SUPPLIERS in last_alone(ann)
    assert last_alone(ben) == messages.PASSED_ON


def test_asked_again_after_the_answer_was_taken_back(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Ann was told of a pin that does not hold any more: her question stands there once more, and is answered."""
    helpers = slack.channel("helpers", ada)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    (request,) = slack.workspace.visible(helpers.id)
    pins(ada, ada.says(helpers, REPLY, under=request), audience="collection staff")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    bot.work.pins.remove(1)
    passes_on(slack, bot, ann, answer)
    assert last_alone(ann) == messages.PASSED_ON
    again = list(slack.workspace.visible(helpers.id))[-1]
    assert (again.thread, QUESTION in again.words) == (request.ts, True)
    pins(ada, ada.says(helpers, "Keep it.", under=request), audience="collection staff")
    settle(bot, slack)
    assert "Keep it." in last_alone(ann)


def test_asked_of_somebody_else(slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel) -> None:
    """The documents have another owner by now: whoever had them hears nothing of what is asked then."""
    owen = slack.person("Owen")
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    asked = ann.says(general, f"@quoth {QUESTION}")
    answer = ann.reply(asked)
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    bot.work.collections.give("staff", person_key(TEAM, owen.id))
    ann.edits(asked, f"@quoth {SUPPLIERS}")
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    assert QUESTION in last_alone(ada)
    assert SUPPLIERS in last_alone(owen)
    assert [m.thread for m in slack.workspace.messages if m.channel is owen.dm] == [None]


def test_an_owner_asks(slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel) -> None:
    """Nobody is sent their own question: another owner is asked, or there is no button, and no use in an old one."""
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    assert messages.ASK_PERSON not in ada.reply(ada.says(general, f"@quoth {QUESTION}")).buttons
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    ada.presses(answer, messages.ASK_PERSON)
    settle(bot, slack)
    assert last_alone(ada) == messages.NOBODY_TO_ASK
    bot.work.collections.give("board", person_key(TEAM, ann.id))
    passes_on(slack, bot, ada, answer)
    assert QUESTION in last_alone(ann)


def test_other_words_for_the_one_question(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """The reply to a question is pinned in quite other words: whoever asked is told all the same, as promised."""
    helpers = slack.channel("helpers", ada)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    (request,) = slack.workspace.visible(helpers.id)
    reply = ada.says(helpers, REPLY, under=request)
    pins(ada, reply, audience="collection staff", pin_question="Equipment of people who left?")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
