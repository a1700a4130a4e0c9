"""App Home and the agent view are opened: what Quoth knows, and what one might ask."""

from __future__ import annotations

import time
from typing import Any

from bot import messages
from bot.asked import Place
from bot.audience import Audience, Refused
from bot.desk import Desk
from bot.listeners.reading import place_of
from bot.prompts import prompts
from bot.records.questions import Question
from bot.records.records import DAY
from bot.stats import stats
from bot.views.blocks.home import Board, home_view
from bot.views.blocks.notes import knows_sentence

RECENT = 5
BOARD_DAYS = 30
MOST_WANTED = 5


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
    board = None
    if isinstance(allowed, Audience) and desk.admission.people.is_admin(place, person):
        board = _board(desk, place.team, allowed)
    desk.lines.to(place).home(person, home_view(knows, recent, board=board))


def _board(desk: Desk, team: str, allowed: Audience) -> Board:
    """What an admin sees: of questions in their workspace, asked of nothing but what they may see."""
    since = time.time() - BOARD_DAYS * DAY
    found = stats(desk.work, desk.records, since=since, team=team, collections=allowed.collections)
    return Board(
        days=BOARD_DAYS,
        questions=sum(day.questions for day in found.days),
        answered=sum(day.answered for day in found.days),
        helpful=sum(day.helpful for day in found.days),
        not_helpful=sum(day.not_helpful for day in found.days),
        wanted=[(each.question, each.count, each.nearest) for each in found.wanted[:MOST_WANTED]],
    )


def _suggest(desk: Desk, place: Place, person: str) -> None:
    allowed = desk.admission.allowed(place, person, private=True)
    found = [] if isinstance(allowed, Refused) else prompts(desk.work.store, allowed.collections)
    if found:
        desk.lines.to(place).prompts(place.channel, found, title=messages.PROMPTS_TITLE)


def _state(question: Question) -> str:
    return "unanswered" if question.state == "answered" and not question.has_answer else question.state
