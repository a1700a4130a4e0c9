"""App Home and the agent view are opened: what Quoth knows, and what one might ask."""

from __future__ import annotations

from typing import Any

from bot import messages
from bot.asked import Place
from bot.audience import Refused
from bot.desk import Desk
from bot.listeners.reading import place_of
from bot.prompts import prompts
from bot.records.records import Question
from bot.views.blocks.home import home_view
from bot.views.blocks.notes import knows_sentence

RECENT = 5


def on_home_opened(body: dict[str, Any], *, desk: Desk) -> None:
    """`tab` is "home", or "messages" for the agent view."""
    event, place = body["event"], place_of(body)
    person = event.get("user")
    if place is None or not isinstance(person, str):
        return
    if event.get("tab") == "messages":
        desk.errand(lambda: _suggest(desk, place, person))
    else:
        desk.errand(lambda: _show_home(desk, place, person))


def _show_home(desk: Desk, place: Place, person: str) -> None:
    allowed = desk.admission.allowed(place, person, private=True)
    if isinstance(allowed, Refused):
        knows = messages.REFUSED[allowed.why]
    else:
        sources = desk.answering.exhibition.sources(allowed.collections, most=0)
        knows = knows_sentence(sources) if sources.documents else messages.NO_DOCUMENTS
    recent = [(q.asked.text, _state(q)) for q in desk.records.recent(place.team, person, RECENT)]
    desk.lines.to(place).home(person, home_view(knows, recent))


def _suggest(desk: Desk, place: Place, person: str) -> None:
    allowed = desk.admission.allowed(place, person, private=True)
    found = [] if isinstance(allowed, Refused) else prompts(desk.work.store, allowed.collections)
    if found:
        desk.lines.to(place).prompts(place.channel, found, title=messages.PROMPTS_TITLE)


def _state(question: Question) -> str:
    if (
        question.state == "answered"
        and question.outcome is not None
        and '"answer": false' in question.outcome
    ):
        return "unanswered"
    return question.state
