"""The tables of the bot's records, as migrations of sqlite-utils: applied once each, in order, never edited.

But: no text of a document is kept here, only references into the store; a document that is removed or
hidden leaves nothing behind.
"""

from __future__ import annotations

import sqlite_utils
from sqlite_utils import Migrations

MIGRATIONS = Migrations("quoth-records")

APPLICATION_ID = 0x51755263  # "QuRc": tells records of ours from a store and from any other SQLite file


@MIGRATIONS()
def questions_feedback_and_seen(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE seen (             -- what was taken in already, for some minutes
            key TEXT PRIMARY KEY,
            at REAL NOT NULL            -- seconds since 1970, as all times here
        ) WITHOUT ROWID;
        CREATE INDEX seen_by_time ON seen(at);
        CREATE TABLE questions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            team TEXT NOT NULL,
            enterprise TEXT,
            channel TEXT NOT NULL,
            person TEXT NOT NULL,
            via TEXT NOT NULL,          -- command, mention, thread, direct, shortcut
            ts TEXT,                    -- of the message that asks; a command has none
            thread TEXT,                -- where a public answer goes
            response_url TEXT,          -- until it is answered
            sharing TEXT,               -- what Slack said of the channel when it was asked, if it did
            text TEXT NOT NULL,
            asked_at REAL NOT NULL,
            revision INTEGER NOT NULL,  -- 0, and one more for each edit
            state TEXT NOT NULL,        -- waiting, answered, told (that there will be no answer), removed
            answer_ts TEXT,             -- the message that answers, where it is public
            outcome TEXT                -- JSON of `outcomes.py`
        );
        CREATE INDEX questions_by_message ON questions(team, channel, ts);
        CREATE INDEX questions_by_thread ON questions(team, channel, thread);
        CREATE INDEX questions_by_person ON questions(team, person, id);
        CREATE INDEX questions_waiting ON questions(state) WHERE state = 'waiting';
        CREATE TABLE feedback (
            question_id INTEGER NOT NULL REFERENCES questions(id) ON DELETE CASCADE,
            person TEXT NOT NULL,
            helpful INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (question_id, person)
        ) WITHOUT ROWID;
        """
    )
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@MIGRATIONS()
def pins_shown_and_people_asked(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        ALTER TABLE questions ADD COLUMN pin INTEGER;    -- the pinned answer that was shown first, by its id
        ALTER TABLE questions ADD COLUMN asked_of TEXT;  -- JSON list: the collections that it was asked of
        CREATE TABLE requests (         -- questions that were passed on to a person
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            question_id INTEGER NOT NULL REFERENCES questions(id) ON DELETE CASCADE,
            person TEXT NOT NULL,       -- who wants to know
            text TEXT NOT NULL,         -- in their words; empty where words are not kept
            channel TEXT NOT NULL,      -- where it was posted
            ts TEXT NOT NULL,
            at REAL NOT NULL,
            told_at REAL,               -- when the person was told of an answer
            UNIQUE (question_id, person)
        );
        CREATE INDEX requests_by_message ON requests(channel, ts);
        """
    )


@MIGRATIONS()
def answers_that_are_posted(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE posted (           -- answers that stand in Slack for all, with words of documents
            question_id INTEGER PRIMARY KEY REFERENCES questions(id) ON DELETE CASCADE,
            due REAL,                   -- when to look at its documents; NULL: no need
            mark TEXT                   -- what was said of them above the answer, of `posted.Mark`
        );
        CREATE INDEX posted_due ON posted(due) WHERE due IS NOT NULL;
        CREATE TABLE cited (            -- the documents whose words it shows
            question_id INTEGER NOT NULL REFERENCES posted(question_id) ON DELETE CASCADE,
            document_id INTEGER NOT NULL,
            version TEXT NOT NULL,      -- SHA-256 of the file at that time
            PRIMARY KEY (question_id, document_id)
        ) WITHOUT ROWID;
        CREATE INDEX cited_by_document ON cited(document_id);
        CREATE TABLE followed (         -- how far the log of changes of which store was read; one row
            store TEXT NOT NULL,
            change INTEGER NOT NULL
        );
        """
    )


@MIGRATIONS()
def what_a_question_leans_on(db: sqlite_utils.Database) -> None:
    """The question in front of it, by its id, which no other gets: its words go when they go there."""
    db.execute("ALTER TABLE questions ADD COLUMN leans_on INTEGER")


@MIGRATIONS()
def pins_that_are_posted(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        ALTER TABLE posted ADD COLUMN pin INTEGER;  -- the pinned answer that it shows, by its id
        INSERT OR IGNORE INTO posted (question_id)
            SELECT id FROM questions WHERE pin IS NOT NULL AND answer_ts IS NOT NULL AND state = 'answered';
        UPDATE posted SET pin = (SELECT pin FROM questions WHERE id = question_id);
        """
    )


@MIGRATIONS()
def since_when_a_question_waits(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        ALTER TABLE questions ADD COLUMN waits_since REAL; -- when it was asked, reworded or asked again
        UPDATE questions SET waits_since = asked_at;
        ALTER TABLE questions ADD COLUMN edit TEXT;        -- Slack's timestamp of the edit with these words
        """
    )


@MIGRATIONS()
def what_a_copy_for_the_channel_shares(db: sqlite_utils.Database) -> None:
    """The private question whose answer it shows, by its id, which no other gets: presses count for that one.

    Where somebody has said something of both, it is what they said of the private answer that stays.
    """
    db.executescript(
        """
        ALTER TABLE questions ADD COLUMN shares INTEGER;
        UPDATE questions SET shares = (
            SELECT max(q.id) FROM questions q WHERE q.id < questions.id AND q.via IN ('command', 'shortcut')
                AND q.team = questions.team AND q.channel = questions.channel
                AND q.person = questions.person AND q.text = questions.text
        ) WHERE via = 'share' AND text <> '';
        UPDATE OR IGNORE feedback SET question_id = (SELECT shares FROM questions WHERE id = question_id)
            WHERE question_id IN (SELECT id FROM questions WHERE shares IS NOT NULL);
        UPDATE feedback SET reason = '' WHERE (SELECT text FROM questions WHERE id = question_id) = '';
        """
    )


@MIGRATIONS()
def answers_to_be_deleted(db: sqlite_utils.Database) -> None:
    """Those of questions that were taken back, until Slack has done it; before, nobody noted that it had."""
    db.execute(
        "CREATE INDEX questions_to_be_deleted ON questions(id) "
        "WHERE state = 'removed' AND answer_ts IS NOT NULL"
    )


@MIGRATIONS()
def requests_in_other_words(db: sqlite_utils.Database) -> None:
    """One person may have passed a question on in several words.  Whose direct messages were posted to, is
    not known of those before."""
    db.executescript(
        """
        CREATE TABLE requests_anew (    -- questions that were passed on to a person
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            question_id INTEGER NOT NULL REFERENCES questions(id) ON DELETE CASCADE,
            person TEXT NOT NULL,       -- who wants to know
            text TEXT NOT NULL,         -- in these words; empty where words are not kept
            owner TEXT,                 -- who was asked: a person or a channel
            channel TEXT NOT NULL,      -- where it was posted first, and other words below that
            ts TEXT NOT NULL,
            at REAL NOT NULL,
            told_at REAL                -- when the person was told of an answer
        );
        INSERT INTO requests_anew (id, question_id, person, text, owner, channel, ts, at, told_at)
            SELECT id, question_id, person, text, CASE WHEN channel LIKE 'D%' THEN NULL ELSE channel END,
                channel, ts, at, told_at FROM requests;
        DROP TABLE requests;
        ALTER TABLE requests_anew RENAME TO requests;
        CREATE INDEX requests_by_message ON requests(channel, ts);
        CREATE INDEX requests_by_question ON requests(question_id);
        """
    )


@MIGRATIONS()
def where_an_answer_was_told(db: sqlite_utils.Database) -> None:
    """The message that told somebody of a pin, which goes with that; of those before, nothing is known."""
    db.executescript(
        """
        ALTER TABLE requests ADD COLUMN told_pin INTEGER;  -- the pin, by its id
        ALTER TABLE requests ADD COLUMN told_in TEXT;      -- the channel of the message
        ALTER TABLE requests ADD COLUMN told_ts TEXT;      -- its timestamp, while it shows the pin
        """
    )
