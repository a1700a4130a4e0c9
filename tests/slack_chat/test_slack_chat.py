"""Conversations with the bot, from end to end: real events, real HTTP, the embedded reader, the handbook.

Each runs in both modes.  Nothing in them knows how the bot is made: people type, press and read.
"""

from __future__ import annotations

import re

import pytest

from bot import messages
from bot.workspace.state import TEAM
from tests.slack_chat.conftest import Chat
from tests.slack_chat.questions import LAPTOPS, LEAVE
from tests.slack_stand_in import Channel, Message, Person, Slack


def test_ask_privately(slack: Slack, ann: Person, general: Channel) -> None:
    """/ask: at once "looking", then the answer with its place, for the person who asked only."""
    looking = ann.asks(general, LEAVE)
    assert looking.words == f"Looking for an answer to: {LEAVE}"
    answer = ann.told(general)
    assert f"Question: {LEAVE}" in answer.words
    assert "“You may carry over up to five unused days until 31 March.”" in answer.words
    assert "Annual leave > Carrying over and buying days (people/annual-leave.md:37)" in answer.words
    assert re.search(
        r"(very|fairly) sure \(\d+%\)|likely \(\d+%\)|(perhaps|hardly) \((\d+|under 1)%\)", answer.words
    )
    assert re.search(r"updated (\d+ \w+ ago|yesterday|today)", answer.words)
    assert {"Helpful", "Not helpful", "Why this answer", "Share to channel"} <= set(answer.buttons)
    assert list(slack.workspace.visible(general.id)) == []


def test_ask_for_help(ann: Person, general: Channel) -> None:
    """/ask help, and /ask alone; also to a greeting."""
    for text in ("help", "", "  ", "Help!", "help me", "Hi", "What can you do?"):
        assert "I quote your documents word for word" in ann.asks(general, text).words


def test_ask_for_sources(ann: Person, general: Channel) -> None:
    """/ask sources: how many documents there are, and their titles."""
    ann.commands(general, "Sources?")
    said = ann.told(general).words
    assert "I know 40 documents" in said
    assert "and 15 more" in said


def test_mention_in_a_channel(ann: Person, general: Channel) -> None:
    """@quoth: the answer in the thread, for all."""
    question = ann.says(general, f"@quoth {LAPTOPS}")
    answer = ann.reply(question)
    assert answer.thread == question.ts
    assert "after four years" in answer.words
    assert "Equipment > Refresh (it/equipment.md:" in answer.words
    assert "Share to channel" not in answer.buttons
    assert len(ann.replies(question)) == 1


def test_a_follow_up_needs_no_mention(ann: Person, ben: Person, general: Channel) -> None:
    """In a thread where the bot was asked, a question is enough; what is no question is left alone."""
    question = ann.says(general, f"@quoth {LAPTOPS}")
    ann.reply(question)
    ben.says(general, "Thanks, good to know.", under=question)
    for text in ("Will do, thanks.", "How nice!", "May need to ask Sue about that.", "Can confirm."):
        ben.says(general, text, under=question)
    ben.says(general, "@Ann did you know?", under=question)
    pastes(ben, "The list is here: <https://docs.example/d/1?usp=sharing>", under=question)
    pastes(ben, "<!here> anyone?", under=question)
    pastes(ben, "<!subteam^S0HELP1> can you look at this one please?", under=question)
    ben.says(general, LEAVE.rstrip("?").lower(), under=question)
    assert "five" in ann.reply(question, 2).words
    assert len(ann.replies(question)) == 2


def pastes(person: Person, text: str, *, under: Message) -> None:
    """Write in a thread what Slack marks up: addresses, groups, everybody."""
    slack, channel = person.slack, under.channel
    message = Message(channel, slack.workspace.next_ts(), person.id, text, thread=under.root)
    slack.workspace.add(message)
    slack.tell_of_message(message)


def test_a_follow_up_that_leans_on_the_question_before(ann: Person, ben: Person, general: Channel) -> None:
    """Whoever asks it: "Until when?" has no word of its own, and is asked with the question that had."""
    question = ann.says(general, f"@quoth {LEAVE}")
    ann.reply(question)
    ben.says(general, "And until when?", under=question)
    assert "up to five unused days until 31 March" in ann.reply(question, 2).words


def test_a_whole_question_that_begins_as_if_it_went_on(ann: Person, general: Channel) -> None:
    """It gets its own answer, not that of the question before."""
    question = ann.says(general, f"@quoth {LAPTOPS}")
    assert "four years" in ann.reply(question).words
    ann.says(general, f"And please tell me: {LEAVE[0].lower()}{LEAVE[1:]}", under=question)
    words = ann.reply(question, 2).words
    assert "five" in words
    assert "four years" not in words


def test_people_among_themselves_are_left_alone(slack: Slack, ann: Person, general: Channel) -> None:
    """A question in a channel, or in a thread where nobody asked the bot, is not its business."""
    talk = ann.says(general, LAPTOPS)
    ann.says(general, LEAVE, under=talk)
    asked = ann.says(general, f"@quoth {LEAVE}")
    ann.reply(asked)
    assert ann.replies(talk) == []


def test_mention_in_a_thread(ann: Person, ben: Person, general: Channel) -> None:
    """Called into a talk, it answers there."""
    talk = ann.says(general, "I wonder about laptops.")
    ben.says(general, f"@quoth {LAPTOPS}", under=talk)
    assert "four years" in ann.reply(talk).words


def test_mention_in_a_quotation(ann: Person, general: Channel) -> None:
    """The mention may stand inside a quoted line."""
    assert "four years" in ann.reply(ann.says(general, f"> @quoth {LAPTOPS}")).words


def test_a_direct_message(slack: Slack, ann: Person) -> None:
    """No mention needed; while it works there is a status, and it ends with the answer."""
    question = ann.says(ann.dm, LEAVE)
    assert "five" in ann.reply(question).words
    slack.workspace.wait(
        lambda: (ann.dm.id, question.ts, "is looking in the documents") in slack.workspace.statuses
    )


def test_a_thread_of_a_direct_message(ann: Person) -> None:
    """A follow-up there leans on the question of that thread, not on the one that was asked last."""
    question = ann.says(ann.dm, LEAVE)
    ann.reply(question)
    ann.reply(ann.says(ann.dm, LAPTOPS))
    ann.says(ann.dm, "And until when?", under=question)
    assert "up to five unused days until 31 March" in ann.reply(question, 2).words


def test_suggested_prompts(slack: Slack, ann: Person) -> None:
    """The agent view suggests questions taken from the documents."""
    ann.opens_home("messages")
    prompts = slack.workspace.wait(lambda: slack.workspace.prompts.get(ann.dm.id))
    assert 1 <= len(prompts) <= 4
    assert all(prompt["message"].endswith("?") for prompt in prompts)


def test_app_home(chat: Chat, ann: Person) -> None:
    """What it knows, how to ask, one's own latest questions and what became of them."""
    ann.opens_home()
    assert "You have not asked anything yet." in ann.home
    ann.reply(ann.says(ann.dm, LAPTOPS))
    assert chat[1].service.desk.questions.wait_idle(10)  # the answer is seen before it is written down
    del ann.slack.workspace.homes[ann.id]
    ann.opens_home()
    assert "I know 40 documents; the latest change is of" in ann.home
    assert "How to ask" in ann.home
    assert f"{LAPTOPS} (answered)" in ann.home


def test_the_message_shortcut(ann: Person, ben: Person, general: Channel) -> None:
    """Ask Quoth about this: the message is the question, the answer is for whoever chose it."""
    message = ben.says(general, LAPTOPS)
    ann.chooses(message)
    answer = ann.told(general)
    assert "four years" in answer.words
    assert ben.sees(general) == []
    assert ann.replies(message) == []


def test_the_shortcut_on_a_reply(slack: Slack, ann: Person, ben: Person, general: Channel) -> None:
    """Answered in its thread; that goes on among people, who have not asked the bot aloud."""
    talk = ben.says(general, "Morning.")
    ann.chooses(ben.says(general, LAPTOPS, under=talk))
    answer = ann.told(general)
    assert answer.thread == talk.ts
    assert f"Question: {LAPTOPS}" in answer.words
    ben.says(general, LAPTOPS, under=talk)
    ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    assert ann.replies(talk) == []


def test_no_answer_shows_where_to_look(ann: Person, general: Channel) -> None:
    """I don't know, the nearest passages as links, and who to ask; never a guess."""
    question = ann.says(general, "@quoth How do I become a falconer at the office in Porto?")
    reply = ann.reply(question)
    assert reply.words.startswith("I don't know.")
    assert "These come nearest:" in reply.words
    assert "Who to ask: the office in Bristol" in reply.words
    (block,) = (block for block in reply.blocks if block["type"] == "rich_text")
    links = re.findall(r"'url': '([^']+)'", str(block))
    assert 1 <= len(links) <= 3
    assert all(link.startswith("https://handbook.skerryvane.example/") for link in links)


def test_nothing_found(ann: Person, general: Channel) -> None:
    """Nothing that makes sense: it says that it does not know."""
    reply = ann.reply(ann.says(general, "@quoth Qwertz uiopasdf?"))
    assert "I don't know" in reply.words


def test_a_command_with_the_word_payload(ann: Person, general: Channel) -> None:
    """Bolt's own parser loses it over HTTP."""
    looking = ann.asks(general, "What is the payload = of a laptop & bag?")
    assert looking.words == "Looking for an answer to: What is the payload = of a laptop & bag?"
    assert "Question: What is the payload" in ann.told(general).words


@pytest.mark.parametrize("text", ["@quoth", "@quoth ?", "@quoth … 👍"])
def test_nothing_asked(ann: Person, general: Channel, text: str) -> None:
    """A mention alone gets help, not silence."""
    assert ann.reply(ann.says(general, text)).words.startswith("Ask a question in words")


def test_courtesies_are_no_questions(chat: Chat, ann: Person, ben: Person, general: Channel) -> None:
    """Greetings get help, thanks a line, a nod nothing; nobody's question leans on them, and none is recorded."""
    records = chat[1].service.desk.records
    assert "I quote your documents" in ann.reply(ann.says(ann.dm, "Hi!")).words
    question = ann.says(ann.dm, LEAVE)
    assert "five" in ann.reply(question).words
    nod = ann.says(ann.dm, ":+1:")
    assert ann.reply(ann.says(ann.dm, "Thanks!")).words == messages.ANY_TIME
    assert "I quote your documents" in ann.reply(ann.says(ann.dm, "Who are you?")).words
    assert "31 March" in ann.reply(ann.says(ann.dm, "And until when?")).words
    assert ann.replies(nod) == []
    recorded = records.recent(TEAM, ann.id, 9)
    assert [each.asked.text for each in recorded] == ["And until when?", LEAVE]
    public = ann.says(general, f"@quoth {LAPTOPS}")
    ann.reply(public)
    for text in ("Thanks!", ":tada:", "How are you?", "ok?"):
        ben.says(general, text, under=public)
    ben.says(general, "@quoth thank you", under=public)
    assert ann.reply(public, 2).words == messages.ANY_TIME
    assert len(ann.replies(public)) == 2


def test_a_greeting_before_a_question(ann: Person, general: Channel) -> None:
    """It is answered as if it were asked without one."""
    answer = ann.reply(ann.says(general, f"@quoth Hello again! {LAPTOPS} :thinking_face:"))
    assert "four years" in answer.words


def test_a_slip(ann: Person, general: Channel) -> None:
    """It is said what was looked for instead."""
    words = ann.reply(ann.says(general, "@quoth When are laptops replacd?")).words
    assert messages.MENDED.format(word="replacd", other="replace") in words
    assert messages.MENDED.partition("{")[0] not in ann.reply(ann.says(ann.dm, LAPTOPS)).words


def test_after_a_call_without_a_question(ann: Person, ben: Person, general: Channel) -> None:
    """The question comes in the next message, whoever writes it, and needs no mention either."""
    call = ann.says(general, "@quoth")
    assert ann.reply(call).words.startswith("Ask a question in words")
    ben.says(general, "May need to ask Sue about that.", under=call)
    ben.says(general, LAPTOPS, under=call)
    assert "four years" in ann.reply(call, 2).words
    assert len(ann.replies(call)) == 2
