"""quoth replay: what would change, told the same way each time."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import messages
from bot.asked import Asked, Place
from bot.audience import workspace_key
from bot.commands.replay import read_file
from bot.composition import Workplace
from bot.records.outcomes import outcome_to_json
from bot.records.questions import Found
from bot.records.records import Records
from bot.replay import NOTHING, Case, Replayed, Said, against, read_saved, recorded_cases, replay, saved
from bot.settings import Settings
from bot.views.replay import replay_lines
from retrieval.pins import NewPin
from retrieval.store import Store
from tests.command_line import call
from tests.stores import put

LAPTOPS = "When are laptops replaced?"
BIKES = "Where do bikes stand?"
MOON = "Who owns the moon?"
LOW = "0.001"  # the embedded reader is seldom sure of so little text
SAID = st.one_of(
    st.just(NOTHING),
    st.builds(Said, text=st.text(max_size=9), mark=st.sampled_from([None, "a 0-1"]), place=st.text(max_size=9),
              confidence=st.floats(0, 1)),
)  # fmt: skip
REPLAYED = st.builds(
    Replayed,
    case=st.builds(Case, question=st.text(max_size=30), before=st.one_of(st.none(), SAID), count=st.integers(1, 9),
                   collections=st.one_of(st.none(), st.lists(st.text(max_size=5), max_size=2).map(tuple))),
    now=SAID,
)  # fmt: skip


def record(
    home: Path,
    *questions: str,
    collections: list[str] | None = None,
    keep_text: bool = True,
    threshold: float = float(LOW),
) -> None:
    """Ask them as the bot does, and note what came of it."""
    records = Records(home / "records.db", keep_text=keep_text)
    with Workplace(Settings(home=home)) as work:
        for text in questions:
            asked = Asked(place=Place(team="T1", channel="C1"), person="U1", text=text, via="mention")
            outcome = work.ask(text, collections=collections, threshold=threshold)
            found = Found(outcome=outcome_to_json(outcome), asked_of=collections)
            records.answered(records.add(asked).id, 0, answer_ts=None, found=found)
    records.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
        put(store, "bikes.md", "Bikes stand in the yard behind the house.")
    record(tmp_path, LAPTOPS, BIKES, BIKES)
    record(tmp_path, MOON, threshold=1.0)
    return tmp_path


def test_nothing_changes_where_nothing_changed(home: Path) -> None:
    """Each question once; two runs differ in nothing; a page read in anew is the same answer."""
    first, second = (call("replay", "--threshold", LOW, "--json", home=home) for _ in range(2))
    assert first.out == second.out
    assert first.json["counts"] == {"gained": 0, "lost": 0, "different": 0, "same": 3}
    assert [each["count"] for each in first.json["questions"]] == [1, 2, 1]
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    assert call("replay", "--threshold", LOW, "--json", home=home).json["counts"]["same"] == 3
    assert call("replay", home=home).out == call("replay", home=home).out


def test_gained_lost_and_different(home: Path) -> None:
    """By the corpus and by the threshold, as Markdown with a summary."""
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after nine years.")
        put(store, "moon.md", "The moon is owned by Ada Moss.")
        (bikes,) = (document.id for document in store.documents() if document.path == "bikes.md")
        store.remove(bikes)
    found = call("replay", "--threshold", LOW, "--json", home=home).json
    changes = {each["question"]: each["change"] for each in found["questions"]}
    assert changes[LAPTOPS] == "different"
    assert changes[MOON] == "gained"
    before = {each["question"]: each["before"] for each in found["questions"]}
    assert before[LAPTOPS]["text"] == ""
    text = call("replay", "--threshold", "1", home=home).out
    assert text.startswith("## Replay of 3 questions\n\n| answered before | answered now |")
    assert "### Lost: an answer before, none now (2)" in text
    assert f"- `{BIKES}` (asked 2 times)\n  - before: {messages.REPLAY_GONE}" in text


def test_what_leans_is_judged_as_it_was(home: Path) -> None:
    """What answers the question before is no answer to "Why?", now as then; it is shown as it was read."""
    records = Records(home / "records.db")
    asked = Asked(place=Place(team="T1", channel="C1"), person="U1", text="Why?", via="mention")
    with Workplace(Settings(home=home)) as work:
        outcome = outcome_to_json(work.ask(MOON, threshold=1.0))
    (first,) = (each for each in records.since(0.0) if each.asked.text == LAPTOPS)
    why = records.add(asked)
    records.answered(why.id, 0, answer_ts=None, found=Found(outcome=outcome, leans_on=first.id))
    records.close()
    found = call("replay", "--threshold", LOW, "--json", home=home).json
    changes = {each["question"]: each["change"] for each in found["questions"]}
    assert changes[f"{LAPTOPS} Why?"] == "same"


def pin(home: Path, *, answer: str = "Nobody does.", collection: str = "default") -> None:
    call("pin", MOON, answer, "--by", "Ada", "-c", collection, home=home)


def test_pinned_answers_come_first(home: Path) -> None:
    """Gained with a pin, lost without it, different with another; of a collection not asked, none.  Twice the same."""
    with Store(home / "store.db") as store:
        put(store, "board.md", "The board meets in spring.", collection="board")
    record(home, MOON, collections=["default"], threshold=1.0)

    def replayed(*more: str) -> str:
        first, second = (call("replay", "--threshold", "1", *more, home=home).out for _ in range(2))
        assert first == second
        return first

    pin(home, collection="board")
    assert "- `Who owns the moon?`\n  - now: `Nobody does.`, `pinned answer of Ada`" in replayed()
    assert replayed().count("pinned answer of Ada") == 1  # it was asked of all collections, and of one
    pin(home)
    assert replayed().count("pinned answer of Ada") == 2
    kept = home / "kept.jsonl"
    replayed("--save", str(kept))
    assert "pinned answer" not in replayed("--against", str(kept))
    call("pins", "rm", "2", home=home)
    assert "### Lost: an answer before, none now (1)" in replayed("--against", str(kept))
    pin(home, answer="All of us.")
    assert "### Different answers (2)" in replayed("--against", str(kept))


def test_what_was_pinned_when_it_was_asked(home: Path) -> None:
    """Before is what the person had said, then; it is lost when it was removed since."""
    pin(home)
    (home / "records.db").unlink()
    records = Records(home / "records.db")
    asked = Asked(place=Place(team="T1", channel="C1"), person="U1", text=MOON, via="mention")
    with Workplace(Settings(home=home)) as work:
        outcome = outcome_to_json(work.ask(MOON, threshold=1.0))
    records.answered(records.add(asked).id, 0, answer_ts=None, found=Found(outcome=outcome, pin=1))
    records.close()
    assert call("replay", "--threshold", "1", "--json", home=home).json["counts"]["same"] == 1
    call("pins", "rm", "1", home=home)
    text = call("replay", "--threshold", "1", home=home).out
    assert f"- `{MOON}`\n  - before: {messages.REPLAY_PIN_GONE}" in text


def test_workspaces_are_asked_apart(home: Path, tmp_path: Path) -> None:
    """A pin for one workspace is nothing that the other one gained or lost; a saved replay knows them apart."""
    records = Records(home / "records.db")
    with Workplace(Settings(home=home)) as work:
        pinned = NewPin(question=MOON, answer="Nobody does.", author="Ada", open_to=workspace_key("T1"))
        work.pins.add(pinned, work.encoder)
        outcome = outcome_to_json(work.ask(MOON, threshold=1.0))
        for team, number in (("T1", 1), ("T1", 1), ("T2", None)):
            asked = Asked(place=Place(team=team, channel="C1"), person="U1", text=MOON, via="mention")
            found = Found(outcome=outcome, pin=number, asked_of=["default"])
            records.answered(records.add(asked).id, 0, answer_ts=None, found=found)
        questions = [each for each in map(records.question, range(1, 9)) if each is not None]
        cases = [case for case in recorded_cases(work, questions) if case.collections is not None]
        again = replay(work, cases, passages=5, threshold=1.0)
    records.close()
    assert [(case.team, case.count) for case in cases] == [("T1", 2), ("T2", 1)]
    assert [(each.case.team, each.now.text, each.change) for each in again] == [
        ("T1", "Nobody does.", "same"), ("T2", None, "same"),
    ]  # fmt: skip
    assert against(cases, read_saved(saved(again))) == [
        replace(case, before=each.now) for case, each in zip(cases, again, strict=True)
    ]


def test_asked_of_what_it_was_asked_of(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A collection that the question was not asked of changes nothing; another home's documents do."""
    other = tmp_path_factory.mktemp("other")
    with Store(other / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    record(other, LAPTOPS, collections=["default"])
    with Store(other / "store.db") as store:
        put(store, "board.md", "Laptops are replaced after one year.", collection="board")
    assert call("replay", "--threshold", LOW, "--json", home=other).json["counts"]["same"] == 1
    found = call("replay", "--corpus", other, "--threshold", LOW, "--json", home=home).json
    assert {each["question"]: each["change"] for each in found["questions"]}[BIKES] != "same"


def test_a_file_against_an_earlier_replay(home: Path) -> None:
    """Plain lines or JSON; saved and compared line by line; new questions are called so."""
    file, kept = home / "questions.txt", home / "kept.jsonl"
    file.write_text(f'{LAPTOPS}\n\n{{"question": "{BIKES}"}}\n')
    text = call("replay", file, "--threshold", LOW, "--save", kept, home=home).out
    assert messages.REPLAY_NOTHING_BEFORE in text
    again = home / "again.jsonl"
    call("replay", file, "--threshold", LOW, "--save", again, home=home)
    assert kept.read_bytes() == again.read_bytes()
    file.write_text(f"{LAPTOPS}\n{BIKES}\n{MOON}\n")
    text = call("replay", file, "--against", kept, "--threshold", "1", home=home).out
    assert "| 2 | 0 | 0 | 2 | 0 | 0 |" in text
    assert messages.REPLAY_NEW.format(questions="1 question") in text


def test_without_words(tmp_path: Path) -> None:
    """Where words are not kept, it says so, and that nothing is left to ask."""
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    record(tmp_path, LAPTOPS, keep_text=False)
    said = call("replay", home=tmp_path)
    assert said.code == 1
    assert said.err.splitlines() == [
        messages.REPLAY_WITHOUT_WORDS.format(count=1), f"quoth: {messages.REPLAY_NONE}"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "arguments", "complaint"),
    [
        ("", (), "has no questions"),
        ('{"query": "x"}', (), "line 1: expected"),
        ('{"question": null}', (), "line 1: expected"),
        ('{"question": ["a"]}', (), "line 1: expected"),
        ('{"question": " "}', (), "line 1: expected"),
        (LAPTOPS, ("--against", "questions.txt"), "nothing that quoth replay --save wrote"),
        (LAPTOPS, ("-c", "nothing"), "There is no collection nothing"),
    ],
)
def test_what_is_refused(home: Path, content: str, arguments: tuple[str, ...], complaint: str) -> None:
    """One line, exit code 2."""
    file = home / "questions.txt"
    file.write_text(content)
    said = call("replay", file, *(file if each == file.name else each for each in arguments), home=home)
    assert said.code == 2
    assert complaint in said.complaint
    assert messages.REPLAY_COLLECTIONS in call("replay", "-c", "default", home=home).complaint


@pytest.mark.parametrize(
    "damage",
    [{"count": float("inf")}, {"count": "1"}, {"now": {"text": 5}}, {"now": {"text": "a", "confidence": "b"}},
     {"question": None}, {"collections": [1]}, {"now": {"text": "a", "other": 1}}],
    ids=str,
)  # fmt: skip
def test_a_damaged_replay_is_none(damage: dict[str, object]) -> None:
    """Whatever else stands in it is told as that, where the file is read."""
    good = {"question": "When?", "collections": None, "count": 1, "now": {"text": None}}
    assert len(read_saved(json.dumps(good))) == 1
    with pytest.raises((ValueError, TypeError)):
        read_saved(json.dumps(good | damage))


def test_a_mark_before_the_first_line_is_none_of_it(tmp_path: Path) -> None:
    """Some editors begin UTF-8 with one."""
    file = tmp_path / "questions.jsonl"
    file.write_bytes(codecs.BOM_UTF8 + json.dumps({"question": LAPTOPS}).encode())
    assert read_file(file) == [LAPTOPS]


@given(st.lists(REPLAYED, max_size=6))
def test_saved_comes_back_and_the_report_adds_up(replayed: list[Replayed]) -> None:
    """Whatever is in it; a line for each question that changes, and no line that could ping or format."""
    again = read_saved(saved(replayed))
    assert [each.now for each in again] == [each.now for each in replayed]
    assert [each.case.question for each in again] == [each.case.question for each in replayed]
    assert saved(again) == saved(replayed)
    lines = list(replay_lines(replayed, compared=True))
    changed = [each for each in replayed if each.change != "same"]
    assert sum(line.startswith("- `") for line in lines) == len(changed)
    assert all("\n" not in line for line in lines)
    assert json.dumps(lines)
