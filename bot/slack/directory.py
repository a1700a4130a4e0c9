"""Slack asked from the command line: which workspace the token is for, and the names behind IDs.

But: nothing is answered here, and where there is no token, IDs stay IDs.
"""

from __future__ import annotations

from bot.asked import Place
from bot.errors import BotError, SlackTrouble, UsageError
from bot.settings import Settings
from bot.slack.clients import connect
from bot.slack.installations import Installations
from bot.slack.lines import Lines, OneLine
from bot.slack.posting import Posting

NO_TEAM = "Which workspace? Name it with --team T..., or set QUOTH_SLACK_BOT_TOKEN."


def lines_of(settings: Settings) -> Lines | None:
    """Lines to the workspaces of the settings; None where there is no token."""
    slack = settings.slack
    if slack.client_id is not None and slack.client_secret is not None:
        return Installations(settings.installs, slack, connect(None, slack.api_url))
    return OneLine(Posting(connect(slack.bot_token, slack.api_url))) if slack.bot_token else None


def team_of(settings: Settings, named: str | None) -> str:
    """The workspace that was named, else the token's.  Raises UsageError or BotError where there is none."""
    if named is not None:
        return named
    if settings.slack.bot_token is None:
        raise UsageError(NO_TEAM)
    try:
        return Posting(connect(settings.slack.bot_token, settings.slack.api_url)).team()
    except SlackTrouble as error:
        raise BotError(f"{error} {NO_TEAM}") from error


class Directory:
    """Names behind IDs, each asked for once."""

    def __init__(self, lines: Lines | None) -> None:
        self._lines = lines
        self._known: dict[tuple[str, str], str | None] = {}

    def name(self, team: str, identity: str) -> str | None:
        """What people call a channel or a person; None where Slack does not tell."""
        key = (team, identity)
        if key not in self._known:
            self._known[key] = self._look_up(Place(team=team, channel=identity))
        return self._known[key]

    def _look_up(self, place: Place) -> str | None:
        if self._lines is None:
            return None
        try:
            posting = self._lines.to(place)
            if place.channel.startswith(("U", "W")):
                return f"@{posting.person(place.channel).get('name')}"
            return f"#{posting.channel(place.channel).get('name')}"
        except SlackTrouble:
            return None
