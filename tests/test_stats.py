"""quoth stats and quoth forget: figures from the records, what to write next, and what is forgotten."""

from __future__ import annotations

import csv
import io
import json
import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot import messages
from bot.asked import Asked, Place
from bot.composition import Workplace
from bot.records.questions import Found
from bot.records.records import Records
from bot.settings import Settings
from bot.stats import stats
from retrieval.store import Store
from tests.command_line import call
from tests.stores import passage_ids, put

PLACE = Place(team="T1", channel="C1")


NOTHING = {
    "reason": "nothing found", "answer": False, "first": [], "also": [], "others": [], "read": 0,
    "confirmed": 0, "windows": 0, "threshold": 0.5, "nothing": 1.0, "seconds": {}, "passages": [],
}  # fmt: skip


def ask(
    records: Records, text: str, passage: int, *, answer: bool, person: str = "U1", seconds: float = 0.1
) -> int:
    """A question in the records with its outcome."""
    first = [{"passage": passage, "span": [0, 1], "sentence": [0, 1], "sha256": "", "confidence": 0.5}]
    outcome = {
        "reason": None if answer else "not sure", "answer": answer, "first": first, "also": [], "others": [],
        "read": 1, "confirmed": 0, "windows": 1, "threshold": 0.5, "nothing": 0.5,
        "seconds": {"retrieve": 0.0, "read": seconds}, "passages": [[passage, 1.0, 1.0, 0.5]],
    }  # fmt: skip
    asked = Asked(place=PLACE, person=person, text=text, via="mention")
    return records.add_answered(asked, Found(outcome=json.dumps(outcome))).id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "leave.md", "Leave is five days.")
        put(store, "bikes.md", "Bikes stand in the yard.")
        leave, bikes = passage_ids(store)
    records = Records(tmp_path / "records.db")
    good = ask(records, "How much leave do I get?", leave, answer=True)
    records.feedback(good, "U2", helpful=True)
    bad = ask(records, "Where do bikes stand?", bikes, answer=True, seconds=2.0)
    records.feedback(bad, "U2", helpful=False, reason="old")
    for text in (
        "Where is the bike pump?",
        "Is there a bike pump?",
        "bike pump where",
        "Who pays for lunch?",
    ):
        ask(records, text, bikes, answer=False, person="U9")
    records.close()
    return tmp_path


def test_what_was_asked_and_what_to_write_next(home: Path) -> None:
    """Days, documents, the slowest, and groups of questions that got no good answer."""
    found = call("stats", "--json", home=home).json
    (day,) = found["days"]
    assert (day["questions"], day["answered"], day["helpful"], day["not_helpful"]) == (6, 2, 1, 1)
    assert found["documents"] == [
        {"document": "default: bikes.md", "answers": 1, "helpful": 0, "not_helpful": 1},
        {"document": "default: leave.md", "answers": 1, "helpful": 1, "not_helpful": 0},
    ]
    assert found["slowest"][0]["question"] == "Where do bikes stand?"
    first = found["wanted"][0]
    assert (first["question"], first["count"]) == ("Where is the bike pump?", 3)
    assert first["nearest"] == "A page"
    assert {each["question"] for each in found["wanted"][1:]} == {
        "Where do bikes stand?",
        "Who pays for lunch?",
    }
    text = call("stats", home=home).out
    assert "what to write next" in text
    assert "nearest: A page" in text


def test_as_csv_and_as_a_picture(home: Path) -> None:
    """A table for a spreadsheet, in which no question becomes a formula; a bar for each day."""
    records = Records(home / "records.db")
    ask(records, "=cmd() where?", 1, answer=False)
    records.close()
    rows = list(csv.DictReader(io.StringIO(call("stats", "--csv", "wanted", home=home).out)))
    assert rows[0]["question"] == "Where is the bike pump?"
    assert any(row["question"].startswith("'=cmd()") for row in rows)
    call("stats", "--plot", home / "days.svg", home=home)
    root = ElementTree.parse(home / "days.svg").getroot()
    assert "7 asked, 2 answered" in "".join(root.itertext())


def test_why_it_did_not_help(home: Path) -> None:
    """Below the questions of its group, each reason once; what drives a terminal or a spreadsheet does neither."""
    with closing(Records(home / "records.db")) as records:
        first = records.since(0.0)[1].id
        again = ask(records, "Where do the bikes stand?", 2, answer=True)
        records.feedback(first, "U3", helpful=False, reason="=cmd()\x1b[2J")
        records.feedback(again, "U3", helpful=False, reason="old")
        records.feedback(again, "U4", helpful=False)
        records.feedback(ask(records, "Who is in?", 1, answer=True), "U4", helpful=False, reason="-1")

    def bikes() -> dict[str, list[str]]:
        wanted = call("stats", "--json", home=home).json["wanted"]
        return {each["question"]: each["reasons"] for each in wanted if each["reasons"]}

    assert bikes() == {"Where do bikes stand?": ["old", "=cmd()\x1b[2J"], "Who is in?": ["-1"]}
    text = call("stats", home=home).out
    assert "            did not help: old\n            did not help: =cmd()\ufffd[2J\n" in text
    rows = csv.DictReader(io.StringIO(call("stats", "--csv", "wanted", home=home).out))
    cells = {row["question"]: row["reasons"] for row in rows}
    assert (cells["Where do bikes stand?"], cells["Who is in?"]) == ("old | =cmd()\x1b[2J", "'-1")
    call("forget", "U3", home=home)
    assert bikes() == {"Where do bikes stand?": ["old"], "Who is in?": ["-1"]}


def test_what_is_said_of_a_copy_for_the_channel(home: Path) -> None:
    """It counts for the question that was shared, on its day, for its document and in what to write next."""
    with closing(Records(home / "records.db")) as records:
        outcome = records.since(0.0)[0].outcome
        assert outcome is not None
        private = Asked(place=PLACE, person="U5", text="How much leave is there?", via="command")
        records.add_answered(private, Found(outcome=outcome))
        copy = records.add_answered(replace(private, via="share"), Found(outcome=outcome))
        for person in ("U2", "U3"):
            records.feedback(copy.id, person, helpful=False, reason="five of what?")
    found = call("stats", "--json", home=home).json
    assert (found["days"][0]["questions"], found["days"][0]["not_helpful"]) == (7, 3)
    assert found["documents"][0]["document"] == "default: leave.md"
    assert (found["documents"][0]["answers"], found["documents"][0]["not_helpful"]) == (2, 2)
    assert [each["reasons"] for each in found["wanted"] if each["question"] == private.text] == [
        ["five of what?"]
    ]


def test_what_leans_is_told_as_it_was_read(home: Path) -> None:
    """Nobody could write an answer to "Why?"; without the words of the other one it is counted only."""
    with closing(Records(home / "records.db")) as records:
        gone = Asked(place=PLACE, person="U3", text="Where is the yard?", via="mention")
        first, other = records.since(0.0)[0].id, records.add(gone).id
        for text, leans_on in (("Why?", first), ("And for contractors?", first), ("But when?", other)):
            asked = Asked(place=PLACE, person="U1", text=text, via="mention")
            records.add_answered(asked, Found(outcome=json.dumps(NOTHING), leans_on=leans_on))
        records.forget_person("U3")
    found = call("stats", "--json", home=home).json
    told = {text for each in found["wanted"] for text in (each["question"], *each["others"])}
    assert {"How much leave do I get? Why?", "How much leave do I get? And for contractors?"} <= told
    assert told.isdisjoint({"Why?", "And for contractors?", "But when?"})
    assert found["without_words"] == 1


def test_words_that_are_not_kept(home: Path) -> None:
    """Such questions are counted, in no group, and it is said how many there are."""
    with closing(Records(home / "records.db", keep_text=False)) as records:
        ask(records, "Where is the bike pump?", 1, answer=False, seconds=9.0)
    found = call("stats", "--json", home=home).json
    assert (found["wanted"][0]["count"], found["without_words"]) == (3, 1)
    assert found["days"][0]["questions"] == 7
    text = call("stats", home=home).out
    assert messages.WORDS_GONE in text
    assert "1 more without a good answer" in text


def test_what_an_admin_sees(home: Path) -> None:
    """Questions of their workspace that were asked of nothing but what they may see."""
    with closing(Records(home / "records.db")) as records, Workplace(Settings(home=home)) as work:
        for team, asked_of in (("T1", ["default"]), ("T1", ["default", "board"]), ("T2", ["default"])):
            asked = Asked(place=Place(team=team, channel="C1"), person="U1", text="Pump?", via="mention")
            records.add_answered(asked, Found(outcome=json.dumps(NOTHING), asked_of=asked_of))

        def seen(*collections: str) -> int:
            found = stats(work, records, since=0.0, team="T1", collections=collections)
            return sum(day.questions for day in found.days)

        assert (seen("default"), seen("default", "board"), seen("board"), seen()) == (1, 2, 0, 0)


def test_a_pinned_answer_is_an_answer(home: Path) -> None:
    """Nobody need write it; unless it did not help."""
    with closing(Records(home / "records.db")) as records:
        asked = Asked(place=PLACE, person="U1", text="Where is the bike pump?", via="mention")
        pinned = records.add_answered(asked, Found(outcome=json.dumps(NOTHING), pin=1))
        assert call("stats", "--json", home=home).json["wanted"][0]["count"] == 3
        assert call("stats", "--json", home=home).json["days"][0]["answered"] == 3
        records.feedback(pinned.id, "U2", helpful=False)
        assert call("stats", "--json", home=home).json["wanted"][0]["count"] == 4


def test_somebody_is_forgotten(home: Path) -> None:
    """Their questions and what they said of others' answers; nobody else's."""
    assert call("forget", "U9", home=home).complaint == "Forgot 4 questions of U9, and their feedback."
    call("forget", "U2", home=home)
    (day,) = call("stats", "--json", home=home).json["days"]
    assert (day["questions"], day["helpful"], day["not_helpful"]) == (2, 0, 0)
    assert call("forget", "ann", home=home).code == 2


def test_nothing_was_asked(tmp_path: Path) -> None:
    """Before the bot has run, and in a month without a question."""
    assert call("stats", home=tmp_path).complaint.endswith(messages.NO_RECORDS)
    said = call("forget", "U2", home=tmp_path)
    assert (said.code, said.complaint) == (0, "Forgot 0 questions of U2, and their feedback.")
    Records(tmp_path / "records.db").close()
    assert call("stats", home=tmp_path).out.strip() == messages.NO_QUESTIONS


def test_five_thousand_questions_are_the_same_each_time(tmp_path: Path) -> None:
    """Two runs on the same records say the same."""
    with Store(tmp_path / "store.db") as store:
        put(store, "a.md", "Leave is five days.")
    records = Records(tmp_path / "records.db")
    words, chosen = ["leave", "laptop", "bike", "pump", "lunch", "badge", "visa", "desk"], random.Random(3)
    with records.database.writing():
        for number in range(5_000):
            ask(records, " ".join(chosen.sample(words, 3)), 1, answer=number % 3 == 0)
    records.close()
    first, second = (call("stats", "--json", home=tmp_path).out for _ in range(2))
    assert first == second
    assert sum(each["questions"] for each in json.loads(first)["days"]) == 5_000
