"""Who wants to know what nobody could answer yet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlite_utils

from bot.records.records import Records
from bot.records.requests import Requests
from bot.records.schema import MIGRATIONS
from tests.asking import asked


def test_who_wants_to_know(records: Records) -> None:
    """Each once a question and its words, told or not; found by the message that passed it on, and by the thread where it was asked."""
    requests = Requests(records.database)
    first, second = records.add(asked()), records.add(asked(ts="2.1", thread="2.1"))
    for person in ("U1", "U2", "U1"):
        requests.add(first.id, person, "When?", owner="C2", channel="C2", ts="9.9")
    requests.add(second.id, "U3", "Where?", owner="C2", channel="C2", ts="9.8")
    assert [each.person for each in requests.of_question(first.id)] == ["U1", "U2"]
    assert [each.person for each in requests.in_thread("T1", "C2", "9.9")] == ["U1", "U2"]
    assert [each.person for each in requests.in_thread("T1", "C1", "2.1")] == ["U3"]
    assert requests.in_thread("T2", "C2", "9.9") == []
    assert requests.begins("T1", "C2", "9.8")
    assert not requests.begins("T1", "C1", "2.1")
    (last,) = requests.of_question(second.id)
    assert [requests.claim(last.id), requests.claim(last.id)] == [True, False]
    assert [each.person for each in requests.waiting()] == ["U1", "U2"]
    assert [each.told for each in requests.of_question(second.id)] == [True]
    requests.release(last.id)
    assert requests.claim(last.id)
    for text in ("Where?", "Where now?"):
        requests.add(second.id, "U3", text, owner="C2", channel="C2", ts="9.8")
    found = requests.of_question(second.id)
    assert [(each.id == last.id, each.text, each.told) for each in found] == [
        (True, "Where?", False),
        (False, "Where now?", False),
    ]
    records.forget_person("U2")
    assert [each.person for each in requests.of_question(first.id)] == ["U1"]


def test_requests_of_before(tmp_path: Path) -> None:
    """They are there once the file is opened; who was asked is known where that was a channel."""
    with closing(sqlite3.connect(tmp_path / "records.db")) as old:
        MIGRATIONS.apply(sqlite_utils.Database(old), stop_before="requests_in_other_words")
        old.execute(
            "INSERT INTO questions (id, team, channel, person, via, text, asked_at, revision, state) "
            "VALUES (1, 'T1', 'C1', 'U1', 'mention', 'When?', 0.0, 0, 'answered')"
        )
        for person, channel, told in (("U1", "C2", None), ("U2", "D3", 5.0)):
            old.execute(
                "INSERT INTO requests (question_id, person, text, channel, ts, at, told_at) "
                "VALUES (1, ?, 'When?', ?, '2.2', 0.0, ?)",
                (person, channel, told),
            )
        old.commit()
    with closing(Records(tmp_path / "records.db")) as records:
        found = Requests(records.database).of_question(1)
        assert [(each.person, each.owner, each.told) for each in found] == [
            ("U1", "C2", False),
            ("U2", None, True),
        ]
