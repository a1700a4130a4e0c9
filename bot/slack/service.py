"""The bot as it runs: opened part by part, stopped in the right order, nothing lost on the way.

Stopping: first nothing new is heard, then questions under way are answered for some seconds, the rest are
told, and only then are connections and files closed.

But: signals and settings are the command's business.
"""

from __future__ import annotations

import logging
import time
from typing import Literal

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.composition import Workplace
from bot.desk import Desk
from bot.errors import BotError
from bot.listeners import register
from bot.records.records import Records
from bot.slack.app import SlackApp
from bot.slack.clients import connect, quieten
from bot.slack.http_entry import HttpEntry
from bot.slack.lines import OneLine
from bot.slack.posting import Posting
from bot.slack.socket_mode import SocketConnection
from bot.slack_settings import SlackSettings

log = logging.getLogger(__name__)

Mode = Literal["socket", "http"]


class Service:
    """A running bot.  `open` it, `close` it."""

    def __init__(self, work: Workplace, mode: Mode) -> None:
        self._work = work
        self._mode = mode
        self._settings: SlackSettings = work.settings.slack
        self._open_parts: list[Records | SlackApp] = []
        self._closed = False
        self.intake: SocketConnection | HttpEntry
        self.desk: Desk

    def open(self) -> None:
        """Load, connect, and take up what a crash left waiting.

        Raises UsageError for missing settings, BotError where Slack refuses the token.
        """
        settings = self._settings
        settings.need("bot_token", "app_token" if self._mode == "socket" else "signing_secret")
        quieten()
        _ = self._work.answerer, len(self._work.index)  # the first question should not pay for these
        clients = connect(settings.bot_token, settings.api_url)
        try:
            clients.again.auth_test()
        except SlackApiError as error:
            code = error.response.get("error", "unknown")
            raise BotError(f"Slack refuses the bot's token: {code}. Run quoth doctor.") from None
        except (SlackClientError, OSError) as error:
            raise BotError(
                f"Slack cannot be reached at {settings.api_url} ({type(error).__name__})."
            ) from None
        records = Records(self._work.settings.records)
        self._open_parts.append(records)
        records.forget(days=settings.keep_days)
        self.desk = Desk(self._work, records, OneLine(Posting(clients)), settings)
        app = SlackApp(clients.again)
        self._open_parts.append(app)
        register(app.bolt, self.desk)
        if self._mode == "socket":
            assert settings.app_token is not None
            self.intake = SocketConnection(app.bolt, settings.app_token, clients.again)
        else:
            assert settings.signing_secret is not None
            self.intake = HttpEntry(app.bolt, settings.signing_secret, host=settings.host, port=settings.port)
            self.intake.ready = lambda: self.ready
        resumed = self.desk.resume(time.time())
        if resumed:
            log.warning("%d questions were left waiting; answering them now", resumed)
        try:
            self.intake.open()
        except SlackApiError as error:
            code = error.response.get("error", "unknown")
            raise BotError(f"Slack refuses the app's token: {code}. Run quoth doctor.") from None

    @property
    def ready(self) -> bool:
        """Whether a question that is asked now would be heard and answered."""
        heard = self.intake.connected if isinstance(self.intake, SocketConnection) else True
        return heard and not self.desk.signed_out

    @property
    def address(self) -> tuple[str, int]:
        """Where the HTTP entry listens."""
        assert isinstance(self.intake, HttpEntry)
        host, port = self.intake.server_address[:2]
        return str(host), int(port)

    def close(self) -> int:
        """Stop in the right order; how many questions had to be told that they get no answer."""
        told = 0
        if self._closed:
            return told
        self._closed = True
        if hasattr(self, "intake"):
            self.intake.stop_intake()
        if hasattr(self, "desk"):
            told = self.desk.close(self._settings.drain_seconds)
        if hasattr(self, "intake"):
            self.intake.close()
        for part in reversed(self._open_parts):
            part.close()
        return told
