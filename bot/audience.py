"""Who may see what in Slack: the one function that decides which collections a question is asked of.

A collection is opened to words (*keys*): a workspace, a channel, a person.  A question holds keys, in one
ring or two: the ring of the person who asks, and, where others read the answer, that of the place.  A
collection may be quoted if each ring has a key to it.

    a member       the workspace, themself, and the channel in which they ask
    a guest        themself: a guest is also whoever is of another company
    a channel      the workspace and itself; shared with another company, only itself, if opened to as such,
                   unless the settings say that sharing changes nothing

Nobody's membership is looked up: a channel stands for all who are in it, and Slack itself vouches for whoever
asks there.  What is unknown is closed.

But: the filter itself is in the store's SQL and in the index; here stands only what it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.asked import Place, Sharing
from bot.slack_settings import SlackSettings
from retrieval.collections import CollectionRecord

EVERYWHERE = "*"
"""The key of every workspace that has the app."""

Standing = Literal["member", "guest", "unknown"]
"""A person belongs to the workspace, is a guest or a stranger in it, or Slack would not tell."""

Why = Literal["shared channel", "unknown channel", "unknown person", "guest"]


@dataclass(frozen=True, slots=True)
class Audience:
    """The collections that may be quoted.

    `keys`: those in every ring; what has no collection and is opened to one of them may be shown, too.
    """

    collections: Sequence[str]
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing may be quoted here, whatever there is."""

    why: Why


@dataclass(frozen=True, slots=True)
class Grantee:
    """A key, read again.  `identity`: a channel or a person; None: the workspace (`team` "*": any)."""

    team: str
    identity: str | None = None
    shared: bool = False


def grantee(key: str) -> Grantee:
    """What a key stands for."""
    team, _, rest = key.partition("/")
    return Grantee(team, rest.removesuffix("+shared") or None, rest.endswith("+shared"))


def workspace_key(team: str) -> str:
    return team


def channel_key(team: str, channel: str, *, shared: bool = False) -> str:
    """`shared`: also while the channel is shared with another company."""
    return f"{team}/{channel}{'+shared' if shared else ''}"


def person_key(team: str, person: str) -> str:
    return f"{team}/{person}"


def audience(
    collections: Iterable[CollectionRecord],
    settings: SlackSettings,
    *,
    place: Place,
    person: str,
    sharing: Sharing,
    standing: Standing,
    private: bool,
) -> Audience | Refused:
    """What a person may be quoted in a place.

    `private`: only they will see it.  A channel that the bot cannot see is then no obstacle, since nothing is
    posted there; a direct message is always private.
    """
    direct = place.channel.startswith("D")
    if standing == "unknown":
        return Refused("unknown person")
    if not direct and (sharing == "unknown" or (sharing == "hidden" and not private)):
        return Refused("unknown channel")
    shared = sharing == "shared" and not direct
    inside = not shared or settings.shared_channels
    all_of_them = {EVERYWHERE, workspace_key(place.team)}
    itself = {channel_key(place.team, place.channel)} if inside else set()
    if shared:
        itself.add(channel_key(place.team, place.channel, shared=True))
    asker = {person_key(place.team, person)}
    if standing == "member":
        asker |= all_of_them | itself
    rings = [asker]
    if not direct and (shared or not private):
        rings.append(itself | (all_of_them if inside else set()))
    found = [
        each.name
        for each in collections
        if (settings.collections is None or each.name in settings.collections)
        and all(ring & _keys(each, settings) for ring in rings)
    ]
    keys = frozenset(set.intersection(*rings))
    if not found and shared and not inside:
        return Refused("shared channel")
    if not found and standing == "guest":
        return Refused("guest")
    return Audience(found, keys)


def _keys(collection: CollectionRecord, settings: SlackSettings) -> frozenset[str]:
    """What opens a collection.  One that nobody has set is open to the workspace, if there is only one."""
    if collection.grantees is not None:
        return collection.grantees
    return frozenset() if settings.many_workspaces else frozenset({EVERYWHERE})
