"""The bot as it runs: opened part by part, stopped in the right order, nothing lost on the way.

Stopping: first nothing new is heard and what was heard is taken in, then questions under way are answered
for some seconds, the rest are told, and only then are connections and files closed.

But: signals and settings are the command's business.
"""

from __future__ import annotations

import logging
import shlex
import time
from typing import Literal

from slack_bolt import App
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import messages
from bot.askers import Askers
from bot.background_encoding import BackgroundEncoding
from bot.composition import Workplace
from bot.desk import Desk
from bot.errors import BotError, UsageError
from bot.listeners import register
from bot.occupancy import Occupancy
from bot.records.records import Records
from bot.settings import without_slacks_own_variables
from bot.slack.app import slack_app
from bot.slack.clients import Clients, connect, quieten
from bot.slack.http_entry import HttpEntry
from bot.slack.installations import Installations
from bot.slack.lines import Lines, OneLine
from bot.slack.posting import Posting
from bot.slack.socket_mode import SocketConnection
from bot.slack_settings import SlackSettings
from bot.staleness import Staleness

log = logging.getLogger(__name__)

Mode = Literal["socket", "http"]


class Service:
    """A running bot.  `open` it, `close` it."""

    def __init__(self, work: Workplace, mode: Mode) -> None:
        self._work = work
        self._mode = mode
        self._settings: SlackSettings = work.settings.slack
        self._records: Records | None = None
        self._closed = False
        self._occupancy = Occupancy(work.settings.occupied)
        self._encoding = BackgroundEncoding(work)
        self.intake: SocketConnection | HttpEntry
        self.desk: Desk

    def open(self) -> None:
        """Load, connect, and take up what a crash left waiting.

        Raises UsageError for missing settings, BotError where another bot runs on the home or Slack refuses
        the token.
        """
        settings = self._settings
        self._need(settings)
        self._occupancy.take()
        quieten()
        without_slacks_own_variables()
        _ = self._work.answerer, len(self._work.index)  # the first question should not pay for these,
        self._work.model.runtime.warm()  # nor for a length's first time,
        self._work.library.search("warm", 1)  # nor for the encoder
        if missing := self._work.without_vectors():
            home = shlex.quote(str(self._work.settings.home))  # the demo has one of its own
            log.warning("%s", messages.WITHOUT_VECTORS_THERE.format(passages=missing, home=home))
        clients = connect(settings.bot_token, settings.api_url)
        records = Records(self._work.settings.records, keep_text=settings.keep_text_days > 0)
        self._records = records
        lines: Lines
        if settings.client_id is None:
            _greet(clients, settings)
            lines, flow = OneLine(Posting(clients)), None
        else:
            lines = installations = Installations(self._work.settings.installs, settings, clients)
            flow = installations.flow
        self.desk = Desk(self._work, records, lines, settings)
        self.desk.forget_daily()
        self.desk.errand(Staleness(self._work, self.desk).look)
        self.desk.errand(Askers(self.desk).look)
        app = slack_app(clients.again, flow)
        register(app, self.desk)
        if self._mode == "socket":
            assert settings.app_token is not None
            self.intake = SocketConnection(app, settings.app_token, clients.again)
        else:
            self.intake = _listen(app, settings)
            self.intake.ready = lambda: self.ready
        resumed = self.desk.resume(time.time())
        if resumed:
            log.warning("%d questions were left waiting; answering them now", resumed)
        try:
            self.intake.open()
        except SlackApiError as error:
            code = error.response.get("error", "unknown")
            raise BotError(f"Slack refuses the app's token: {code}. Run quoth doctor.") from None
        except (SlackClientError, OSError) as error:
            raise BotError(f"No connection to Slack could be opened ({type(error).__name__}).") from None
        self._encoding.start()

    def _need(self, settings: SlackSettings) -> None:
        """Raises UsageError unless the settings are those of the mode, and of one way to have tokens."""
        if settings.client_id is None and settings.client_secret is None:
            settings.need("bot_token", "app_token" if self._mode == "socket" else "signing_secret")
            return
        settings.need("client_id", "client_secret", "signing_secret")
        if self._mode == "socket":
            raise UsageError("Many workspaces install the app over HTTP; start it with --http.")
        if settings.bot_token is not None:
            raise UsageError(
                "QUOTH_SLACK_BOT_TOKEN is for one workspace, QUOTH_SLACK_CLIENT_ID for many; set one of them."
            )

    @property
    def ready(self) -> bool:
        """Whether a question that is asked now would be heard and answered."""
        heard = self.intake.connected if isinstance(self.intake, SocketConnection) else True
        return heard and not self.desk.errands.signed_out

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
        self._encoding.stop()
        if hasattr(self, "intake"):
            self.intake.stop_intake()
        if hasattr(self, "desk"):
            told = self.desk.close(self._settings.drain_seconds)
        if hasattr(self, "intake"):
            self.intake.close()
        if self._records is not None:
            self._records.close()
        self._occupancy.release()
        return told


def _greet(clients: Clients, settings: SlackSettings) -> None:
    """See whether the token is good.  Raises BotError where it is not."""
    try:
        clients.again.auth_test()
    except SlackApiError as error:
        code = error.response.get("error", "unknown")
        raise BotError(f"Slack refuses the bot's token: {code}. Run quoth doctor.") from None
    except (SlackClientError, OSError) as error:
        why = type(error).__name__
        raise BotError(f"Slack cannot be reached at {settings.api_url} ({why}).") from None


def _listen(app: App, settings: SlackSettings) -> HttpEntry:
    """Raises BotError where the address cannot be had."""
    assert settings.signing_secret is not None
    try:
        return HttpEntry(app, settings.signing_secret, host=settings.host, port=settings.port)
    except OSError as error:
        where = messages.address(settings.host, settings.port)
        raise BotError(f"Cannot listen on {where}: {error.strerror}. Name others: --host, --port.") from None
