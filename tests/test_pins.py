"""Pinned answers: found by other words of their question, by nobody who may not see them, until they end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import messages
from bot.audience import person_key
from bot.composition import Workplace
from bot.settings import Settings
from retrieval.pins import NewPin, Pins
from retrieval.store import Store
from tests.clock import Clock
from tests.command_line import call
from tests.stores import LetterEncoder, put

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "pins.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        for name in ("staff", "board"):
            put(opened, f"{name}.md", "Leave is five days.", collection=name)
        yield opened


def pin(**how: Any) -> NewPin:
    where = {} if {"collection", "open_to"} & set(how) else {"collection": "staff"}
    return NewPin(
        **{"question": "Where do bikes stand?", "answer": "In the yard.", "author": "Ann", **where, **how}
    )


QUESTION = "Where do bikes stand?"


def test_only_who_may_see_it_finds_it(store: Store) -> None:
    """By its collection, or by the one word that it is opened to; None is everything."""
    pins, encoder = Pins(store.database), LetterEncoder()

    def found(**filters: Any) -> str | None:
        hit = pins.find(QUESTION, encoder, **filters)
        return None if hit is None else hit.pin.answer

    pins.add(pin(answer="of the board", collection="board"), encoder)
    assert found() == "of the board"
    assert found(collections=["board"], open_to=[]) == "of the board"
    assert found(collections=["staff"], open_to=["T1", "T1/U1"]) is None
    assert found(collections=[], open_to=[]) is None
    pins.add(pin(answer="of the workspace", open_to="T1"), encoder)
    assert found(collections=["staff"], open_to=["T1", "T1/U1"]) == "of the workspace"
    assert found(collections=["staff"], open_to=["T2"]) is None
    assert found(collections=["board"], open_to=["T2"]) == "of the board"


def test_the_latest_of_two_counts_and_what_has_ended_does_not(store: Store) -> None:
    """A second pin to the same question takes the first one's place until it expires or is removed."""
    clock, encoder = Clock(), LetterEncoder()
    pins = Pins(store.database, clock=clock)
    pins.add(pin(answer="first"), encoder)
    second = pins.add(pin(answer="second", until=clock.now + 60), encoder)

    def found() -> str:
        hit = pins.find(QUESTION, encoder)
        assert hit is not None
        return hit.pin.answer

    assert found() == "second"
    clock.now += 60
    assert found() == "first"
    assert [each.answer for each in pins.all()] == ["second", "first"]
    assert pins.remove(second.id)
    assert not pins.remove(second.id)
    assert [each.answer for each in pins.all()] == ["first"]


def test_what_was_corrected_is_not_found_in_other_words(store: Store) -> None:
    """Whatever a reader makes of the two answers; whoever may not see the later one has the earlier one."""
    pins, encoder = Pins(store.database), LetterEncoder()
    pins.add(pin(answer="The yard has stands for bikes."), encoder)
    pins.add(
        pin(question="where do BIKES stand", answer="No idea, see the wiki.", collection="board"), encoder
    )

    def found(*collections: str) -> str | None:
        hit = pins.find(
            "Where is it that bikes stand?", encoder, collections=collections,
            reads=lambda _asked, _heading, answer: 9.0 if "yard" in answer else -9.0,
        )  # fmt: skip
        return None if hit is None else hit.pin.answer

    assert found("staff") == "The yard has stands for bikes."
    assert found("staff", "board") in (None, "No idea, see the wiki.")


def test_gone_with_its_collection_or_its_author(store: Store) -> None:
    """No pin outlives what says who may see it; what somebody only pinned loses their name."""
    pins, encoder = Pins(store.database), LetterEncoder()
    pins.add(pin(collection="board", author_key="T1/U1"), encoder)
    pins.add(pin(author_key="T1/U2", pinned_by="T1/U1"), encoder)
    assert pins.forget(lambda key: key == "T1/U1") == 1
    (left,) = pins.all()
    assert (left.author_key, left.pinned_by) == ("T1/U2", None)
    with store.database.writing() as db:
        db.execute("DELETE FROM documents")
        db.execute("DELETE FROM collections WHERE name = 'staff'")
    assert pins.all() == []
    with pytest.raises(KeyError):
        pins.add(pin(collection="nothing"), encoder)


def test_another_encoder_s_vectors_are_made_anew_once(store: Store) -> None:
    """After a new encoder, pins are found as before, and the next question is all that is encoded for it."""
    pins, new = Pins(store.database), LetterEncoder("new")
    pins.add(pin(), LetterEncoder("old"))
    for asked in ([QUESTION, QUESTION], [QUESTION]):
        new.asked.clear()
        found = pins.find(QUESTION, new)
        assert found is not None
        assert found.likeness == 1
        assert new.asked == asked


def test_a_busy_store_costs_no_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made anew is stored another time."""
    monkeypatch.setattr("retrieval.database.BUSY_SECONDS", 0.05)
    with Store(tmp_path / "store.db") as one, Store(tmp_path / "store.db") as two:
        put(one, "staff.md", "Leave is five days.", collection="staff")
        pins, new = Pins(one.database), LetterEncoder("new")
        pins.add(pin(), LetterEncoder("old"))
        with two.database.writing():
            assert pins.find(QUESTION, new) is not None
        assert pins.find(QUESTION, new) is not None
        new.asked.clear()
        assert pins.find(QUESTION, new) is not None
        assert new.asked == [QUESTION]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "pay.md", "Pay day is the last Friday of the month.", collection="pay")
    return tmp_path


def test_found_by_three_rewordings_and_not_by_three_near_misses(home: Path) -> None:
    """quoth pin, then quoth ask: first, with a name and a day, beside what the documents say."""
    (row,) = (row for row in ROWS if "job applications" in row["question"])
    question, answer = row["question"], row["answer"]
    said = call("pin", question, answer, "--by", "Ann Bell", "-c", "pay", home=home)
    assert (said.code, said.complaint) == (0, messages.PINNED_AS.format(number=1))

    def pinned(asked: str) -> Any:
        return call("ask", asked, "--json", home=home).json["pinned"]

    for wording in row["same"]:
        found = pinned(wording)
        assert found is not None, wording
        assert (found["answer"], found["author"], found["collection"]) == (answer, "Ann Bell", "pay")
    for miss in row["other"]:
        assert pinned(miss) is None, miss
    text = call("ask", question, home=home).out
    assert re.search(r"Answered by Ann Bell on \d{4}-\d\d-\d\d", text)
    assert text.index(answer) < text.index(messages.FROM_DOCUMENTS)
    chat = call("chat", home=home, stdin=question).out
    assert answer in chat


def test_a_synonym_hides_no_pin(home: Path) -> None:
    """What was found in its own words still is, as like as before, and in the words of the synonym as well."""
    call("pin", "Who looks after Falcon?", "Priya.", "--by", "Ann", "-c", "pay", home=home)
    call("pin", "Who is the head of HR?", "Isla.", "--by", "Ann", "-c", "pay", home=home)
    call("synonyms", "add", "Falcon", "billing service", home=home)
    call("synonyms", "add", "HR", "People team", home=home)

    def pinned(asked: str) -> Any:
        found = call("ask", asked, "--json", home=home).json["pinned"]
        return found and (found["answer"], found["likeness"])

    assert pinned("Who looks after Falcon?") == ("Priya.", 1.0)
    assert pinned("Who takes care of Falcon?")[0] == "Priya."
    assert pinned("Who is the head of the People team?")[0] == "Isla."


def test_listed_and_removed(home: Path) -> None:
    """In JSON with times a script can read; removed, the next question does not find it."""
    call("pin", QUESTION, "In the yard.", "--by", "Ann", "-c", "pay", "--days", "3", home=home)
    (listed,) = call("pins", "ls", "--json", home=home).json
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", listed["until"])
    text = call("pins", "ls", home=home).out
    assert "In the yard." in text
    assert "for pay" in text
    assert call("pins", "rm", "1", home=home).code == 0
    assert call("pins", "ls", "--json", home=home).json == []
    assert "There is no pinned answer 1" in call("pins", "rm", "1", home=home).complaint


def test_removed_with_the_collection(home: Path) -> None:
    """quoth collection rm takes its pins, also where its name stays."""
    call("collection", "set", "pay", "--closed", home=home)
    call("pin", QUESTION, "In the yard.", "--by", "Ann", "-c", "pay", home=home)
    call("collection", "rm", "pay", home=home)
    assert call("pins", "ls", "--json", home=home).json == []


def test_forgotten_with_who_said_it(home: Path) -> None:
    """quoth forget takes what was pinned of a person's words, in every workspace."""
    with Store(home / "store.db") as store:
        Pins(store.database).add(pin(collection="pay", author_key=person_key("T1", "U1AB")), LetterEncoder())
    assert "Forgot 1 pinned answers of U1AB." in call("forget", "U1AB", home=home).err
    assert call("pins", "ls", "--json", home=home).json == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((QUESTION, "Yes.", "--by", "Ann"), messages.PIN_WHO),
        ((QUESTION, "Yes.", "--by", "Ann", "-c", "pay", "--workspace"), messages.PIN_WHO),
        ((QUESTION, "Yes.", "--by", "Ann", "-c", "nothing"), "There is no collection nothing"),
        ((QUESTION, "Yes.", "--by", "Ann", "--workspace"), "Which workspace?"),
        ((QUESTION, "...", "--by", "Ann", "-c", "pay"), "ANSWER needs words"),
        (("x" * 301, "Yes.", "--by", "Ann", "-c", "pay"), "QUESTION needs words"),
        ((QUESTION, "Yes."), "Missing option '--by'"),
        ((QUESTION, "Yes.", "--by", "Ann", "-c", "pay", "--link", "no link"), "--link is no link; expected"),
        (
            (QUESTION, "Yes.", "--by", "Ann", "-c", "pay", "--link", "https://x/\udcff"),
            "--link is https://x/\ufffd",
        ),
    ],
)
def test_what_is_refused(home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    """One line, exit code 2, and nothing is pinned."""
    said = call("pin", *arguments, home=home)
    assert said.code == 2
    assert complaint in said.complaint
    assert call("pins", "ls", "--json", home=home).json == []


def test_a_pin_is_for_the_name_as_it_is_written(home: Path) -> None:
    """A question about C++ has not the answer to the same one about C#, nor does a later pin hide that."""
    with Workplace(Settings(home=home)) as work:
        for name, answer in (("C#", "Ben does."), ("C++", "Ann does.")):
            pinned = NewPin(
                question=f"Who maintains the {name} library?", answer=answer, author="Ann", collection="pay"
            )
            work.pins.add(pinned, work.encoder)
        found = [work.pinned(f"who maintains the {name} library") for name in ("c#", "C++", "C")]
    assert [each and each.pin.answer for each in found] == ["Ben does.", "Ann does.", None]


def test_a_pin_is_found_by_what_its_words_mean_here(home: Path) -> None:
    with Workplace(Settings(home=home)) as work:
        work.pins.add(
            NewPin(question="Who is our DPO?", answer="Priya.", author="Ann", collection="pay"), work.encoder
        )
        assert work.pinned("Who is the data protection officer here?") is None
        work.synonyms.add(["DPO", "data protection officer"])
        assert work.pinned("Who is the data protection officer here?") is not None
        assert work.pinned("Where is the data protection officer?") is None
