"""A replay as Markdown, fit for a pull request, and as records for JSON.

But: nothing is asked here.  What is not ours (questions, answers, titles) stands in code spans, in which
nothing is formatted, linked or pinged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot import messages
from bot.replay import CHANGES, Change, Replayed, Said
from bot.views.style import printable

_TITLES: Mapping[Change, str] = {
    "gained": "Gained: no answer before, one now",
    "lost": "Lost: an answer before, none now",
    "different": "Different answers",
}


def replay_lines(replayed: Sequence[Replayed], *, compared: bool) -> Iterator[str]:
    """The summary, then each question that changes.  `compared`: there is something to compare with."""
    answered = sum(each.now.text is not None for each in replayed)
    yield f"## Replay of {_questions(len(replayed))}"
    yield ""
    if not compared:
        yield f"{answered:,} of {len(replayed):,} answered. {messages.REPLAY_NOTHING_BEFORE}"
        return
    counts = Counter(each.change for each in replayed if each.case.before is not None)
    before = sum(each.case.before is not None and each.case.before.text is not None for each in replayed)
    yield "| answered before | answered now | " + " | ".join(CHANGES) + " |"
    yield "|---:" * (2 + len(CHANGES)) + "|"
    yield f"| {before:,} | {answered:,} | " + " | ".join(f"{counts[change]:,}" for change in CHANGES) + " |"
    unknown = sum(each.case.before is None for each in replayed)
    if unknown:
        yield ""
        yield messages.REPLAY_NEW.format(questions=_questions(unknown))
    for change, title in _TITLES.items():
        rows = [each for each in replayed if each.change == change]
        if rows:
            yield ""
            yield f"### {title} ({len(rows):,})"
            yield ""
            for each in rows:
                yield from _row(each)


def replay_record(replayed: Sequence[Replayed]) -> dict[str, Any]:
    """Counts, and every question with what was said before and what would be said now."""
    known = [each for each in replayed if each.case.before is not None]
    return {
        "counts": {change: sum(each.change == change for each in known) for change in CHANGES},
        "questions": [
            {
                "question": each.case.question,
                "collections": each.case.collections,
                "count": each.case.count,
                "change": each.change if each.case.before is not None else None,
                "before": None if each.case.before is None else _record(each.case.before),
                "now": _record(each.now),
            }
            for each in replayed
        ],
    }


def _row(each: Replayed) -> Iterator[str]:
    assert each.case.before is not None
    times = f" (asked {each.case.count:,} times)" if each.case.count > 1 else ""
    yield f"- {_code(each.case.question)}{times}"
    for when, said in (("before", each.case.before), ("now", each.now)):
        if said.text is not None:
            yield f"  - {when}: {_quoted(said)}"


def _quoted(said: Said) -> str:
    if not said.text:
        pin = said.place == messages.REPLAY_PIN_GONE
        return messages.REPLAY_PIN_GONE if pin else messages.REPLAY_GONE
    sure = "" if said.confidence is None else f" ({said.confidence:.0%})"
    return f"{_code(said.text)}{sure}, {_code(said.place or '')}"


def _record(said: Said) -> dict[str, Any]:
    return {name: value for name, value in asdict(said).items() if name != "mark"}


def _code(text: str) -> str:
    return f"`{printable(text).replace('`', chr(39)) or ' '}`"


def _questions(count: int) -> str:
    return f"{count:,} question" if count == 1 else f"{count:,} questions"
