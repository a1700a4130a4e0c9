"""Questions that one might ask, taken from the headings of the documents.

But: nobody has checked that there is an answer; they only show what there is to ask about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import messages
from bot.views.blocks.parts import cut
from retrieval.store import Store

MOST = 4  # Slack shows no more
MOST_TITLE = 60


def prompts(store: Store, collections: Sequence[str] | None) -> list[dict[str, str]]:
    """Up to four, from the documents that were changed last, one from each."""
    found = []
    documents = sorted(store.documents(collections), key=lambda document: document.path)
    for document in sorted(documents, key=lambda document: document.changed or date.min, reverse=True):
        content = store.content(document.id)
        headings = [s.heading_path[-1] for s in content.sections if s.heading_path] if content else []
        question = next((h for h in headings if h.endswith("?")), None)
        if question is None and document.title and len(headings) > 1:
            question = messages.PROMPT.format(title=document.title, heading=headings[1])
        if question is not None:
            found.append({"title": cut(question, MOST_TITLE), "message": cut(question, 300)})
        if len(found) == MOST:
            break
    return found
