"""Pinned replies in Slack: who pins which, who finds them, who may see and share them."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from bot import messages
from bot.audience import person_key, workspace_key
from bot.slack.manifest import PIN_SHORTCUT_ID
from bot.views.blocks.pins import AUDIENCE, DAYS
from bot.workspace.state import TEAM
from retrieval.errors import StoreBusy
from retrieval.store import Store
from tests.passing_on import QUESTION, REPLY, last_alone, pins, settle
from tests.slack_bot import Bot, running_bot
from tests.slack_stand_in import Channel, Person, Slack
from tests.stores import put


def test_a_pin_is_found_by_rewordings_and_not_by_near_misses(
    slack: Slack, tmp_path: Path, ann: Person, ada: Person, general: Channel
) -> None:
    """Ada pins what Ann said of the night shift; Ben, who asks in his own words, hears it, and of the day nothing."""
    with Store(tmp_path / "store.db") as store:
        put(store, "shifts.md", "The day shift has an hour for lunch.", collection="staff")
    with running_bot(tmp_path, slack) as bot:
        asked = ann.says(general, "When does the night shift start?")
        said = ann.says(general, "At 22:00, with a handover of ten minutes before.", under=asked)
        pins(ada, said, audience="workspace")
        settle(bot, slack)
        ben = slack.person("Ben")

        def hears(question: str) -> bool:
            return "At 22:00" in ben.reply(ben.says(ben.dm, question)).words

        assert hears("What time does the night shift begin?")
        assert hears("From when do I have to be there for the night shift?")
        assert hears("night shift start time?")
        assert not hears("When does the night shift end?")
        assert not hears("When does the day shift start?")
        assert not hears("How many people are on the night shift?")


def test_a_pin_is_seen_as_the_rule_says(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """For the workspace: no guest, no channel with others; for a collection: whoever may see that, at once."""
    gus = slack.person("Gus", guest=True)
    partners = slack.channel("partners", ann, gus, shared=True)
    thread = ann.says(general, "A talk.")
    pins(ada, ann.says(general, REPLY, under=thread), audience="workspace", pin_question=QUESTION)
    settle(bot, slack)
    assert REPLY in ann.reply(ann.says(ann.dm, QUESTION)).words
    assert REPLY not in gus.reply(gus.says(gus.dm, QUESTION)).words
    assert REPLY not in ann.reply(ann.says(partners, f"@quoth {QUESTION}")).words
    bot.work.pins.remove(1)
    assert REPLY not in ann.reply(ann.says(ann.dm, QUESTION)).words
    pins(ada, ann.says(general, REPLY, under=thread), audience="collection board", pin_question=QUESTION)
    settle(bot, slack)
    assert REPLY in ann.reply(ann.says(general, f"@quoth {QUESTION}")).words
    bot.work.collections.open_to("board", [person_key(TEAM, ada.id)])
    assert REPLY not in ann.reply(ann.says(general, f"@quoth {QUESTION}")).words
    assert REPLY in ada.reply(ada.says(ada.dm, QUESTION)).words
    assert REPLY not in ada.reply(ada.says(general, f"@quoth {QUESTION}")).words


def test_sharing_a_pinned_answer(slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel) -> None:
    """Asked again as the channel: the pin goes along if the channel may see it, else nothing is shared."""
    thread = ann.says(general, "A talk.")
    pins(ada, ann.says(general, REPLY, under=thread), audience="collection board", pin_question=QUESTION)
    settle(bot, slack)
    bot.work.collections.open_to("board", [person_key(TEAM, ann.id)])
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    assert REPLY in answer.words
    settle(bot, slack)
    before = len(list(slack.workspace.visible(general.id)))
    ann.presses(answer, messages.SHARE)
    settle(bot, slack)
    assert last_alone(ann) == messages.SHARE_OTHER
    assert len(list(slack.workspace.visible(general.id))) == before
    bot.work.collections.open_to("board", [workspace_key(TEAM)])
    ann.presses(answer, messages.SHARE)
    settle(bot, slack)
    assert REPLY in list(slack.workspace.visible(general.id))[-1].words


def test_only_admins_pin_and_only_replies(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """A member cannot; nor can an admin with what is no reply, or the bot's; nor one who is no admin any more."""
    thread = ann.says(general, "A talk.")
    reply = ann.says(general, REPLY, under=thread)
    ann.chooses(reply, PIN_SHORTCUT_ID)
    settle(bot, slack)
    assert last_alone(ann) == messages.PIN_WHO_MAY
    ada.chooses(thread, PIN_SHORTCUT_ID)
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_NO_REPLY
    ada.chooses(ann.reply(ann.says(general, f"@quoth {QUESTION}")), PIN_SHORTCUT_ID)
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_NO_REPLY
    ada.chooses(reply, PIN_SHORTCUT_ID)
    first = ada.window["blocks"][0]
    assert first["element"]["initial_value"] == "A talk."
    slack.profiles[ada.id]["is_admin"] = False
    slack.event({"type": "user_change", "user": {"id": ada.id}}, None)
    settle(bot, slack)
    ada.fills_in(**{AUDIENCE: "workspace"})
    settle(bot, slack)
    assert last_alone(ada) == messages.PIN_WHO_MAY
    assert bot.work.pins.all() == []


def test_a_reply_to_a_question_that_leans(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """The form offers what was read: pinned to "And for contractors?", nobody would find the reply."""
    thread = ann.says(general, f"@quoth {QUESTION}")
    ann.reply(thread)
    ann.says(general, "And for contractors?", under=thread)
    ann.reply(thread, 2)
    ada.chooses(ann.says(general, REPLY, under=thread), PIN_SHORTCUT_ID)
    assert ada.window["blocks"][0]["element"]["initial_value"] == f"{QUESTION} And for contractors?"
    settle(bot, slack)


def test_a_form_that_is_not_right(slack: Slack, bot: Bot, ada: Person, ann: Person, general: Channel) -> None:
    """Days that are none, and no words: said in the form, and nothing is pinned."""
    reply = ann.says(general, REPLY, under=ann.says(general, "A talk."))
    ada.chooses(reply, PIN_SHORTCUT_ID)
    _ = ada.window
    ada.fills_in("...", **{AUDIENCE: "workspace", DAYS: "soon"})
    errors = slack.workspace.form_errors[ada.id]
    assert errors == {"pin_question": messages.PIN_NO_WORDS, DAYS: messages.PIN_NO_DAYS.format(most="3,650")}
    assert bot.work.pins.all() == []
    ada.fills_in(**{AUDIENCE: "workspace", DAYS: "3"})
    settle(bot, slack)
    (pin,) = bot.work.pins.all()
    assert pin.until == pytest.approx(pin.pinned_at + 3 * 86_400, abs=60)


def test_a_reply_of_several_lines(slack: Slack, bot: Bot, ada: Person, ann: Person, general: Channel) -> None:
    """Steps stay one below the other, and where a link leads can be read."""
    reply = ann.says(general, "Ask Ben.", under=ann.says(general, "A talk."))
    reply.text = "Do this:\n1. Fill in <https://forms.example/back|the form>.\n2. Hand it in."
    pins(ada, reply, audience="workspace", pin_question=QUESTION)
    settle(bot, slack)
    steps = "Do this:\n1. Fill in the form (https://forms.example/back).\n2. Hand it in."
    assert [pin.answer for pin in bot.work.pins.all()] == [steps]
    assert steps in ann.reply(ann.says(general, f"@quoth {QUESTION}")).words


def test_whom_a_reply_names(slack: Slack, bot: Bot, ada: Person, ann: Person, general: Channel) -> None:
    """A person and a channel stay in it, by their names; who is not known by their ID."""
    ben = slack.person("Ben")
    reply = ann.says(general, "Ask Ben.", under=ann.says(general, "A talk."))
    reply.text = f"Ask <@{ben.id}> or <@U0GONE> in <#{general.id}|general>."
    pins(ada, reply, audience="workspace", pin_question=QUESTION)
    settle(bot, slack)
    (pin,) = bot.work.pins.all()
    assert pin.answer == "Ask @Ben or @U0GONE in #general."


@pytest.mark.parametrize("error", [KeyError("board"), StoreBusy("Another process is writing.")])
def test_a_pin_that_cannot_be_kept(
    bot: Bot, ada: Person, ann: Person, general: Channel, error: Exception
) -> None:
    """Its collection is gone, or the store is busy: whoever sent the form hears that it went wrong."""
    said = ann.says(general, REPLY, under=ann.says(general, "A talk."))
    with patch.object(bot.work.pins, "add", side_effect=error):
        pins(ada, said, audience="workspace")
        assert ada.told(general).words == messages.BROKEN
