"""What was read into one collection and is in another one, too, which other people may see.

But: nothing is removed here; which of the two is wrong, an admin knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot import messages
from bot.commands.options import note
from bot.composition import Workplace
from bot.views.style import printable
from retrieval.collections import CollectionRecord
from retrieval.report import Row

_MOST_NAMED = 20


def note_copies(work: Workplace, rows: Iterable[Row], collection: str) -> None:
    """Say how many documents of a report are in another collection, too, and how they leave the wider one."""
    sources = {row.source for row in rows if row.status in ("added", "changed", "unchanged", "moved")}
    collections = {each.name: each for each in work.collections.all()}
    here = collections.get(collection, CollectionRecord(name=collection, documents=0, grantees=None))
    numbers = {each.source: each.id for each in work.store.documents([collection])}
    for there in collections.values():
        if there.name == here.name or there.grantees == here.grantees:
            continue
        copies = {
            each.source: each.id for each in work.store.documents([there.name]) if each.source in sources
        }
        if not copies:
            continue
        wider = here if _is_wider(here, there) else there
        known = numbers if wider is here else copies
        ids = [known[source] for source in sorted(copies) if source in known]  # a dry run stores none here
        note(
            messages.ALSO_IN.format(
                count=f"{len(copies):,}",
                are="is" if len(copies) == 1 else "are",
                other=printable(there.name),
                other_open=open_to(there),
                here=printable(here.name),
                here_open=open_to(here),
                wider=printable(wider.name),
                how=_how(ids, wider.name),
            )
        )


def _how(ids: Sequence[int], collection: str) -> str:
    if ids and len(ids) <= _MOST_NAMED:
        return "quoth rm " + " ".join(map(str, ids))
    return f"quoth rm, with their numbers; see quoth ls -c {printable(collection)}"


def _is_wider(one: CollectionRecord, other: CollectionRecord) -> bool:
    """Is one open to more people, as far as that can be told?"""
    if one.grantees is None or other.grantees is None:
        return one.grantees is None
    return one.grantees > other.grantees


def open_to(collection: CollectionRecord | None) -> str:
    """To whom, in words that need no Slack; one that is not there yet will be open as nobody has said."""
    if collection is None or collection.grantees is None:
        return messages.OPEN_BY_DEFAULT
    return messages.OPEN_TO_SOME if collection.grantees else messages.OPEN_TO_NOBODY
