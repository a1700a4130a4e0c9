"""Who may see what in Slack: the one function that decides which collections a question is asked of.

A channel that is shared with another company is refused unless the settings allow it, and so is one of
which Slack does not tell whether it is: what is unknown is closed.

But: the filter itself is in the store's SQL and in the index; here stands only what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


def audience(
    settings: SlackSettings,
    sharing: Sharing,
    *,
    channel: str,
    stored: Callable[[], Iterable[str]],
    private: bool,
) -> Audience | Refused:
    """What may be quoted in a channel.

    `stored`: tells which collections there are.  `private`: only the person who asks will see it.  A channel
    that the bot cannot see (a private one, a talk between two people) is then no obstacle: nothing is posted
    there.
    """
    open_here = sharing == "inside" or (sharing == "hidden" and private)
    if open_here or (sharing == "shared" and settings.shared_channels):
        return Audience(_quotable(settings, channel, stored))
    return Refused(sharing)


def _quotable(
    settings: SlackSettings, channel: str, stored: Callable[[], Iterable[str]]
) -> Sequence[str] | None:
    """The collections for all, and those for this channel."""
    if not settings.only_in:
        return settings.collections
    chosen = stored() if settings.collections is None else settings.collections
    return [name for name in chosen if channel in settings.only_in.get(name, (channel,))]
