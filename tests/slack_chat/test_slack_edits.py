"""Questions that are reworded or taken back: their answers follow."""

from __future__ import annotations

import pytest

from tests.slack_chat.conftest import Chat
from tests.slack_chat.questions import LAPTOPS, LEAVE
from tests.slack_stand_in import Channel, Person, Slack


def test_an_edit_updates_the_answer(slack: Slack, ann: Person, general: Channel) -> None:
    """Other words, another answer in the same message; the same words, nothing."""
    question = ann.says(general, f"@quoth {LAPTOPS}")
    answer = ann.reply(question)
    ann.edits(question, f"@quoth {LAPTOPS} ")
    ann.edits(question, f"@quoth {LEAVE}")
    slack.workspace.wait(lambda: "five" in answer.words)
    assert answer.edits == 1
    assert len(ann.replies(question)) == 1


@pytest.mark.parametrize(
    ("text", "instead"), [("\N{THUMBS UP SIGN}", "Ask a question in words"), ("Thanks!", "Any time")]
)
def test_an_edit_that_asks_nothing_any_more(slack: Slack, ann: Person, text: str, instead: str) -> None:
    """It gets no other question's answer, and nobody's question leans on it; worded anew, it is one again."""
    ann.reply(ann.says(ann.dm, LAPTOPS))
    question = ann.says(ann.dm, LEAVE)
    answer = ann.reply(question)
    ann.edits(question, text)
    slack.workspace.wait(lambda: answer.words.startswith(instead))
    follow_up = ann.reply(ann.says(ann.dm, "And until when?"))
    assert follow_up.words.startswith("I don't know")
    ann.edits(question, LAPTOPS)
    slack.workspace.wait(lambda: "four years" in answer.words)


def test_an_edit_that_adds_the_mention(ann: Person, general: Channel) -> None:
    """Forgot the mention, put it in: asked."""
    question = ann.says(general, LAPTOPS)
    ann.edits(question, f"@quoth {LAPTOPS}")
    assert "four years" in ann.reply(question).words


def test_a_deletion_removes_the_answer(chat: Chat, ann: Person, general: Channel) -> None:
    """In a channel, where a tombstone stays above the answer, and in a direct message."""
    slack, bot = chat
    for channel, text in ((general, f"@quoth {LAPTOPS}"), (ann.dm, LAPTOPS)):
        question = ann.says(channel, text)
        answer = ann.reply(question)
        ann.deletes(question)
        slack.workspace.wait(lambda answer=answer: answer.deleted)  # type: ignore[misc]
    recent = bot.service.desk.records.recent("T0SKERRY", ann.id, 5)
    assert recent == []
