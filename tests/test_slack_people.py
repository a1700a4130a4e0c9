"""Answers of people in Slack: asking a person, pinning the reply, telling who wanted to know; App Home for admins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import askers, messages
from bot.audience import channel_key, person_key, workspace_key
from bot.slack.manifest import PIN_SHORTCUT_ID, manifest
from bot.views.blocks.pins import AUDIENCE, DAYS
from bot.workspace.state import TEAM
from retrieval.store import Store
from tests.command_line import call
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Message, Person, Slack, refused, running, server_error
from tests.stores import put

QUESTION = "How do I return a laptop when I leave?"
REWORDED = "How can I return my laptop when I leave?"
REPLY = "Hand it to Ada in room 12, with its charger."


@pytest.fixture
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        yield started
        assert started.complaints == []


@pytest.fixture
def bot(slack: Slack, tmp_path: Path) -> Iterator[Bot]:
    with Store(tmp_path / "store.db") as store:
        put(store, "staff.md", "Laptops are replaced after four years.", collection="staff")
        put(store, "board.md", "The board leaves in spring.", collection="board")
    with running_bot(tmp_path, slack, gate=Gate(TOKENIZER, {"four years": -3.0})) as started:
        yield started


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.person("Ann")


@pytest.fixture
def ada(slack: Slack) -> Person:
    return slack.person("Ada", admin=True)


@pytest.fixture
def general(slack: Slack, ann: Person, ada: Person) -> Channel:
    return slack.channel("general", ann, ada)


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
    (request,) = slack.workspace.visible(helpers.id)
    assert QUESTION in request.words
    assert ann.id in request.words
    assert general.id in request.words
    assert "four years" not in str(request.blocks)
    assert f"/archives/{general.id}/" in str(request.blocks)
    ann.presses(answer, messages.ASK_PERSON)
    ann.fills_in("Again?")
    settle(bot, slack)
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
    assert REPLY in last_alone(ann)
    assert "Answered by Ada on" in last_alone(ann)

    ben = slack.person("Ben")
    found = ben.reply(ben.says(ben.dm, REWORDED))
    assert found.words.index(REPLY) < found.words.index(messages.FROM_DOCUMENTS)
    assert messages.ASK_PERSON not in found.buttons
    settle(bot, slack)
    ben.presses(found, messages.WHY)
    assert "A person's answer comes first" in str(ben.window)


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


def passes_on(slack: Slack, bot: Bot, ann: Person, answer: Message) -> None:
    ann.presses(answer, messages.ASK_PERSON)
    _ = ann.window
    ann.fills_in()
    settle(bot, slack)


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
