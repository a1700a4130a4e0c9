"""Who may see what in Slack: the one function that decides which collections a question is asked of.

A channel that is shared with another company is refused unless the settings allow it, and so is one of
which Slack does not tell whether it is: what is unknown is closed.

But: the filter itself is in the store's SQL and in the index; here stands only what it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.asked import Sharing
from bot.slack_settings import SlackSettings


@dataclass(frozen=True, slots=True)
class Audience:
    """The collections that may be quoted; None: all."""

    collections: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing may be quoted here; `sharing` says why."""

    sharing: Sharing


def audience(settings: SlackSettings, sharing: Sharing, *, private: bool) -> Audience | Refused:
    """What may be quoted in a channel.

    `private`: only the person who asks will see it.  A channel that the bot cannot see (a private one, a
    talk between two people) is then no obstacle: nothing is posted there.
    """
    if sharing == "inside" or (sharing == "hidden" and private):
        return Audience(settings.collections)
    if sharing == "shared" and settings.shared_channels:
        return Audience(settings.collections)
    return Refused(sharing)
