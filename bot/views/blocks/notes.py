"""Short messages of our own: one sentence, perhaps with words of a question in it; help; sources.

But: which sentence fits is for the caller to know.
"""

from __future__ import annotations

from bot import messages
from bot.exhibits import SourcesShown
from bot.views.blocks.parts import Message, bold, bullets, cut, escaped, line, plain, rich

MOST_TITLES = 25
MOST_ECHO = 200  # characters of a question that is repeated to whoever asked it


def note(sentence: str) -> Message:
    """One of our own sentences; what was put into it is shown as it is."""
    sentence = cut(sentence, 2_500)
    return Message(text=escaped(sentence), blocks=(rich(line(plain(sentence))),))


def help_message() -> Message:
    """How to ask."""
    ways = bullets([line(plain(way)) for way in messages.HOW_TO_ASK])
    return Message(text=escaped(messages.HELP), blocks=(rich(line(plain(messages.HELP)), ways),))


def sources_message(sources: SourcesShown) -> Message:
    """Which documents there are."""
    if not sources.documents:
        return note(messages.NO_DOCUMENTS)
    knows = knows_sentence(sources)
    titles = [line(plain(cut(title, 150))) for title in sources.titles if title.strip()]
    more = sources.documents - len(titles)
    if more > 0:
        titles.append(line(plain(messages.SOURCES_MORE.format(count=more))))
    blocks = (rich(line(bold(messages.SOURCES)), line(plain(knows)), bullets(titles)),)
    return Message(text=escaped(knows), blocks=blocks)


def knows_sentence(sources: SourcesShown) -> str:
    """How many documents, and when the last one changed."""
    documents = messages.documents(sources.documents)
    if sources.changed is None:
        return messages.HOME_KNOWS_UNDATED.format(documents=documents)
    day = f"{sources.changed.day} {sources.changed:%B %Y}"
    return messages.HOME_KNOWS.format(documents=documents, day=day)
