"""Who is asked where the documents do not say, and may answer for them: the owner of a collection.

But: only owners of collections that the asker may see, in the asker's own workspace; nobody is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.audience import Audience, grantee
from qa_engine.answers import Answer, Outcome
from retrieval.collections import CollectionRecord
from retrieval.stored import StoredPassage


def owner_of(
    nearest: Iterable[str],
    collections: Sequence[CollectionRecord],
    allowed: Audience,
    *,
    team: str,
    asker: str,
) -> str | None:
    """The ID of a person or a channel; None where nobody is named but whoever asks.

    `nearest`: the names of the collections that came nearest, in that order; the others follow by name.
    """
    owners = {}
    for each in collections:
        if each.owner is not None and each.name in allowed.collections:
            who = grantee(each.owner)
            if who.team == team and who.identity not in (None, asker):
                owners[each.name] = who.identity
    return next((owners[name] for name in (*nearest, *sorted(owners)) if name in owners), None)


def owned_by(owners: Iterable[str], collections: Iterable[CollectionRecord], team: str) -> frozenset[str]:
    """The names of the collections of some owners: people or channels, by their IDs."""
    keys = {f"{team}/{owner}" for owner in owners}
    return frozenset(each.name for each in collections if each.owner in keys)


def nearest_collections(outcome: Outcome[StoredPassage]) -> list[str]:
    """The collections that an answer is from, or that came nearest to a question without one, in order."""
    quotes = (outcome.quote, *outcome.also) if isinstance(outcome, Answer) else outcome.nearest
    return list(dict.fromkeys(quote.passage.collection for quote in quotes))
