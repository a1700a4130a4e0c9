"""What was asked, how well it was answered, and what to write next: figures from the records.

A question is told as it was read: "And for contractors?" alone asks for nothing that could be written.

But: nothing is shown here; the words of questions and the places of passages are for whoever runs Quoth.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.composition import Workplace
from bot.records.questions import Question
from bot.records.records import Records
from retrieval.similar import groups

MOST_SLOWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day (UTC): questions, those answered, and what people said of them."""

    day: str
    questions: int
    answered: int
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A document: how often it was quoted, and what people said of these answers."""

    document: str
    answers: int
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A question and how long its answer took, by stage, in seconds."""

    question: str
    seconds: float
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Questions that are alike and got no good answer.  `nearest`: the passage that came closest.

    `reasons`: why answers to them did not help, in the words of whoever said so, each once.
    """

    question: str
    count: int
    others: Sequence[str]
    nearest: str | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All figures of a stretch of time.

    `without_words`: how many questions without a good answer are in no group, since their words, or those of
    the question on which they lean, are not kept.
    """

    days: Sequence[Day]
    documents: Sequence[Cited]
    slowest: Sequence[Slow]
    wanted: Sequence[Wanted]
    without_words: int = 0


Words = Mapping[int, tuple[int, int]]
"""How many found a question's answer helpful and not helpful, by the question's number."""


def stats(
    work: Workplace,
    records: Records,
    *,
    since: float,
    team: str | None = None,
    collections: Collection[str] | None = None,
) -> Stats:
    """The figures of the questions asked since then (seconds since 1970), in a workspace (None: in all).

    `collections`: only questions that were asked of none but these: an outcome tells of all that was read.
    """
    asked = records.since(since, team=team)
    if collections is not None:
        asked = [
            each for each in asked if each.asked_of is not None and set(each.asked_of) <= set(collections)
        ]
    words = records.words_on_answers()
    outcomes = {each.id: json.loads(each.outcome) for each in asked if each.outcome is not None}
    quoted = {number for number, outcome in outcomes.items() if outcome["answer"]}
    answered = {each.id for each in asked if each.pin is not None or each.id in quoted}
    missed = [each for each in asked if each.id in outcomes and _is_missed(each, answered, words)]
    worded = [each for each in missed if each.as_read]
    return Stats(
        days=_days(asked, answered, words),
        documents=_documents(work, outcomes, words),
        slowest=_slowest(asked, outcomes),
        wanted=_wanted(work, worded, outcomes, _reasons(records, worded, words)),
        without_words=len(missed) - len(worded),
    )


def _is_missed(question: Question, answered: Collection[int], words: Words) -> bool:
    """Whether a question has no answer, or one that helped fewer people than it did not."""
    helpful, not_helpful = words.get(question.id, (0, 0))
    return question.id not in answered or not_helpful > helpful


def _days(asked: Sequence[Question], answered: Collection[int], words: Words) -> list[Day]:
    by_day: dict[str, list[Question]] = defaultdict(list)
    for each in asked:
        by_day[datetime.fromtimestamp(each.asked_at, UTC).date().isoformat()].append(each)
    return [
        Day(
            day=day,
            questions=len(those),
            answered=sum(1 for each in those if each.id in answered),
            helpful=sum(words.get(each.id, (0, 0))[0] for each in those),
            not_helpful=sum(words.get(each.id, (0, 0))[1] for each in those),
        )
        for day, those in sorted(by_day.items())
    ]


def _documents(work: Workplace, outcomes: Mapping[int, Any], words: Words) -> list[Cited]:
    """By what was quoted first; passages that are gone since are counted for no document."""
    first = {number: each["first"][0]["passage"] for number, each in outcomes.items() if each["answer"]}
    places = {
        passage.id: f"{passage.collection}: {passage.path}"
        for passage in work.store.passages(sorted(set(first.values())))
    }
    answers: Counter[str] = Counter()
    said: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for number, passage in first.items():
        place = places.get(passage)
        if place is not None:
            answers[place] += 1
            for which, count in enumerate(words.get(number, (0, 0))):
                said[place][which] += count
    return [
        Cited(document=place, answers=count, helpful=said[place][0], not_helpful=said[place][1])
        for place, count in sorted(answers.items(), key=lambda item: (-item[1], item[0]))
    ]


def _slowest(asked: Sequence[Question], outcomes: Mapping[int, Any]) -> list[Slow]:
    timed = [
        Slow(question=each.as_read, seconds=round(sum(stages.values()), 4), stages=stages)
        for each in asked
        if each.id in outcomes and (stages := outcomes[each.id]["seconds"])
    ]
    return sorted(timed, key=lambda slow: -slow.seconds)[:MOST_SLOWEST]


def _reasons(records: Records, missed: Sequence[Question], words: Words) -> dict[int, list[str]]:
    """Why answers did not help, by the question's number; only those that somebody found so are asked for."""
    return {
        each.id: [reason for _, reason in records.reasons(each.id).values() if reason]
        for each in missed
        if words.get(each.id, (0, 0))[1]
    }


def _wanted(
    work: Workplace,
    missed: Sequence[Question],
    outcomes: Mapping[int, Any],
    reasons: Mapping[int, Sequence[str]],
) -> list[Wanted]:
    """Groups of questions without a good answer, the largest first."""
    found = groups([each.as_read for each in missed])
    leaders = [missed[group[0]].id for group in found]
    nearest = {
        number: outcomes[number]["first"][0]["passage"] for number in leaders if outcomes[number]["first"]
    }
    places = {
        passage.id: work.cite(passage).place for passage in work.store.passages(sorted(set(nearest.values())))
    }
    return [
        Wanted(
            question=missed[group[0]].as_read,
            count=len(group),
            others=[missed[number].as_read for number in group[1:]],
            nearest=places.get(nearest.get(missed[group[0]].id, -1)),
            reasons=list(
                dict.fromkeys(reason for number in group for reason in reasons.get(missed[number].id, ()))
            ),
        )
        for group in found
    ]
