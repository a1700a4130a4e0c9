"""What may not be seen in Slack leaves no trace there, whichever way one asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.slack.manifest import manifest
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Person, Slack, running
from tests.stores import put, written

SECRET = re.compile("Acme|Project|board|five years", re.IGNORECASE)
QUESTION = "When are laptops of Acme replaced?"


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
    with running_bot(home, slack, gate=gate, collections=("staff",)) as started:
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
    general = slack.channel("general", ann)
    desk = bot.service.desk
    allowed, desk.settings = desk.settings, desk.settings.__class__(**{
        name: getattr(desk.settings, name) for name in desk.settings.__slots__ if name != "collections"
    })  # fmt: skip
    try:
        ann.asks(general, "When are laptops replaced?")
        answer = ann.told(general)
        assert "five years" in answer.words
        assert desk.questions.wait_idle(10)
    finally:
        desk.settings = allowed
    for number, label in enumerate(("Why this answer", "Show more", "Share to channel"), 2):
        if label in answer.buttons:
            ann.presses(answer, label)
            assert SECRET.findall(ann.told(general, number).words) == []
    assert list(slack.workspace.visible(general.id)) == []
