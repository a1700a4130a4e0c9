"""The settings of the Slack bot: what they are, what they may be, and what each is for.

But: where they are written (flag, environment, file) is `settings.py`'s to know.  Secrets appear neither
in a repr nor in a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.errors import UsageError

SLACK_API = "https://slack.com/api/"

_PREFIX = "QUOTH_SLACK_"

SLACK_VARIABLES = {
    f"{_PREFIX}BOT_TOKEN": "the bot's token, xoxb-...",
    f"{_PREFIX}APP_TOKEN": "the app's token for Socket Mode, xapp-...",
    f"{_PREFIX}SIGNING_SECRET": "what proves over HTTP that a request comes from Slack",
    f"{_PREFIX}CLIENT_ID": "for installation in many workspaces (OAuth)",
    f"{_PREFIX}CLIENT_SECRET": "for installation in many workspaces (OAuth)",
    f"{_PREFIX}CONFIG_TOKEN": "for quoth doctor to read the app's manifest, xoxe...",
    f"{_PREFIX}COLLECTIONS": "the collections that may be quoted in Slack at most, by commas; default: all",
    f"{_PREFIX}SHARED_CHANNELS": "yes: quote in channels shared with other companies whatever is open to the "
    "workspace; without it, only what --shared-channel opens",
    f"{_PREFIX}CONTACT": "who to ask when Quoth does not know: a channel's ID or words",
    f"{_PREFIX}WORKERS": "questions under way at once",
    f"{_PREFIX}WAITING": "questions that may wait; more are refused",
    f"{_PREFIX}PER_MINUTE": "questions that one person may ask in a minute",
    f"{_PREFIX}DRAIN_SECONDS": "time for questions under way when Quoth is stopped",
    f"{_PREFIX}KEEP_DAYS": "days that questions and feedback are kept",
    f"{_PREFIX}KEEP_TEXT_DAYS": "days that the words of questions are kept; 0: only until they are answered",
    f"{_PREFIX}HOST": "address to listen on with --http",
    f"{_PREFIX}PORT": "port to listen on with --http, 0 for a free one",
    f"{_PREFIX}API_URL": "another address of Slack's Web API, as GovSlack has",
}

Secret = Literal["bot_token", "app_token", "signing_secret", "client_id", "client_secret"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """How the bot behaves in Slack.  `collections` None: all."""

    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    config_token: str | None = field(default=None, repr=False)
    collections: tuple[str, ...] | None = None
    shared_channels: bool = False
    contact: str | None = None
    workers: int = 4
    waiting: int = 200
    per_minute: int = 10
    drain_seconds: int = 20
    keep_days: int = 90
    keep_text_days: int = 30
    host: str = "127.0.0.1"
    port: int = 3000
    api_url: str = SLACK_API

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces install the app themselves."""
        return self.client_id is not None

    def need(self, *names: Secret) -> None:
        """Raises UsageError unless all of these are set."""
        missing = [_PREFIX + name.upper() for name in names if getattr(self, name) is None]
        if missing:
            what = "; ".join(f"{name} ({SLACK_VARIABLES[name]})" for name in missing)
            raise UsageError(f"Not set: {what}. The README says where to find it: Connect it to Slack.")


def read_slack_settings(given: Mapping[str, str]) -> SlackSettings:
    """The settings from values under the names of SLACK_VARIABLES.  Raises UsageError for a bad value."""

    def text(name: str) -> str | None:
        return given.get(_PREFIX + name) or None

    collections = text("COLLECTIONS")
    defaults = SlackSettings()
    return SlackSettings(
        bot_token=_secret("BOT_TOKEN", text("BOT_TOKEN"), "xoxb-"),
        app_token=_secret("APP_TOKEN", text("APP_TOKEN"), "xapp-"),
        signing_secret=_secret("SIGNING_SECRET", text("SIGNING_SECRET"), ""),
        client_id=_secret("CLIENT_ID", text("CLIENT_ID"), ""),
        client_secret=_secret("CLIENT_SECRET", text("CLIENT_SECRET"), ""),
        config_token=_secret("CONFIG_TOKEN", text("CONFIG_TOKEN"), "xoxe"),
        collections=tuple(filter(None, map(str.strip, collections.split(",")))) if collections else None,
        shared_channels=_yes("SHARED_CHANNELS", text("SHARED_CHANNELS"), defaults.shared_channels),
        contact=_contact(text("CONTACT")),
        workers=_number("WORKERS", text("WORKERS"), defaults.workers, 1, 64),
        waiting=_number("WAITING", text("WAITING"), defaults.waiting, 1, 10_000),
        per_minute=_number("PER_MINUTE", text("PER_MINUTE"), defaults.per_minute, 1, 1_000),
        drain_seconds=_number("DRAIN_SECONDS", text("DRAIN_SECONDS"), defaults.drain_seconds, 0, 600),
        keep_days=_number("KEEP_DAYS", text("KEEP_DAYS"), defaults.keep_days, 1, 3_650),
        keep_text_days=_number("KEEP_TEXT_DAYS", text("KEEP_TEXT_DAYS"), defaults.keep_text_days, 0, 3_650),
        host=text("HOST") or defaults.host,
        port=_number("PORT", text("PORT"), defaults.port, 0, 65_535),
        api_url=_address("API_URL", text("API_URL") or defaults.api_url),
    )


def _secret(name: str, value: str | None, prefix: str) -> str | None:
    if value is None:
        return None
    value = value.strip()
    if value.startswith(prefix) and re.search(r"\s", value):
        raise UsageError(
            f"{_PREFIX}{name} has a blank in it; expected the value alone, comments on a line above."
        )
    if not re.fullmatch(r"[\x21-\x7e]+", value) or not value.startswith(prefix):
        begins = f"a value that begins with {prefix}" if prefix else "printable characters without blanks"
        raise UsageError(f"{_PREFIX}{name} is not one; expected {begins}.")
    return value


def _contact(value: str | None) -> str | None:
    """A person's ID is refused: every answer that Quoth does not know would ping them."""
    if value is not None and re.fullmatch(r"[UWS][A-Z0-9]{6,}", value):
        raise UsageError(
            f"{_PREFIX}CONTACT is the ID of a person or group, who would be pinged every time; "
            "expected the ID of a channel (C...) or words."
        )
    return value


def _yes(name: str, value: str | None, default: bool) -> bool:
    if value is None:
        return default
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if value.lower() not in known:
        raise UsageError(f"{_PREFIX}{name} is {value[:20]!r}; expected yes or no.")
    return known[value.lower()]


def _number(name: str, value: str | None, default: int, least: int, most: int) -> int:
    if value is None:
        return default
    if not value.isdecimal() or len(value) > 9 or not least <= int(value) <= most:
        raise UsageError(
            f"{_PREFIX}{name} is {value[:20]!r}; expected a whole number from {least} to {most}."
        )
    return int(value)


def _address(name: str, value: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#]+", value):
        raise UsageError(f"{_PREFIX}{name} is {value[:60]!r}; expected an address with https://.")
    return value if value.endswith("/") else f"{value}/"
