"""Admission: what a question may see, from the grants of the store and what Slack says of place and person.

Grants are read for every question, so that a change of them holds from the next one on.

But: the rule is `audience.py`'s.
"""

from __future__ import annotations

from bot.asked import Place, Sharing
from bot.audience import Audience, Refused, Standing, audience
from bot.slack.lines import Channels, Lines, People
from bot.slack_settings import SlackSettings
from retrieval.collections import Collections


class Admission:
    """Decides for a running bot; safe to share between threads."""

    def __init__(self, collections: Collections, lines: Lines, settings: SlackSettings) -> None:
        self.collections = collections
        self.channels = Channels(lines)
        self.people = People(lines)
        self._settings = settings

    def allowed(
        self,
        place: Place,
        person: str,
        *,
        sharing: Sharing | None = None,
        standing: Standing | None = None,
        private: bool,
    ) -> Audience | Refused:
        """What a person may be quoted in a place.

        `sharing`: what Slack said of the channel by itself.  `standing`: as what they count; None: see Slack.
        """
        return audience(
            self.collections.all(),
            self._settings,
            place=place,
            person=person,
            sharing=self.channels.sharing(place, sharing),
            standing=standing or self.people.standing(place, person),
            private=private,
        )
