"""Asking a person and pinning the reply, as people in the local workspace do it.

But: what comes of it is for the tests to say.
"""

from __future__ import annotations

from bot import messages
from bot.slack.manifest import PIN_SHORTCUT_ID
from bot.views.blocks.pins import AUDIENCE
from tests.slack_bot import Bot
from tests.slack_stand_in import Message, Person, Slack

QUESTION = "How do I return a laptop when I leave?"


REWORDED = "How can I return my laptop when I leave?"


REPLY = "Hand it to Ada in room 12, with its charger."


def settle(bot: Bot, slack: Slack) -> None:
    assert all(delivery.acked.wait(5) for delivery in list(slack.deliveries))
    assert bot.service.desk.questions.wait_idle(20)
    assert bot.service.desk.errands.wait_idle(20)


def pins(person: Person, message: Message, *, audience: str, **more: str) -> None:
    """Choose the shortcut, choose for whom, and send the form."""
    person.chooses(message, PIN_SHORTCUT_ID)
    _ = person.window
    person.fills_in(**{AUDIENCE: audience, **more})


def last_alone(person: Person) -> str:
    """The words of the last message that only one person sees, or that came to them directly."""
    seen = [m for m in person.slack.workspace.messages if m.only_for == person.id or m.channel is person.dm]
    return seen[-1].words


def passes_on(slack: Slack, bot: Bot, ann: Person, answer: Message) -> None:
    ann.presses(answer, messages.ASK_PERSON)
    _ = ann.window
    ann.fills_in()
    settle(bot, slack)
