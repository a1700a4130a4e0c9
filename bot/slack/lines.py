"""Lines to workspaces: which client speaks to which, and what is known of their channels and people.

But: who may see what in a channel is `audience.py`'s to decide.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bot.asked import Place, Sharing
from bot.audience import Standing
from bot.errors import SlackRefuses, SlackTrouble
from bot.slack.posting import Posting

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 600.0  # a channel can become shared; for so long that may go unnoticed
PERSON_SECONDS = 60.0  # a member can become a guest; for so long that goes unnoticed where no event tells
MOST_KNOWN = 10_000

T = TypeVar("T")


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


class _Memory(Generic[T]):
    """What was looked up of channels or people, kept for some seconds; safe to share between threads."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._guard = threading.Lock()
        self._known: dict[tuple[str, str], tuple[T, float]] = {}
        self._forgotten = 0

    def recall(
        self, team: str, identity: str, look_up: Callable[[], T], *, worth_keeping: Callable[[T], bool]
    ) -> T:
        """What is known, else what a look brings."""
        key, now = (team, identity), self._clock()
        with self._guard:
            known, forgotten = self._known.get(key), self._forgotten
        if known is not None and now - known[1] < self._seconds:
            return known[0]
        found = look_up()
        with self._guard:
            if (
                worth_keeping(found) and forgotten == self._forgotten
            ):  # else it may be what was before a change
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[key] = (found, now)
        return found

    def forget(self, identity: str) -> None:
        """Look it up anew, in every workspace."""
        with self._guard:
            self._forgotten += 1
            self._known = {key: known for key, known in self._known.items() if key[1] != identity}


class Channels:
    """Whether channels are one's own; looked up once in a while, never believed where Slack does not tell."""

    def __init__(self, lines: Lines, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._memory: _Memory[Sharing] = _Memory(REMEMBERED_SECONDS, clock)

    def sharing(self, place: Place, hint: Sharing | None) -> Sharing:
        """`hint`: what the event said.  A direct message's is all there is; a channel is looked up."""
        if hint == "shared" or (hint is not None and place.channel.startswith("D")):
            return hint
        if place.channel.startswith("D"):
            return "hidden"

        def look() -> Sharing:
            return (
                "inside" if hint == "inside" else self._look_up(place)
            )  # said by the event itself, just now

        return self._memory.recall(
            place.team, place.channel, look, worth_keeping=lambda found: found in ("inside", "shared")
        )

    def is_closed(self, place: Place) -> bool:
        """Whether one is in a channel by invitation only; False where Slack does not tell."""
        try:
            channel = self._lines.to(place).channel(place.channel)
        except SlackTrouble as error:
            log.warning("a channel could not be looked up: %s", error)
            return False
        return bool(channel.get("is_private")) and not _shared(channel)

    def forget(self, channel: str) -> None:
        """Slack said that it changed."""
        self._memory.forget(channel)

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
    name: str | None = None


class People:
    """Who belongs to a workspace; looked up once in a while, never believed where Slack does not tell."""

    def __init__(self, lines: Lines, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._memory: _Memory[PersonFacts] = _Memory(PERSON_SECONDS, clock)

    def standing(self, place: Place, person: str) -> Standing:
        """Whether a person is a member of a place's workspace."""
        return self._facts(place, person).standing

    def is_admin(self, place: Place, person: str) -> bool:
        """Whether a person looks after the workspace; False where Slack does not tell."""
        facts = self._facts(place, person)
        return facts.admin and facts.standing == "member"

    def name(self, place: Place, person: str) -> str | None:
        """What people call a person; None where Slack does not tell."""
        return self._facts(place, person).name

    def forget(self, person: str) -> None:
        """Slack said that something of them changed."""
        self._memory.forget(person)

    def _facts(self, place: Place, person: str) -> PersonFacts:
        return self._memory.recall(
            place.team,
            person,
            lambda: self._look_up(place, person),
            worth_keeping=lambda facts: facts.standing != "unknown",
        )

    def _look_up(self, place: Place, person: str) -> PersonFacts:
        try:
            return _facts(self._lines.to(place).person(person), place)
        except SlackRefuses as error:
            log.warning("users.info: %s", error.code)
        except SlackTrouble:
            pass
        return PersonFacts()


def _facts(person: Mapping[str, Any], place: Place) -> PersonFacts:
    """A guest is whoever Slack calls one, is gone, or is of another company (an organisation is one)."""
    if place.enterprise is None:
        ours = person.get("team_id") == place.team
    else:  # a place there may be named after the person's own workspace, which is no proof
        ours = (person.get("enterprise_user") or {}).get("enterprise_id") == place.enterprise
    kept_out = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")
    guest = not ours or any(person.get(flag) for flag in kept_out)
    name = str(person.get("real_name") or person.get("name") or "") or None
    admin = bool(person.get("is_admin") or person.get("is_owner"))
    return PersonFacts("guest" if guest else "member", admin, name)


def _shared(channel: Mapping[str, Any]) -> bool:
    """Shared with another company, or about to be.  An organisation's own channels are not."""
    return bool(
        channel.get("is_ext_shared")
        or channel.get("is_pending_ext_shared")
        or (channel.get("is_shared") and not channel.get("is_org_shared"))
    )
