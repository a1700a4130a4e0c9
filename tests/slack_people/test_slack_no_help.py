"""An answer that did not help: whoever says so can put the question to a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import messages
from bot.audience import person_key
from bot.workspace.state import TEAM
from retrieval.store import Store
from tests.passing_on import REPLY, last_alone, pins, settle
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Message, Person, Slack
from tests.stores import put

ASKED = "When are laptops replaced?"


@pytest.fixture
def bot(slack: Slack, tmp_path: Path) -> Iterator[Bot]:
    """A bot that is sure of what it knows about laptops."""
    with Store(tmp_path / "store.db") as store:
        put(store, "staff.md", "Laptops are replaced after four years.", collection="staff")
    with running_bot(tmp_path, slack, gate=Gate(TOKENIZER, {"four years": 5.0})) as started:
        yield started


def answered(slack: Slack, bot: Bot, person: Person, channel: Channel) -> Message:
    answer = person.reply(person.says(channel, f"@quoth {ASKED}"))
    settle(bot, slack)
    assert "four years" in answer.words
    assert messages.ASK_PERSON not in answer.buttons
    return answer


def finds_no_help(slack: Slack, bot: Bot, person: Person, answer: Message, why: str = "") -> Message:
    """Say so, and why; what the bot says to that person alone."""
    person.presses(answer, messages.NOT_HELPFUL)
    _ = person.window
    person.fills_in(why)
    settle(bot, slack)
    return [m for m in slack.workspace.messages if m.only_for == person.id][-1]


def test_from_a_wrong_answer_to_a_person(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Ann asks, the answer is not what she meant; the owner says what is; from then on that comes first."""
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    answer = answered(slack, bot, ann, general)
    offer = finds_no_help(slack, bot, ann, answer, "I meant loaned ones.")
    assert offer.words.startswith(messages.THANKS_REASON)
    assert messages.ASK_INSTEAD in offer.words
    ann.presses(offer, messages.ASK_PERSON)
    (field,) = ann.window["blocks"]
    assert field["element"]["initial_value"] == ASKED
    ann.fills_in()
    settle(bot, slack)
    assert last_alone(ann) == messages.PASSED_ON
    (request,) = (m for m in slack.workspace.messages if m.channel is ada.dm)
    assert messages.REQUEST_NO_HELP.strip() in request.words
    assert ASKED in request.words
    assert "after four" not in str(request.blocks)
    pins(ada, ada.says(ada.dm, REPLY, under=request), audience="collection staff")
    settle(bot, slack)
    assert REPLY in last_alone(ann)
    ben = slack.person("Ben")
    assert REPLY in ben.reply(ben.says(general, f"@quoth {ASKED}")).words


def test_a_pin_that_is_wrong_is_overtaken(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """It stands before the documents, and nobody would be asked any more; the latest pin counts."""
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    for words in ("After five years.", "After three years."):
        answer = ann.reply(ann.says(general, f"@quoth {ASKED}"))
        settle(bot, slack)
        offer = finds_no_help(slack, bot, ann, answer)
        ann.presses(offer, messages.ASK_PERSON)
        _ = ann.window
        ann.fills_in()
        settle(bot, slack)
        request = [m for m in slack.workspace.messages if m.channel is ada.dm and ASKED in m.words][-1]
        pins(ada, ada.says(ada.dm, words, under=request), audience="collection staff")
        settle(bot, slack)
    found = ann.reply(ann.says(general, f"@quoth {ASKED}"))
    assert "After three years." in found.words
    assert "After five years." not in found.words


def test_only_whoever_was_not_helped_is_offered_a_person(
    slack: Slack, bot: Bot, ann: Person, ada: Person, general: Channel
) -> None:
    """Not without an owner; not after a change of mind; and not another person with the same button."""
    answer = answered(slack, bot, ann, general)
    assert finds_no_help(slack, bot, ann, answer, "Old.").words == messages.THANKS_REASON
    bot.work.collections.give("staff", person_key(TEAM, ada.id))
    offer = finds_no_help(slack, bot, ann, answer)
    assert offer.words.startswith(messages.THANKS)
    button, block = offer.button(messages.ASK_PERSON)
    ben = slack.person("Ben")
    general.members.add(ben.id)
    ben.acts(answer, {**button, "block_id": block})
    settle(bot, slack)
    assert last_alone(ben) == messages.NOBODY_TO_ASK
    ann.presses(answer, messages.HELPFUL)
    settle(bot, slack)
    ann.presses(offer, messages.ASK_PERSON)
    settle(bot, slack)
    assert last_alone(ann) == messages.NOBODY_TO_ASK
