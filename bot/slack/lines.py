"""Lines to workspaces: which client speaks to which, and what is known of their channels and people.

But: who may see what in a channel is `audience.py`'s to decide.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.asked import Place, Sharing
from bot.audience import Standing
from bot.errors import SlackRefuses, SlackTrouble
from bot.slack.posting import Posting

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 600.0  # a channel can become shared; for so long that may go unnoticed
PERSON_SECONDS = 60.0  # a member can become a guest; for so long that may go unnoticed
MOST_CHANNELS = MOST_PEOPLE = 10_000


class Lines(Protocol):
    """Whoever knows how to speak to a workspace."""

    def to(self, place: Place) -> Posting:
        """A line to a place's workspace.  Raises SlackTrouble where there is none."""


class OneLine:
    """A single workspace: every place is in it."""

    def __init__(self, posting: Posting) -> None:
        self._posting = posting

    def to(self, place: Place) -> Posting:  # noqa: ARG002  the one workspace there is
        return self._posting


class Channels:
    """Whether channels are one's own; looked up once in a while, never believed where Slack does not tell."""

    def __init__(self, lines: Lines, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._clock = clock
        self._guard = threading.Lock()
        self._known: dict[tuple[str, str], tuple[Sharing, float]] = {}

    def sharing(self, place: Place, hint: Sharing | None) -> Sharing:
        """`hint`: what the event said.  A direct message's is all there is; a channel is looked up."""
        if hint == "shared" or (hint is not None and place.channel.startswith("D")):
            return hint
        if place.channel.startswith("D"):
            return "hidden"
        key, now = (place.team, place.channel), self._clock()
        with self._guard:
            known = self._known.get(key)
        if known is not None and now - known[1] < REMEMBERED_SECONDS:
            return known[0]
        if hint == "inside":  # said by the event itself, this minute
            found: Sharing = "inside"
        else:
            found = self._look_up(place)
        if found in ("inside", "shared"):
            with self._guard:
                if len(self._known) >= MOST_CHANNELS:
                    self._known.clear()
                self._known[key] = (found, now)
        return found

    def _look_up(self, place: Place) -> Sharing:
        try:
            channel = self._lines.to(place).channel(place.channel)
        except SlackRefuses as error:
            if error.code == "channel_not_found":
                return "hidden"
            log.warning("conversations.info: %s", error.code)
            return "unknown"
        except SlackTrouble:
            return "unknown"
        return "shared" if _shared(channel) else "inside"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What Slack says of a person; what it does not tell is as bad as can be."""

    standing: Standing = "unknown"
    admin: bool = False


class People:
    """Who belongs to a workspace; looked up once in a while, never believed where Slack does not tell."""

    def __init__(self, lines: Lines, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._clock = clock
        self._guard = threading.Lock()
        self._known: dict[tuple[str, str], tuple[PersonFacts, float]] = {}

    def standing(self, place: Place, person: str) -> Standing:
        """Whether a person is a member of a place's workspace."""
        return self._facts(place, person).standing

    def is_admin(self, place: Place, person: str) -> bool:
        """Whether a person looks after the workspace; False where Slack does not tell."""
        facts = self._facts(place, person)
        return facts.admin and facts.standing == "member"

    def _facts(self, place: Place, person: str) -> PersonFacts:
        key, now = (place.team, person), self._clock()
        with self._guard:
            known = self._known.get(key)
        if known is not None and now - known[1] < PERSON_SECONDS:
            return known[0]
        try:
            found = _facts(self._lines.to(place).person(person), place)
        except SlackRefuses as error:
            log.warning("users.info: %s", error.code)
            return PersonFacts()
        except SlackTrouble:
            return PersonFacts()
        with self._guard:
            if len(self._known) >= MOST_PEOPLE:
                self._known.clear()
            self._known[key] = (found, now)
        return found


def _facts(person: Mapping[str, Any], place: Place) -> PersonFacts:
    """A guest is whoever Slack calls one, is gone, or is of another company (an organisation is one)."""
    organisation = (person.get("enterprise_user") or {}).get("enterprise_id")
    ours = person.get("team_id") == place.team or (
        place.enterprise is not None and organisation == place.enterprise
    )
    kept_out = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")
    guest = not ours or any(person.get(flag) for flag in kept_out)
    return PersonFacts("guest" if guest else "member", bool(person.get("is_admin") or person.get("is_owner")))


def _shared(channel: Mapping[str, Any]) -> bool:
    """Shared with another company, or about to be.  An organisation's own channels are not."""
    return bool(
        channel.get("is_ext_shared")
        or channel.get("is_pending_ext_shared")
        or (channel.get("is_shared") and not channel.get("is_org_shared"))
    )
