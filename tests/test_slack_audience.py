"""What may not be seen in Slack leaves no trace there, whichever way one asks."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from bot import messages
from bot.audience import channel_key, person_key, workspace_key
from bot.slack.manifest import PIN_SHORTCUT_ID, manifest
from bot.views.blocks.pins import AUDIENCE
from bot.views.blocks.pins import QUESTION as QUESTION_FIELD
from bot.workspace.state import BOT_USER, TEAM
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Message, Person, Slack, refused, running
from tests.stores import put, written

SECRET = re.compile("Acme|Project|board|five years", re.IGNORECASE)
QUESTION = "When are laptops of Acme replaced?"
FOLLOW_UP = "When are the laptops of the board replaced?"
UNANSWERED = "Who keeps the minutes of the Acme meeting?"


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        yield started
        assert started.complaints == []


@pytest.fixture(scope="module")
def bot(slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    home = tmp_path_factory.mktemp("audience")
    with Store(home / "store.db") as store:
        put(store, "staff.md", "Laptops are replaced after four years.", collection="staff")
        for number in range(3):
            text = f"Laptops of Acme {number} are replaced after five years."
            put(store, f"board{number}.md", written(text, title="Project Acme"), collection="board")
    gate = Gate(TOKENIZER, {"four years": 3.0, "five years": 6.0})
    with running_bot(home, slack, gate=gate) as started:
        started.work.collections.open_to("board", [])
        yield started


def everything_seen(slack: Slack, person: Person) -> str:
    """All that a person can read, but for their own question as it is repeated to them."""
    workspace = slack.workspace
    seen = [f"{message.text} {message.blocks}" for message in workspace.messages if message.user == "U0QUOTH"]
    seen += [
        str(workspace.windows.get(person.id)),
        str(workspace.homes.get(person.id)),
        str(workspace.prompts),
    ]
    return " ".join(seen).replace(QUESTION, "")


def test_a_collection_that_slack_may_not_see(slack: Slack, bot: Bot) -> None:
    """No text, no title, no count: in a channel, by command, in windows, in App Home, among the prompts."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    answer = ann.reply(ann.says(general, f"@quoth {QUESTION}"))
    assert "four years" in answer.words
    ann.asks(general, QUESTION)
    ann.told(general)
    ann.presses(answer, "Why this answer")
    assert "Read 1 passages in 1 windows" in str(ann.window)
    ann.commands(general, "sources")
    assert "I know 1 document;" in ann.told(general, 2).words
    ann.opens_home()
    assert "I know 1 document;" in ann.home
    ann.opens_home("messages")
    assert bot.service.desk.errands.wait_idle(10)
    assert SECRET.findall(everything_seen(slack, ann)) == []


def test_hidden_after_it_was_answered(slack: Slack, bot: Bot) -> None:
    """An answer from a collection that is taken away is shown by no button any more."""
    ann = slack.person("Ann")
    general, elsewhere = slack.channel("general", ann), slack.channel("elsewhere", ann)
    bot.work.collections.open_to("board", [workspace_key(TEAM)])
    try:
        ann.asks(general, "When are laptops replaced?")
        answer = ann.told(general)
        unsure = ann.reply(ann.says(elsewhere, "@quoth Which laptops of Acme?"))
        assert "five years" in answer.words
        assert bot.service.desk.questions.wait_idle(10)
    finally:
        bot.work.collections.open_to("board", [])
    for number, label in enumerate(("Why this answer", "Show more", "Share to channel"), 2):
        ann.presses(answer, label)
        assert ann.told(general, number).words == messages.CHANGED_SINCE
    ann.presses(unsure, "Why this answer")
    assert ann.told(elsewhere).words == messages.CHANGED_SINCE
    assert list(slack.workspace.visible(general.id)) == []


def test_shared_as_the_channel(slack: Slack, bot: Bot) -> None:
    """What only a person may see does not reach the channel by Share; what the channel may see does."""
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    bot.work.collections.open_to("board", [person_key(TEAM, ann.id)])
    try:
        ann.asks(general, QUESTION)
        answer = ann.told(general)
        assert "five years" in answer.words
        assert bot.service.desk.questions.wait_idle(10)
        ann.presses(answer, "Share to channel")
        assert ann.told(general, 2).words == messages.SHARE_OTHER
        assert list(slack.workspace.visible(general.id)) == []
        bot.work.collections.open_to("board", [channel_key(TEAM, general.id)])
        ann.presses(answer, "Share to channel")
        (shared,) = slack.workspace.wait(lambda: list(slack.workspace.visible(general.id)))
        assert "five years" in shared.words
        assert f"Shared by {ann.id}" in shared.words
        bob = slack.person("Bob")
        general.members.add(bob.id)
        assert bot.service.desk.errands.wait_idle(10)
        bob.presses(shared, "Why this answer")
        assert "Project Acme" in str(bob.window)
    finally:
        bot.work.collections.open_to("board", [])


class Walk:
    """Everything that a person can do with the bot in a place, and what people see of it."""

    def __init__(self, slack: Slack, bot: Bot) -> None:
        self.slack, self.bot = slack, bot
        self.windows: dict[str, list[str]] = {}

    def settle(self) -> None:
        """Wait until all is answered."""
        desk = self.bot.service.desk
        assert all(delivery.acked.wait(5) for delivery in list(self.slack.deliveries))
        assert desk.questions.wait_idle(20)
        assert desk.errands.wait_idle(20)

    def everything(self, person: Person, channel: Channel) -> None:
        """Mention, follow-up, commands, shortcuts, home, prompts, and every button that appears."""
        before = len(self.slack.workspace.messages)
        asked = person.says(channel, f"@quoth {QUESTION}")
        person.commands(channel, QUESTION)
        person.commands(channel, "sources")
        person.commands(channel, "here")
        person.chooses(asked)
        person.says(channel, f"@quoth {UNANSWERED}")
        person.opens_home()
        person.opens_home("messages")
        self.settle()
        if not channel.direct:
            person.says(channel, FOLLOW_UP, under=asked)
            self.settle()
        for message in self.slack.workspace.messages[before:]:
            self.press_all(person, message)

    def press_all(self, person: Person, message: Message) -> None:
        """Press each button that a person sees below a message, and read the windows that open."""
        if message.user != BOT_USER or message.only_for not in (None, person.id):
            return
        for label in message.buttons:
            person.presses(message, label)
            self.settle()
            self.look_at_window(person)

    def look_at_window(self, person: Person, **written: str) -> None:
        """Read the window that is open, if one is; a form is filled in and sent."""
        window = self.slack.workspace.windows.get(person.id)
        self.windows.setdefault(person.id, []).append(str(window))
        if window is not None and window.get("submit"):
            person.fills_in(**written)
            self.settle()
        self.slack.workspace.windows.pop(person.id, None)

    def pin(self, person: Person, channel: Channel, question: str, audience: str) -> None:
        """Choose to pin a reply of one's own, and send the form if it opens."""
        reply = person.says(
            channel, f"Ask the clerk of Acme, room {channel.id}.", under=person.says(channel, "Talk.")
        )
        self.settle()
        person.chooses(reply, PIN_SHORTCUT_ID)
        self.settle()
        self.look_at_window(person, **{QUESTION_FIELD: question, AUDIENCE: audience})

    def seen_by(self, *people: Person) -> str:
        """What the bot showed to these people, without the words of their questions."""
        workspace, ids = self.slack.workspace, {person.id for person in people}
        found = [
            f"{message.text} {message.blocks}"
            for message in workspace.messages
            if message.user == BOT_USER
            and (message.only_for in ids or (message.only_for is None and message.channel.members & ids))
        ]
        for person in people:
            found += self.windows.get(person.id, [])
            found += [str(workspace.homes.get(person.id)), str(workspace.prompts.get(person.dm.id))]
        seen = " ".join(found)
        for asked in (QUESTION, FOLLOW_UP, UNANSWERED):
            seen = seen.replace(asked, "")
        return seen


def test_the_walk(slack: Slack, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """A member, a guest, an admin, a stranger, another team; four kinds of channel; two collections.

    Each does everything everywhere: the board's words stay with whoever may see them, logs included.
    """
    caplog.set_level(logging.DEBUG)
    mia, gus, ada = slack.person("Mia"), slack.person("Gus", guest=True), slack.person("Ada", admin=True)
    sam = slack.person("Sam", team="T9OTHER", stranger=True)
    tom = slack.person("Tom", team="T2TEAM")
    general = slack.channel("general", mia, gus, ada)
    boardroom = slack.channel("boardroom", ada, private=True)
    partners = slack.channel("partners", mia, gus, ada, sam, shared=True)
    theirs = slack.channel("general", tom, team="T2TEAM")
    bot.work.collections.open_to("staff", [workspace_key(TEAM)])
    bot.work.collections.open_to("board", [channel_key(TEAM, boardroom.id), person_key(TEAM, ada.id)])
    bot.work.collections.give("board", channel_key(TEAM, boardroom.id))
    bot.work.collections.give("staff", person_key(TEAM, mia.id))
    walk = Walk(slack, bot)
    try:
        walk.pin(ada, boardroom, UNANSWERED, "collection board")
        for person, place in ((mia, general), (gus, general), (sam, partners), (tom, theirs)):
            walk.pin(person, place, UNANSWERED, "workspace")
        (pinned,) = bot.work.pins.all()
        assert pinned.collection == "board"
        for place in (boardroom, ada.dm):
            walk.everything(ada, place)
        seen = walk.seen_by(ada)
        assert len(SECRET.findall(seen)) > 10  # the walk finds what there is to find
        assert pinned.answer in seen
        assert "For admins" in seen
        for person, places in (
            (mia, (general, partners, mia.dm)),
            (gus, (general, partners, gus.dm)),
            (ada, (general, partners)),
            (sam, (partners, sam.dm)),
            (tom, (theirs, tom.dm)),
        ):
            for place in places:
                walk.everything(person, place)
        for message in list(slack.workspace.messages):
            if message.channel is general and message.only_for is None:
                walk.press_all(gus, message)
        assert SECRET.findall(walk.seen_by(mia, gus, sam, tom)) == []
        assert messages.ASK_PERSON in walk.seen_by(mia)
        for text in ("For admins", messages.PINNED_QUESTION, messages.WHY_PINNED[:16]):
            assert text not in walk.seen_by(mia, gus, sam, tom)
        assert "four years" in walk.seen_by(mia)
        assert "four years" not in walk.seen_by(sam, tom)
        alone = [m for m in slack.workspace.messages if m.only_for == gus.id or m.channel is gus.dm]
        assert "four years" not in " ".join(f"{m.text} {m.blocks}" for m in alone if m.user == BOT_USER)
        assert "four years" not in " ".join(walk.windows[gus.id])
        ours = [line for line in caplog.records if line.name.startswith(("bot.", "retrieval", "qa_engine"))]
        assert SECRET.findall(" ".join(line.getMessage() for line in ours)) == []
    finally:
        bot.work.collections.open_to("staff", None)
        bot.work.collections.open_to("board", [])
        for name in ("staff", "board"):
            bot.work.collections.give(name, None)
            bot.work.pins.remove_of(name)


def test_slack_does_not_tell_who_asks(slack: Slack, bot: Bot) -> None:
    """Closed, with a sentence that says so; the next question is asked anew."""
    ann = slack.person("Ann")
    slack.misbehave("users.info", refused("missing_scope"))
    assert ann.reply(ann.says(ann.dm, QUESTION)).words == messages.UNKNOWN_PERSON
    assert "four years" in ann.reply(ann.says(ann.dm, QUESTION)).words
