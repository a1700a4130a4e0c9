"""What people press below an answer: what they think of it, more, why, share."""

from __future__ import annotations

import pytest

from bot import messages
from bot.workspace.state import BOT_USER
from tests.slack_chat.conftest import Chat
from tests.slack_chat.questions import LAPTOPS, LEAVE
from tests.slack_stand_in import Channel, Person, Slack


def test_helpful(chat: Chat, ann: Person, ben: Person, general: Channel) -> None:
    """A press counts once a person, and says thank you to that person only."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    before = chat[1].service.desk.records.counts()
    for person in (ann, ben, ben):
        person.presses(answer, "Helpful")
    assert ann.told(general).words == "Thank you, noted."
    assert ben.told(general, 2).words == "Thank you, noted."
    after = chat[1].service.desk.records.counts()
    assert (after.helpful - before.helpful, after.not_helpful - before.not_helpful) == (2, 0)


def test_a_press_in_a_thread_is_answered_there(slack: Slack, ann: Person, ben: Person) -> None:
    """Where the button is; beside it, where the bot has left.  Below a message that begins one, in the channel."""
    channel = slack.channel("threads", ann, ben)
    answer = ann.reply(ann.says(channel, f"@quoth {LAPTOPS}"))
    ben.presses(answer, "Helpful")
    assert ben.told(channel).thread == answer.thread
    channel.members.remove(BOT_USER)
    ben.presses(answer, "Helpful")
    assert ben.told(channel, 2).thread is None
    channel.members.add(BOT_USER)
    ann.asks(channel, LEAVE)
    ann.presses(ann.told(channel), "Share to channel")
    assert ann.told(channel, 2).words == "Shared to the channel."
    (shared,) = (m for m in slack.workspace.visible(channel.id) if "Shared by" in m.words)
    ben.says(channel, "Good to know.", under=shared)
    ben.presses(shared, "Helpful")
    assert ben.told(channel, 3).thread is None


@pytest.mark.parametrize("reason", ["Out of date <@U1> & more", None])
def test_not_helpful_with_a_reason(chat: Chat, ann: Person, general: Channel, reason: str | None) -> None:
    """It counts at once; the reason is asked for and may stay empty."""
    desk = chat[1].service.desk
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    ann.presses(answer, "Not helpful")
    assert ann.window["title"]["text"] == "Not helpful"
    number = desk.records.since(0.0)[-1].id
    assert desk.records.reasons(number) == {ann.id: (False, "")}
    ann.fills_in(reason)
    assert desk.records.reasons(number) == {ann.id: (False, reason or "")}
    if reason is not None:
        assert ann.told(general).words == messages.THANKS_REASON


def test_what_was_said_of_other_words(slack: Slack, chat: Chat, ann: Person, general: Channel) -> None:
    """An answer did not help, the question is edited: nothing is said of the new answer yet."""
    asked = ann.says(general, f"@quoth {LAPTOPS}")
    answer = ann.reply(asked)
    ann.presses(answer, "Not helpful")
    _ = ann.window
    ann.fills_in("Wrong page.")
    number = chat[1].service.desk.records.since(0.0)[-1].id
    ann.edits(asked, f"@quoth {LEAVE}")
    slack.workspace.wait(lambda: "five unused days" in answer.words)
    assert chat[1].service.desk.records.reasons(number) == {}


def test_show_more(ann: Person, ben: Person, general: Channel) -> None:
    """A window with other answers and other places, for whoever pressed."""
    answer = ann.reply(ann.says(general, f"@quoth {LEAVE}"))
    ben.presses(answer, "Show more")
    assert ben.window["title"]["text"] == "Show more"
    assert "handbook.skerryvane.example" in str(ben.window["blocks"])
    assert len(ann.replies(answer)) == 1


def test_why_this_answer(ann: Person, general: Channel) -> None:
    """Passages read, why no more, the threshold, the best other answer, the words that hit, as they were typed."""
    ann.asks(general, LEAVE)
    ann.presses(ann.told(general), "Why this answer")
    text = str(ann.window["blocks"])
    for part in (
        "Read 6 passages in",
        messages.WHY_STOPPED["sure"].format(left=14),
        "An answer is given from",
        "the best that says something else: ",
        "carry",
    ):
        assert part in text


def test_share(slack: Slack, ann: Person, ben: Person, general: Channel) -> None:
    """A private answer goes to the channel once, under the name of who shared it, with its buttons."""
    ann.asks(general, LEAVE)
    answer = ann.told(general)
    ann.presses(answer, "Share to channel")
    assert ann.told(general, 2).words == "Shared to the channel."
    ann.presses(answer, "Share to channel")
    assert ann.told(general, 3).words == "Shared to the channel."
    (shared,) = slack.workspace.visible(general.id)
    assert f"Shared by {ann.id}" in shared.words
    assert "five" in shared.words
    assert "Share to channel" not in shared.buttons
    ben.presses(shared, "Helpful")
    assert ben.told(general).words == "Thank you, noted."


def test_share_where_the_bot_is_not(slack: Slack, ann: Person) -> None:
    """/ask works everywhere; sharing where the bot was not invited says what to do."""
    elsewhere = slack.channel("elsewhere", ann, bot=False)
    ann.asks(elsewhere, LEAVE)
    ann.presses(ann.told(elsewhere), "Share to channel")
    assert ann.told(elsewhere, 2).words.startswith("I can't post in this channel. Invite me")


def test_share_in_a_private_channel_where_the_bot_is_not(slack: Slack, ann: Person) -> None:
    """It says what to do; that done, the answer is shared."""
    secret = slack.channel("secret", ann, bot=False, private=True)
    ann.asks(secret, LEAVE)
    answer = ann.told(secret)
    ann.presses(answer, messages.SHARE)
    assert ann.told(secret, 2).words == messages.CANNOT_SHARE
    secret.members.add(BOT_USER)
    ann.presses(answer, messages.SHARE)
    assert ann.told(secret, 3).words == messages.SHARED


def test_no_share_in_a_talk_between_people(slack: Slack, ann: Person, ben: Person) -> None:
    """The bot cannot be invited there."""
    talk = slack.channel("mpdm-ann--ben-1", ann, ben, bot=False, private=True)
    ann.asks(talk, LEAVE)
    answer = ann.told(talk)
    assert "five" in answer.words
    assert messages.SHARE not in answer.buttons
