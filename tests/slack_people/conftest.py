"""A bot whose documents do not say, in a workspace with an admin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Person, Slack
from tests.stores import put


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
