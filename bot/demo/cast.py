"""Who and what there is in the local workspace: two people, a channel for all, and one for a few.

But: which documents a channel may be quoted is `audience.py`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.workspace import Channel, Person, Slack

HANDBOOK, PEOPLE_TEAM, DROPPED = "handbook", "people-team", "dropped"
"""The demo's collections: for all, for the People team only, and what is dropped on the page, for all."""

PEOPLE_TEAM_QUESTION = "What is the salary range of band L3 in Bristol?"
"""Answered in one channel, and in no other."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Isla works in the People team and is an admin; Ben is neither."""

    isla: Person
    ben: Person
    general: Channel
    people_team: Channel

    @property
    def people(self) -> dict[str, Person]:
        """Who can be played, by ID."""
        return {person.id: person for person in (self.isla, self.ben)}


def settle(slack: Slack) -> Cast:
    """Bring people and channels into an empty workspace."""
    isla, ben = slack.person("Isla", admin=True), slack.person("Ben")
    general = slack.channel("general", isla, ben, topic="For everybody at Skerryvane Instruments")
    people_team = slack.channel(
        "people-team", isla, private=True, topic="The People team only: its own pages are quoted here, too"
    )
    for person in (isla, ben):
        _ = person.dm
    return Cast(isla, ben, general, people_team)
