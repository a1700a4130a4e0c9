"""The real bot against the Slack stand-in, with a reader that is real or chosen.

But: what is said is for the tests to say.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from bot import deletions, desk, messages
from bot.composition import Workplace
from bot.settings import Settings
from bot.slack import clients, posting
from bot.slack.service import Mode, Service
from bot.slack_settings import SlackSettings
from qa_engine.answerer import Answerer
from qa_engine.calibration import Calibration
from qa_engine.models import EMBEDDED
from qa_engine.reader import Reader
from qa_engine.runtime import Logits, OpenVinoRuntime
from qa_engine.tokens import Tokenizer
from qa_engine.windows import Window
from retrieval.store import Store
from tests.fake_runtime import ChosenRuntime
from tests.slack_stand_in import Slack
from tests.stores import put

THREADS = ("question-", "errand-", "listener", "socket-watchdog", "http-entry")
TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
PLAIN = Calibration(reader=1.0, retrieval=0.0, nothing=0.0, threshold=0.5)


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    service: Service
    work: Workplace


class Gate(ChosenRuntime):
    """A reader that knows some phrases, and waits at a gate before it reads."""

    def __init__(self, tokenizer: Tokenizer, phrases: Mapping[str, float]) -> None:
        super().__init__(tokenizer, phrases)
        self.open = threading.Event()
        self.open.set()
        self.error: Exception | None = None
        self._count = threading.Condition()
        self.arrived = 0

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        with self._count:
            self.arrived += 1
            self._count.notify_all()
        assert self.open.wait(30)
        if self.error is not None:
            raise self.error
        return super().infer(windows)

    def wait_arrived(self, number: int) -> None:
        """Wait until so many have come to the gate in all."""
        with self._count:
            assert self._count.wait_for(lambda: self.arrived >= number, timeout=20)


def slack_settings(slack: Slack, **more: object) -> SlackSettings:
    """The settings of the app that is installed there; `more` are fields of SlackSettings."""
    values: dict[str, object] = {
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "api_url": slack.api_url,
        "per_minute": 1_000,
        "drain_seconds": 10,
        "port": 0,
    }
    return SlackSettings(**{**values, **more})  # type: ignore[arg-type]


@contextmanager
def running_bot(
    home: Path, slack: Slack, mode: Mode = "socket", *, gate: Gate | None = None, **more: object
) -> Iterator[Bot]:
    """The bot of a home, connected; with `gate` as its reader if that is given."""
    with Workplace(Settings(home=home, slack=slack_settings(slack, **more))) as work:
        if gate is not None:
            work.__dict__["calibration"] = PLAIN
            work.__dict__["answerer"] = Answerer(work.library, Reader(TOKENIZER, gate), PLAIN)
        service = Service(work, mode)
        # The usual shapes are run ahead for people's sake; here a first question may take its time.
        warm = patch.object(OpenVinoRuntime, "warm")
        try:
            before = slack.connections
            with warm:
                service.open()
            if mode == "http":
                slack.http_address = f"http://{messages.address(*service.address)}/slack/events"
            else:
                slack.wait_connected(more_than=before)
            yield Bot(service, work)
        finally:
            slack.app_is_stopping = True
            service.close()
            slack.http_address, slack.app_is_stopping = None, False
            left = [thread.name for thread in threading.enumerate() if thread.name.startswith(THREADS)]
            assert left == []


@contextmanager
def impatient_bot(home: Path, slack: Slack, gate: Gate) -> Iterator[Bot]:
    """A bot over HTTP that knows one document, and waits for Slack far less long than it should."""
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    with pytest.MonkeyPatch.context() as shorter:
        shorter.setattr(posting, "PAUSE_SECONDS", 0.01)
        shorter.setattr(desk, "LATER_SECONDS", (0.05,) * 4)
        shorter.setattr(deletions, "SOON_SECONDS", (0.05,) * 4)
        shorter.setattr(clients, "LONGEST_WAIT_SECONDS", 0.3)
        for module in (clients, posting):
            shorter.setattr(module, "TIMEOUT_SECONDS", 1.0)
        with running_bot(home, slack, "http", gate=gate) as started:
            yield started


def come_to_rest(slack: Slack, bot: Bot) -> None:
    """Nothing of a test is left for the next one."""
    assert bot.service.desk.questions.wait_idle(20)
    assert bot.service.desk.errands.wait_idle(20)
    slack.slowest_ack()
    slack.faults.clear()
    bot.service.desk.errands.signed_out = False
    slack.revoked = False


def home_like(home: Path, other: Path) -> Path:
    """A home of its own with the documents and the compiled reader of another."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(other / "store.db", home)
    if (other / "cache").is_dir():
        (home / "cache").symlink_to(other / "cache")
    return home
