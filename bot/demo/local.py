"""The local workspace as one thing: a Slack on loopback, the production bot in it, and the page to both.

The bot is the one of `quoth serve`: the same `Service`, connected over Socket Mode.

But: which documents there are, and where the address is printed, is the command's business.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import replace

from bot.audience import channel_key, person_key
from bot.composition import Workplace
from bot.demo.behind import Behind
from bot.demo.cast import DROPPED, HANDBOOK, PEOPLE_TEAM, PEOPLE_TEAM_QUESTION, Cast, settle
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.slack.service import Service
from bot.slack_settings import SlackSettings
from bot.workspace import Slack
from bot.workspace.page import Page
from bot.workspace.state import TEAM

PER_MINUTE = 60  # one visitor plays everybody
DRAIN_SECONDS = 3
CONNECT_SECONDS = 10.0
FIRST_PORT, PORTS = 8020, 20


class LocalWorkspace:
    """A workspace to try the bot in.  `open` it, `close` it."""

    def __init__(self) -> None:
        self.slack = Slack(manifest("socket"))
        self.cast: Cast = settle(self.slack)
        self.page: Page
        self.service: Service
        self._behind: Behind | None = None
        self._closed = False

    def settings(self, settings: Settings, *collections: str) -> Settings:
        """The same, but for this Slack, where these collections are quoted and what is dropped on it."""
        slack = SlackSettings(
            bot_token=self.slack.bot_token,
            app_token=self.slack.app_token,
            api_url=self.slack.api_url,
            per_minute=PER_MINUTE,
            drain_seconds=DRAIN_SECONDS,
            collections=(*collections, DROPPED),
        )
        return replace(settings, slack=slack)

    def open(self, work: Workplace, *, suggestions: Sequence[str], host: str, port: int | None) -> None:
        """Start all of it; `work` has the `settings` of this workspace.  `port` None: the first free one.

        Raises OSError where the address cannot be had, and what `Service.open` raises.
        """
        self._open_collections(work)
        self.slack.start()
        self.service = Service(work, "socket")
        self.service.open()
        self.slack.wait_connected(seconds=CONNECT_SECONDS)
        self._behind = Behind(
            work,
            self.service.desk.records,
            folder=work.settings.home / "dropped",
            suggestions={"": suggestions, self.cast.people_team.id: [PEOPLE_TEAM_QUESTION]},
            changed=self.slack.workspace.changed,
        )
        self.page = self._page(self._behind, host, port)
        self.page.start()

    def _open_collections(self, work: Workplace) -> None:
        """The People team's own pages are for its channel and its people; it answers for the handbook."""
        keys = [channel_key(TEAM, self.cast.people_team.id), person_key(TEAM, self.cast.isla.id)]
        if work.collections.find(HANDBOOK) is not None:
            work.collections.give(HANDBOOK, channel_key(TEAM, self.cast.people_team.id))
        work.collections.add(PEOPLE_TEAM)
        work.collections.open_to(PEOPLE_TEAM, keys)

    def _page(self, behind: Behind, host: str, port: int | None) -> Page:
        ports = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else [port]
        for number in ports:
            try:
                return Page(self.slack, self.cast.people, behind, host=host, port=number)
            except OSError as error:
                if number == ports[-1] or error.errno != errno.EADDRINUSE:
                    raise
        raise AssertionError("there is a port")

    def close(self) -> None:
        """Stop in the right order: the page, the bot, Slack.  Again, it does nothing."""
        if self._closed:
            return
        self._closed = True
        if hasattr(self, "page"):
            self.page.stop()
        if self._behind is not None:
            self._behind.close()
        if hasattr(self, "service"):
            self.slack.app_is_stopping = True
            self.service.close()
        self.slack.stop()
