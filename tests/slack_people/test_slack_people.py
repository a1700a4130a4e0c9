"""Asking a person in Slack: the owner of a collection is asked and answers, whoever asked is told."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot import askers, messages
from bot.audience import channel_key, person_key
from bot.slack.manifest import PIN_SHORTCUT_ID
from bot.views.blocks.pins import AUDIENCE
from bot.workspace.state import TEAM
from tests.command_line import call
from tests.passing_on import QUESTION, REPLY, REWORDED, last_alone, passes_on, pins, settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack, refused, server_error


def test_from_no_answer_to_a_pinned_one(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Ann asks, nobody knows; the owner's channel does; an admin pins the reply; Ann is told; Ben is answered."""
    helpers = slack.channel("helpers", ada)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    asked = ann.says(general, f"@quoth {QUESTION}")
    answer = ann.reply(asked)
    settle(bot, slack)
    assert messages.ASK_PERSON in answer.buttons
    ann.presses(answer, messages.ASK_PERSON)
    (field,) = ann.window["blocks"]
    assert field["element"]["initial_value"] == QUESTION
    ann.fills_in()
    settle(bot, slack)
    assert last_alone(ann) == messages.PASSED_ON
    assert ann.told(general).thread == asked.ts  # where the button is
    (request,) = slack.workspace.visible(helpers.id)
    assert QUESTION in request.words
    assert messages.REQUEST_HOW.format(who=messages.REQUEST_PINNED_BY_ADMINS) in request.words
    assert ann.id in request.words
    assert general.id in request.words
    assert "four years" not in str(request.blocks)
    assert f"/archives/{general.id}/" in str(request.blocks)
    passes_on(slack, bot, ann, answer)
    assert last_alone(ann) == messages.PASSED_ON_BEFORE
    assert len(list(slack.workspace.visible(helpers.id))) == 1

    reply = ada.says(helpers, REPLY, under=request)
    ada.chooses(reply, PIN_SHORTCUT_ID)
    first, second, third, _ = ada.window["blocks"]
    assert (first["element"]["initial_value"], second["element"]["initial_value"]) == (QUESTION, REPLY)
    values = [option["value"] for option in third["element"]["options"]]
    assert values == ["workspace", "collection board", "collection staff"]
    ada.fills_in(**{AUDIENCE: "collection staff"})
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_SAVED_TOLD.format(count=1)
    assert ada.told(helpers).thread == request.ts
    assert REPLY in last_alone(ann)
    assert "Answered by Ada on" in last_alone(ann)

    ben = slack.person("Ben")
    found = ben.reply(ben.says(ben.dm, REWORDED))
    assert found.words.index(REPLY) < found.words.index(messages.FROM_DOCUMENTS)
    assert messages.ASK_PERSON not in found.buttons
    settle(bot, slack)
    ben.presses(found, messages.WHY)
    assert "A person's answer comes first" in str(ben.window)


def test_an_owner_answers_in_direct_messages(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """What the owner replies in the thread is no question to the bot; asked alone, no place is named."""
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    settle(bot, slack)
    ann.presses(answer, messages.ASK_PERSON)
    _ = ann.window
    ann.fills_in("Where do laptops go?")
    settle(bot, slack)
    (request,) = (m for m in slack.workspace.messages if m.channel is ada.dm)
    assert "Where do laptops go?" in request.words
    assert messages.REQUEST_ALONE in request.words
    assert general.id not in str(request.blocks)
    reply = ada.says(ada.dm, REPLY, under=request)
    settle(bot, slack)
    assert [m.ts for m in ada.replies(reply)] == [request.ts]
    pins(ada, reply, audience="workspace")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    assert "Where do laptops go?" in last_alone(ann)


def choices(person: Person) -> list[str]:
    """For whom the open form lets a person pin."""
    return [option["value"] for option in person.window["blocks"][2]["element"]["options"]]


def test_an_owner_pins_their_own_reply(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Owen, who is no admin, answers alone with the bot: for his collection that Ann asked, and for nobody else."""
    owen = slack.person("Owen")
    bot.work.collections.open_to("board", [person_key(TEAM, owen.id)])
    for name in ("staff", "board"):
        bot.work.collections.give(name, person_key(TEAM, owen.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    (request,) = (m for m in slack.workspace.messages if m.channel is owen.dm)
    reply = owen.says(owen.dm, REPLY, under=request)
    owen.chooses(reply, PIN_SHORTCUT_ID)
    assert choices(owen) == ["collection staff"]
    owen.fills_in(**{AUDIENCE: "collection staff"})
    settle(bot, slack)
    assert last_alone(owen) == messages.PIN_SAVED_TOLD.format(count=1)
    assert REPLY in last_alone(ann)
    assert [pin.collection for pin in bot.work.pins.all()] == ["staff"]

    owen.chooses(reply, PIN_SHORTCUT_ID)
    _ = owen.window
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    owen.fills_in(**{AUDIENCE: "collection staff"})
    settle(bot, slack)
    assert last_alone(owen) == messages.PIN_WHO_MAY
    assert len(bot.work.pins.all()) == 1


def test_whoever_replies_in_the_owner_s_channel_pins_it(
    slack: Slack, bot: Bot, ann: Person, general: Channel
) -> None:
    """In the thread of the question, their own words; a guest there, or of what another one said, cannot.

    Nor can anybody once the channel is one that everybody may join.
    """
    ben, gus = slack.person("Ben"), slack.person("Gus", guest=True)
    helpers = slack.channel("helpers", ben, gus, ann, private=True)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    (request,) = slack.workspace.visible(helpers.id)
    assert messages.REQUEST_HOW.format(who=messages.REQUEST_PINNED_BY_YOU) in request.words
    reply = ben.says(helpers, REPLY, under=request)
    elsewhere = ben.says(helpers, REPLY, under=ben.says(helpers, "A talk."))
    for person, message in ((ann, reply), (ben, elsewhere), (gus, gus.says(helpers, "Hm.", under=request))):
        person.chooses(message, PIN_SHORTCUT_ID)
        settle(bot, slack)
        assert last_alone(person) == messages.PIN_WHO_MAY
    ben.chooses(reply, PIN_SHORTCUT_ID)
    assert choices(ben) == ["collection staff"]
    ben.fills_in(**{AUDIENCE: "collection staff"})
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    helpers.private = False
    ben.chooses(reply, PIN_SHORTCUT_ID)
    settle(bot, slack)
    assert last_alone(ben) == messages.PIN_WHO_MAY


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to wait for five seconds."""
    monkeypatch.setattr(askers, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(askers, "LATER_SECONDS", 0.1)


@pytest.mark.usefixtures("often")
def test_a_pin_of_the_terminal_reaches_whoever_waits(
    slack: Slack, bot: Bot, ann: Person, general: Channel
) -> None:
    """Made by another process, for the same question in other words, and seen by who asked: told once, alone."""
    looking = askers.Askers(bot.service.desk)
    looking.look()
    ben = slack.person("Ben")
    bot.work.collections.open_to("board", [person_key(TEAM, ben.id)])
    bot.work.collections.give("staff", person_key(TEAM, ben.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    for question, collection in (("How do I return a rented car?", "staff"), (REWORDED, "board")):
        pins_at_the_terminal(bot, question, collection)
    wait(lambda: looking.compared == 2)
    settle(bot, slack)
    assert last_alone(ann) == messages.PASSED_ON
    pins_at_the_terminal(bot, REWORDED, "staff")
    slack.workspace.wait(lambda: REPLY in last_alone(ann))
    assert QUESTION in last_alone(ann)
    pins_at_the_terminal(bot, QUESTION, "staff")
    wait(lambda: looking.compared == 4)
    settle(bot, slack)
    assert sum(REPLY in m.words for m in slack.workspace.messages if m.channel is ann.dm) == 1


@pytest.mark.usefixtures("often")
def test_what_was_told_goes_with_its_pin(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Removed, its words leave the message that told of it, at the second attempt if need be."""
    askers.Askers(bot.service.desk).look()
    bot.work.collections.give("staff", channel_key(TEAM, general.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    pins_at_the_terminal(bot, QUESTION, "staff")
    slack.workspace.wait(lambda: REPLY in last_alone(ann))
    slack.misbehave("chat.update", refused("internal_error"))
    assert call("pins", "rm", "1", home=bot.work.settings.home).code == 0
    slack.workspace.wait(lambda: last_alone(ann).startswith(messages.STALE["ended"]))
    assert REPLY not in last_alone(ann)
    assert QUESTION in last_alone(ann)


@pytest.mark.usefixtures("often")
def test_told_later_where_slack_is_silent(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """A server's error is tried again."""
    askers.Askers(bot.service.desk).look()
    bot.work.collections.give("staff", channel_key(TEAM, general.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    passes_on(slack, bot, ann, answer)
    slack.misbehave("chat.postMessage", *[server_error()] * 2)
    pins_at_the_terminal(bot, QUESTION, "staff")
    slack.workspace.wait(lambda: REPLY in last_alone(ann))


def pins_at_the_terminal(bot: Bot, question: str, collection: str) -> None:
    home = bot.work.settings.home
    assert call("pin", question, REPLY, "--by", "Ada", "-c", collection, home=home).code == 0


def wait(what: Callable[[], bool]) -> None:
    """Wait until something is so that nobody tells of."""
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nobody_to_ask(slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel) -> None:
    """No button for owners of what may not be seen, of other workspaces, or none; an old button asks nobody."""
    bot.work.collections.open_to("board", [])
    bot.work.collections.give("board", person_key(TEAM, ada.id))
    bot.work.collections.give("staff", person_key("T2", ada.id))
    assert messages.ASK_PERSON not in ann.reply(ann.says(general, f"@quoth {QUESTION}")).buttons
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    assert messages.ASK_PERSON in answer.buttons
    ann.presses(answer, messages.ASK_PERSON)
    _ = ann.window
    bot.work.collections.open_to("staff", [person_key(TEAM, ada.id)])
    ann.fills_in()
    settle(bot, slack)
    assert last_alone(ann) == messages.NOBODY_TO_ASK
    ann.presses(answer, messages.ASK_PERSON)
    settle(bot, slack)
    assert last_alone(ann) == messages.NOBODY_TO_ASK
    assert not any(m.channel is ada.dm for m in slack.workspace.messages)


def test_no_question_goes_to_another_company(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """An owner's channel that has become shared, or of which Slack does not tell, is not asked."""
    helpers = slack.channel("helpers", shared=True)
    bot.work.collections.give("staff", channel_key(TEAM, helpers.id))
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    settle(bot, slack)
    for fault in ((), (refused("internal"),)):
        slack.misbehave("conversations.info", *fault)
        ann.presses(answer, messages.ASK_PERSON)
        _ = ann.window
        ann.fills_in()
        settle(bot, slack)
        assert last_alone(ann) == messages.NOT_PASSED_ON
    assert list(slack.workspace.visible(helpers.id)) == []
