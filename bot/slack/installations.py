"""Many workspaces: each installs the app in the browser (OAuth) and has a token of its own.

slack_sdk's SQLite stores keep the tokens, in a file for its owner only; a token that is about to expire is
exchanged for a new one before it is used.

But: one workspace by a token in the settings needs none of this.
"""

from __future__ import annotations

import logging
import os
import threading
from http.client import HTTPException
from pathlib import Path

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.context import BoltContext
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore
from slack_sdk.oauth.state_store.sqlite3 import SQLite3OAuthStateStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.asked import Place
from bot.errors import SlackRefuses
from bot.slack.clients import Clients, connect
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.slack.posting import Posting
from bot.slack_settings import SlackSettings

log = logging.getLogger(__name__)

STATE_SECONDS = 600  # from "Add to Slack" to "Allow"
ROTATED_MINUTES_BEFORE = 120  # before a token expires; they live for 12 hours


class Installations:
    """The workspaces that have installed the app; a line to each."""

    def __init__(self, path: Path, settings: SlackSettings, clients: Clients) -> None:
        """`clients` have no token."""
        assert settings.client_id is not None
        assert settings.client_secret is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # before SQLite makes it readable for all
        quiet = logging.getLogger("slack_bolt.quoth.oauth")
        quiet.setLevel(logging.ERROR)  # below that, it logs the codes that are good for a token
        self._api_url = settings.api_url
        self._store = SQLite3InstallationStore(database=str(path), client_id=settings.client_id, logger=quiet)
        self._rotator = TokenRotator(
            client_id=settings.client_id, client_secret=settings.client_secret, client=clients.again
        )
        self._guard = threading.Lock()
        self._lines: dict[str, Posting] = {}  # by token
        self.flow = OAuthFlow(
            client=clients.again,
            logger=quiet,
            settings=OAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scopes=list(SCOPES),
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                installation_store=self._store,
                installation_store_bot_only=True,
                state_store=SQLite3OAuthStateStore(
                    database=str(path), expiration_seconds=STATE_SECONDS, logger=quiet
                ),
                logger=quiet,
            ),
        )
        self.flow.settings.authorize = _FromStore(self)

    def to(self, place: Place) -> Posting:
        """A line to a workspace.  Raises SlackRefuses where the app is not installed."""
        with self._guard:
            bot = self.find(place.enterprise, place.team)
            if bot is None:
                raise SlackRefuses("speaking there", "not_installed")
            token = self._rotated(bot)
            if token not in self._lines:
                self._lines[token] = Posting(connect(token, self._api_url))
            return self._lines[token]

    def find(self, enterprise: str | None, team: str | None) -> Bot | None:
        """The workspace's own installation, else that of its whole organisation."""
        own = self._store.find_bot(enterprise_id=enterprise, team_id=team) if team is not None else None
        if own is not None or enterprise is None:
            return own
        return self._store.find_bot(enterprise_id=enterprise, team_id=None, is_enterprise_install=True)

    def _rotated(self, bot: Bot) -> str:
        try:
            fresh = self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=ROTATED_MINUTES_BEFORE
            )
        except (SlackClientError, OSError, HTTPException):  # slack_sdk lets urllib's errors through
            log.error("a workspace's token could not be renewed; it works until it expires")
            return bot.bot_token
        if fresh is None:
            return bot.bot_token
        self._store.save_bot(fresh)
        self._lines.pop(bot.bot_token, None)
        return fresh.bot_token


class _FromStore(Authorize):
    """Tells Bolt whose installation a request belongs to, from the file alone.

    Bolt's own way asks Slack's auth.test for every request, before that is acknowledged.
    """

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    def __call__(
        self,
        *,
        context: BoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        bot = self._installations.find(enterprise_id, team_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
            user_id=user_id,
        )
