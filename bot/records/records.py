"""The bot's records in SQLite: events seen, questions with what became of them, and feedback.

But: nobody is answered here, and no text of a document is kept.  What became of documents since is
`posted.py`'s business.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.asked import Asked, Place
from bot.records.posted import Posted
from bot.records.questions import (
    Found,
    Question,
    State,
    found_columns,
    latest_where,
    one_where,
    questions_where,
)
from bot.records.schema import APPLICATION_ID, MIGRATIONS
from retrieval.database import Database

SEEN_SECONDS = 15 * 60
"""How long an event is remembered; Slack's last retry comes after about 6 minutes."""

DAY = 86_400.0

# The private question whose answer a copy for the channel shows.
_SHARED = (
    "SELECT max(id) FROM questions WHERE outcome IS NOT NULL AND via IN ('command', 'shortcut') "
    "AND team = :team AND channel = :channel AND person = :person AND text = :text AND text <> ''"
)
# Why an answer did not help is kept no longer than the words of the question.
_WORDLESS = (
    "UPDATE feedback SET reason = '' "
    "WHERE reason <> '' AND (SELECT text FROM questions WHERE id = question_id) = ''"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Questions and feedback in the records."""

    questions: int
    helpful: int
    not_helpful: int


class Records:
    """An open file of records; safe to share between threads."""

    def __init__(self, path: Path, *, keep_text: bool = True, clock: Callable[[], float] = time.time) -> None:
        """Open or make the file.  Raises the StoreErrors of `Database`.

        `keep_text`: whether the words of a question stay when it has its answer.
        """
        self.database = Database(
            path, migrations=MIGRATIONS, application_id=APPLICATION_ID, remedy="start again"
        )
        self.keep_text = keep_text
        self._clock = clock
        self.posted = Posted(self.database, clock)

    def close(self) -> None:
        self.database.close()

    def first_sight(self, *keys: str) -> bool:
        """Whether none of these keys was seen in the last minutes; now all of them are."""
        now = self._clock()
        with self.database.writing() as db:
            db.execute("DELETE FROM seen WHERE at < ?", (now - SEEN_SECONDS,))
            new = [
                db.execute("INSERT OR IGNORE INTO seen (key, at) VALUES (?, ?)", (key, now)).rowcount == 1
                for key in keys
            ]
        return all(new)

    def was_shared(self, question: Question) -> bool:
        """Whether its answer, or a later one to that person's same words, was posted for the channel.

        Not known, and False, where its words are not kept.
        """
        asked = question.asked
        where = "via = 'share' AND state = 'answered' AND answer_ts IS NOT NULL AND id > ?"
        where += " AND team = ? AND channel = ? AND person = ? AND text = ? AND text <> ''"
        same = (question.id, asked.place.team, asked.place.channel, asked.person, asked.text)
        with self.database.reading() as db:
            return latest_where(db, where, same) is not None

    def add(self, asked: Asked) -> Question:
        """A new question, waiting for its answer."""
        return self._add(asked, "waiting", None)

    def add_answered(self, asked: Asked, found: Found) -> Question:
        """A new question that has its answer already."""
        return self._add(asked, "answered", found)

    def _add(self, asked: Asked, state: State, found: Found | None) -> Question:
        """A copy for the channel shares that person's latest private answer to the same words."""
        text, now = asked.text if self.keep_text or state == "waiting" else "", self._clock()
        with self.database.writing() as db:
            shares = _shared(db, asked) if asked.via == "share" else None
            row = db.execute(
                "INSERT INTO questions (team, enterprise, channel, person, via, ts, thread, response_url, "
                "sharing, edit, text, asked_at, waits_since, shares, revision, state, outcome, pin, "
                "asked_of, leans_on) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?) RETURNING id",
                (
                    asked.place.team, asked.place.enterprise, asked.place.channel, asked.person, asked.via,
                    asked.ts, asked.thread, asked.response_url, asked.sharing, asked.edit, text, now,
                    now, shares, state, *found_columns(found).values(),
                ),
            ).fetchone()  # fmt: skip
            return one_where(db, "id = ?", (row[0],))

    def question(self, number: int) -> Question | None:
        """The question with that number, or None."""
        with self.database.reading() as db:
            return latest_where(db, "id = ?", (number,))

    def asked_by_message(self, place: Place, ts: str) -> Question | None:
        """The question that a message asked, or None."""
        return next(reversed(self.all_asked_by(place, ts)), None)

    def all_asked_by(self, place: Place, ts: str) -> list[Question]:
        """Every question that a message asked; more than one only from an earlier version of Quoth."""
        with self.database.reading() as db:
            return questions_where(db, "team = ? AND channel = ? AND ts = ?", (place.team, place.channel, ts))

    def note_deletion(self, place: Place, ts: str) -> None:
        """A message was deleted, whether it asked anything or is yet to be told of."""
        self.first_sight(_deletion(place, ts))

    def was_deleted(self, place: Place, ts: str) -> bool:
        """Whether a message was deleted in the last minutes."""
        with self.database.reading() as db:
            found = db.execute("SELECT 1 FROM seen WHERE key = ?", (_deletion(place, ts),)).fetchone()
        return found is not None

    def latest_in_thread(self, place: Place, thread: str) -> Question | None:
        """The last question that was asked aloud in this thread and not taken back, or None."""
        with self.database.reading() as db:
            where = "team = ? AND channel = ? AND thread = ? AND state <> 'removed' AND via <> 'shortcut'"
            return latest_where(db, where, (place.team, place.channel, thread))

    def called_into(self, place: Place, thread: str) -> None:
        """The bot was called into a thread, and what was said to it was no question that it could take."""
        self.first_sight(_call(place, thread))

    def listens_in(self, place: Place, thread: str) -> bool:
        """Whether the bot was asked in this thread, or called into it in the last minutes."""
        with self.database.reading() as db:
            called = db.execute(
                "SELECT 1 FROM seen WHERE key = ? AND at >= ?",
                (_call(place, thread), self._clock() - SEEN_SECONDS),
            ).fetchone()
        return called is not None or self.latest_in_thread(place, thread) is not None

    def waiting(self, *, since: float) -> list[Question]:
        """Questions that have waited for their answer since then, or not so long."""
        with self.database.reading() as db:
            return questions_where(db, "state = 'waiting' AND waits_since >= ?", (since,))

    def recent(self, team: str, person: str, count: int) -> list[Question]:
        """A person's latest questions, the newest first; what they shared is no question of its own."""
        with self.database.reading() as db:
            where = "team = ? AND person = ? AND state <> 'removed' AND via <> 'share'"
            return questions_where(db, where, (team, person), f" DESC LIMIT {int(count)}")

    def perhaps_shared(self, asked: Asked, *, after: int) -> Question | None:
        """The latest copy for the channel, newer than the question `after`, of which no message is known."""
        with self.database.reading() as db:
            where = (
                "team = ? AND channel = ? AND person = ? AND text = ? AND via = 'share' "
                "AND answer_ts IS NULL AND state <> 'removed' AND id > ?"
            )
            values = (asked.place.team, asked.place.channel, asked.person, asked.text, after)
            return next(iter(questions_where(db, where, values, " DESC LIMIT 1")), None)

    def edited(self, number: int, text: str, *, edit: str | None = None) -> Question | None:
        """A question in new words, waiting again; None where it was taken back, or has these or newer words.

        `edit`: Slack's timestamp of the edit, since two of them may be handled in another order; None: it is
        asked again.  What people thought of the answer before goes.
        """
        with self.database.writing() as db:
            before = one_where(db, "id = ?", (number,))
            if edit is not None:
                newest = db.execute(
                    "UPDATE questions SET edit = :edit WHERE id = :id AND (edit IS NULL OR edit < :edit)",
                    {"edit": edit, "id": number},
                )
                if not newest.rowcount or text == before.asked.text:
                    return None
            if before.state == "removed":
                return None
            db.execute("DELETE FROM feedback WHERE question_id = ?", (number,))
            db.execute(
                "UPDATE questions SET text = ?, revision = revision + 1, state = 'waiting', sharing = ?, "
                "waits_since = ? WHERE id = ?",
                (text, before.asked.later().sharing, self._clock(), number),
            )
            return one_where(db, "id = ?", (number,))

    def leans(self, number: int, on: int | None) -> None:
        """Which question is to be read in front of one that waits."""
        with self.database.writing() as db:
            db.execute("UPDATE questions SET leans_on = ? WHERE id = ?", (on, number))

    def answered(self, number: int, revision: int, *, answer_ts: str | None, found: Found) -> None:
        """A question, as it was worded at that revision, has its answer."""
        self._end(number, revision, "answered", answer_ts, found)

    def told(self, number: int, revision: int, *, answer_ts: str | None) -> None:
        """The person was told that there will be no answer."""
        self._end(number, revision, "told", answer_ts, None)

    def removed(self, number: int) -> None:
        """A question was taken back: its words go, what was found for it, and why that did not help."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE questions SET state = 'removed', text = '', outcome = NULL, pin = NULL, "
                "response_url = NULL WHERE id = ?",
                (number,),
            )
            db.execute("UPDATE requests SET text = '' WHERE question_id = ?", (number,))
            db.execute(f"{_WORDLESS} AND question_id = ?", (number,))
            self.posted.replace(db, number, ())
        self.database.clear_log()

    def to_delete(self, *, after: int, most: int) -> list[int]:
        """Some questions after that one, in order: taken back, while their answer stands in Slack."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT id FROM questions WHERE state = 'removed' AND answer_ts IS NOT NULL AND id > ? "
                "ORDER BY id LIMIT ?",
                (after, most),
            ).fetchall()
        return [number for (number,) in rows]

    def deleted(self, number: int) -> None:
        """The answer to a question that was taken back stands in Slack no longer."""
        with self.database.writing() as db:
            db.execute("UPDATE questions SET answer_ts = NULL WHERE id = ? AND state = 'removed'", (number,))

    def feedback(
        self, number: int, person: str, *, helpful: bool, reason: str = "", revision: int | None = None
    ) -> bool:
        """What a person thinks of an answer; the last word counts, on a copy for the channel, too.

        A reason is kept no longer than the words of its question.  `revision`: of the question whose answer
        that is; with another one in its place it counts for neither (see `edited`), and this is False.
        """
        with self.database.writing() as db:
            if revision is not None and not _is_at(db, number, revision):
                return False
            about = _answer_of(db, number)
            db.execute(
                "INSERT INTO feedback (question_id, person, helpful, reason, at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (question_id, person) DO UPDATE SET helpful = excluded.helpful, "
                "reason = excluded.reason, at = excluded.at",
                (about, person, helpful, reason, self._clock()),
            )
            db.execute(f"{_WORDLESS} AND question_id = ?", (about,))
        return True

    def found_no_help(self, number: int, person: str) -> bool:
        """Whether somebody's last word on an answer, or on a copy of it, was that it did not help."""
        with self.database.reading() as db:
            row = db.execute(
                "SELECT helpful FROM feedback WHERE question_id = ? AND person = ?",
                (_answer_of(db, number), person),
            ).fetchone()
        return row is not None and not row[0]

    def reasons(self, number: int) -> dict[str, tuple[bool, str]]:
        """Each person's word on an answer, the oldest first: whether it helped, and why not."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT person, helpful, reason FROM feedback WHERE question_id = ? ORDER BY at, person",
                (number,),
            ).fetchall()
        return {person: (bool(helpful), reason) for person, helpful, reason in rows}

    def counts(self) -> Counts:
        """How much there is."""
        with self.database.reading() as db:
            questions = db.execute("SELECT count(*) FROM questions").fetchone()[0]
            helpful, words = db.execute("SELECT coalesce(sum(helpful), 0), count(*) FROM feedback").fetchone()
        return Counts(questions, helpful, words - helpful)

    def since(self, when: float, *, team: str | None = None) -> list[Question]:
        """The questions asked since then, without those taken back and those that were only shared.

        `team`: in that workspace only.
        """
        where, values = "asked_at >= ? AND state <> 'removed' AND via <> 'share'", [when]
        with self.database.reading() as db:
            if team is None:
                return questions_where(db, where, values)
            return questions_where(db, f"{where} AND team = ?", (*values, team))

    def words_on_answers(self) -> dict[int, tuple[int, int]]:
        """How many people found an answer helpful and not helpful, by the question's number."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT question_id, sum(helpful), count(*) - sum(helpful) FROM feedback GROUP BY question_id"
            ).fetchall()
        return {number: (helpful, not_helpful) for number, helpful, not_helpful in rows}

    def forget_person(self, person: str) -> int:
        """Delete all questions and feedback of a person, in every workspace; how many questions."""
        with self.database.writing() as db:
            for table in ("feedback", "requests"):
                db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))
            count = db.execute("DELETE FROM questions WHERE person = ?", (person,)).rowcount
        self.database.clear_log()
        return count

    def forget(self, *, days: int, text_days: int) -> int:
        """Delete questions older than so many days, with what hangs on them; how many there were.

        The words of those older than `text_days` go, too, with the reasons why an answer to them did not
        help, unless they still wait for their answer.
        """
        with self.database.writing() as db:
            now = self._clock()
            db.execute(
                "UPDATE questions SET text = '' WHERE asked_at <= ? AND text <> '' AND state <> 'waiting'",
                (now - text_days * DAY,),
            )
            db.execute("UPDATE requests SET text = '' WHERE at <= ?", (now - text_days * DAY,))
            db.execute(_WORDLESS)
            count = db.execute("DELETE FROM questions WHERE asked_at < ?", (now - days * DAY,)).rowcount
        self.database.clear_log()
        return count

    def _end(
        self, number: int, revision: int, state: State, answer_ts: str | None, found: Found | None
    ) -> None:
        """Subtle: whatever became of the question meanwhile, the message that was posted is not forgotten."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE questions SET answer_ts = coalesce(:ts, answer_ts) WHERE id = :id",
                {"ts": answer_ts, "id": number},
            )
            ended = db.execute(
                "UPDATE questions SET state = :state, outcome = :outcome, pin = :pin, asked_of = :asked_of, "
                "leans_on = CASE WHEN :outcome IS NULL THEN leans_on ELSE :leans_on END, "
                "response_url = NULL, text = CASE WHEN :keep THEN text ELSE '' END "
                "WHERE id = :id AND revision = :revision AND state <> 'removed'",
                {
                    "state": state, "id": number, "revision": revision, "keep": self.keep_text,
                    **found_columns(found),
                },
            )  # fmt: skip
            if ended.rowcount:
                db.execute(f"{_WORDLESS} AND question_id = ?", (number,))
                if found is None or answer_ts is None:
                    self.posted.replace(db, number, ())
                else:
                    self.posted.replace(db, number, found.cited, found.pin)
        if not self.keep_text:
            self.database.clear_log()


def _call(place: Place, thread: str) -> str:
    return f"called {place.team} {place.channel} {thread}"


def _deletion(place: Place, ts: str) -> str:
    """The key under which it is seen that a message was deleted."""
    return f"deletion {place.team} {place.channel} {ts}"


def _shared(db: sqlite3.Connection, asked: Asked) -> int | None:
    """The private question whose answer somebody shares; None where it is not in the records."""
    values = {
        "team": asked.place.team, "channel": asked.place.channel, "person": asked.person, "text": asked.text,
    }  # fmt: skip
    number: int | None = db.execute(_SHARED, values).fetchone()[0]
    return number


def _is_at(db: sqlite3.Connection, number: int, revision: int) -> bool:
    """Whether a question is there, and was not reworded or asked again after that revision."""
    at = db.execute("SELECT 1 FROM questions WHERE id = ? AND revision = ?", (number, revision)).fetchone()
    return at is not None


def _answer_of(db: sqlite3.Connection, number: int) -> int:
    """The question whose answer a message shows: of a copy the one that it shares, while that is there."""
    row = db.execute(
        "SELECT id FROM questions WHERE id = (SELECT shares FROM questions WHERE id = ?)", (number,)
    ).fetchone()
    return number if row is None else int(row[0])
