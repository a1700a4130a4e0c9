"""quoth eval retrieval and open: of SQuAD's paragraphs and of one's own documents, and how much is read."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from bot import messages
from bot.commands.demo import sample_questions
from qa_engine.reader import WINDOWS_AT_ONCE
from qa_engine.squad import normalise_answer
from retrieval.evaluation import JudgedQuestion
from retrieval.store import Store
from tests.command_line import call
from tests.stores import put

PLACES = {"Library_of_Bergen": "nine", "Canteen_of_Porto": "eleven", "Pool_of_Ghent": "seven"}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Paragraphs of which only the titles say what they are about."""
    lines = []
    for title, hour in PLACES.items():
        context = f"It opens at {hour} and is closed on Sundays."
        lines.append(
            {
                "id": title,
                "title": title,
                "context": context,
                "question": f"When does the {title.replace('_', ' ')} open?",
                "answers": [{"text": hour, "answer_start": context.index(hour)}],
            }
        )
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def test_titles_find_what_the_paragraphs_do_not_name(rows: Path) -> None:
    """With them every right passage is the first, by words alone; all are found among five either way."""
    bare = call("eval", "retrieval", rows, "--no-vectors", "--json").json
    named = call("eval", "retrieval", rows, "--no-vectors", "--titles", "--json").json
    assert (bare["questions"], bare["documents"], bare["passages"]) == (3, 3, 3)
    assert bare["bm25_recall@1"] == pytest.approx(1 / 3, abs=1e-3)
    assert named["bm25_recall@1"] == named["bm25_mrr"] == 1.0
    assert bare["bm25_recall@5"] == named["bm25_recall@5"] == 1.0
    assert not [name for name in named if name.startswith("fused")]


def test_with_vectors_there_are_three_ways(rows: Path, tmp_path: Path) -> None:
    """By words, by meaning, by both, and a plot of them; a kept base is used again."""
    plot, kept = tmp_path / "recall.svg", tmp_path / "kept"
    first = call("eval", "retrieval", rows, "--titles", "--keep", kept, "--plot", plot, "--json").json
    for way in ("bm25", "encoder", "fused"):
        assert first[f"{way}_recall@1"] == 1.0
    assert plot.read_text().startswith("<svg")
    again = call("eval", "retrieval", rows, "--titles", "--keep", kept, "--limit", "1", "--json").json
    assert (again["questions"], again["fused_recall@1"]) == (1, 1.0)


def test_words_alone_of_what_is_kept_with_vectors(rows: Path, tmp_path: Path) -> None:
    """The vectors stay, and are not looked at."""
    kept = tmp_path / "kept"
    both = call("eval", "retrieval", rows, "--keep", kept, "--json").json
    alone = call("eval", "retrieval", rows, "--keep", kept, "--no-vectors", "--json").json
    assert [name for name in both if name.startswith("fused")]
    assert not [name for name in alone if name.startswith(("fused", "encoder"))]
    again = call("eval", "retrieval", rows, "--keep", kept, "--json").json
    timeless = [{k: v for k, v in each.items() if not k.endswith("milliseconds")} for each in (both, again)]
    assert timeless[0] == timeless[1]


def test_what_is_kept_never_takes_the_place_of_documents(rows: Path, tmp_path: Path) -> None:
    """A folder that holds any, in whatever collection, is refused, and they stay."""
    page, kept = tmp_path / "page.md", tmp_path / "kept"
    page.write_text("Laptops are replaced after four years.")
    for collection in ("staff", "eval"):
        call("ingest", page, "-c", collection, "--no-vectors", home=kept)
        before = call("ls", "--json", home=kept).json
        for kind in ("retrieval", "open"):
            said = call("eval", kind, rows, "--no-vectors", "--keep", kept)
            assert (said.code, said.out) == (2, "")
            assert f"{kept} holds documents of {collection}; --keep needs a folder" in said.complaint
        assert call("ls", "--json", home=kept).json == before
        call("collection", "rm", collection, home=kept)


@pytest.fixture
def own(handbook_home: Path, tmp_path: Path) -> Path:
    """Questions about the sample handbook, with the paths that `quoth ls` shows, and one without an answer."""
    paths = [document["path"] for document in call("ls", "--json", home=handbook_home).json]
    asked = [
        {"question": each.question, "answer": each.answer, "document": path}
        for each in sample_questions()[:4]
        for path in paths
        if each.document is not None and path.endswith(each.document)
    ]
    assert len(asked) == 4
    file = tmp_path / "own.jsonl"
    asked.append({"question": "What does the moon weigh?", "answer": None})
    file.write_text("".join(f"{json.dumps(line)}\n" for line in asked))
    return file


def test_ones_own_documents(handbook_home: Path, own: Path) -> None:
    """The same questions, with the same paths: what is found, what is read, what is answered."""
    found = call("eval", "retrieval", own, "--json", home=handbook_home).json
    assert (found["questions"], found["fused_recall@20"]) == (4, 1.0)
    answered = call("eval", "open", own, "--json", home=handbook_home).json
    assert (answered["questions"], answered["answerable"]) == (5, 4)
    assert answered["passages"] == found["passages"]
    assert answered["answer_passage_read"] == 100.0
    assert answered["right"] >= 50.0
    fewer = call("eval", "open", own, "--answerable", "--sample", "2", "--json", home=handbook_home).json
    assert (fewer["questions"], fewer["answerable"]) == (2, 2)


def test_what_belongs_to_rows_is_refused_for_ones_own(handbook_home: Path, own: Path, tmp_path: Path) -> None:
    """It would do nothing; and one's own questions are known by their first line, whatever the file is called."""
    renamed = own.rename(own.with_suffix(".json"))
    for option in (("--titles",), ("--keep", tmp_path / "kept"), ("--with", renamed)):
        said = call("eval", "open", renamed, *option, home=handbook_home)
        assert (said.code, said.complaint) == (2, f"quoth: {messages.OWN_QUESTIONS_ALONE}")
    assert call("eval", "retrieval", renamed, "--json", home=handbook_home).json["questions"] == 4


def test_words_that_name_the_passage(handbook_home: Path, own: Path) -> None:
    """Where an answer stands in several passages, others of its words tell which is meant."""
    asked = [
        json.loads(line) | {"passage": "words that stand nowhere"} for line in own.read_text().splitlines()
    ]
    own.write_text("".join(f"{json.dumps(line)}\n" for line in asked))
    assert call("eval", "retrieval", own, "--json", home=handbook_home).json["fused_recall@50"] == 0.0
    read = call("eval", "open", own, "--threshold", "0", "--json", home=handbook_home).json
    assert read["answer_passage_read"] == 0.0
    assert read["right"] >= 50.0  # an answer is judged by what it says


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"document": None}, "line 2: expected"),
        ({"document": " "}, "line 2: expected"),
        ({"answer": {"text": "nine", "start": 3}}, "line 2: expected"),
        ({"passage": {"text": "nine"}}, "line 2: expected"),
        (
            {"document": "annual-leav.md"},
            "names documents that are not stored (line 2: annual-leav.md); quoth",
        ),
    ],
)
def test_a_slip_in_the_file_is_no_failure_of_retrieval(
    handbook_home: Path, own: Path, wrong: dict[str, object], words: str
) -> None:
    """It is named with its line, as the others of its kind, the first three of them."""
    lines = own.read_text().splitlines()
    slip = json.dumps(json.loads(lines[1]) | wrong)
    own.write_text("\n".join([lines[0], slip, *lines[2:]]))
    for kind in ("open", "retrieval"):
        said = call("eval", kind, own, home=handbook_home)
        assert (said.code, said.out) == (2, "")
        assert words in said.complaint
    if "not stored" in words:
        own.write_text("\n".join([slip] * 5))
        assert (
            "line 3: annual-leav.md; and 2 more)" in call("eval", "open", own, home=handbook_home).complaint
        )


def test_of_an_empty_home_and_of_questions_without_answers(
    own: Path, handbook_home: Path, tmp_path: Path
) -> None:
    """Each is one line."""
    for kind in ("open", "retrieval"):
        said = call("eval", kind, own, home=tmp_path / "empty")
        assert (said.code, said.out) == (1, "")
        assert "quoth ingest" in said.complaint
    own.write_text(own.read_text().splitlines()[-1])
    said = call("eval", "retrieval", own, home=handbook_home)
    assert (said.code, said.complaint) == (2, f"quoth: {own} has no question that has an answer.")


def test_a_mark_before_the_first_line_is_none_of_it(own: Path, rows: Path, handbook_home: Path) -> None:
    """Some editors begin UTF-8 with one."""
    for file in (own, rows):
        file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())
        said = call("eval", "retrieval", file, "--no-vectors", "--json", home=handbook_home)
        assert (said.code, said.err) == (0, "")


def test_the_reader_reads_the_titles(rows: Path) -> None:
    """Asked of everything, too, the passage that the title names is the one that answers."""
    figures = call("eval", "open", rows, "--titles", "--no-vectors", "--threshold", "0", "--json").json
    assert figures["answer_passage_read"] == 100.0
    assert figures["right"] == 100.0


def test_as_much_is_read_as_with_the_threshold(tmp_path: Path) -> None:
    """Reading ends where an answer is sure enough, but never before the threshold asked for."""
    lines = [
        {
            "id": str(room),
            "title": "",
            "context": f"Room {room} of the library in Bergen opens at nine.",
            "question": f"When does room {room} of the library in Bergen open?",
            "answers": [{"text": "nine", "answer_start": 0}],
        }
        for room in range(200, 220)
    ]
    file = tmp_path / "rooms.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    ways = ("eval", "open", file, "--no-vectors", "--sample", "2", "--json")
    soon, late = (call(*ways, "--threshold", threshold).json for threshold in ("0.1", "1"))
    assert (soon["passages_read"], late["passages_read"]) == (WINDOWS_AT_ONCE, 20)
    assert soon["answer_passage_read"] == late["answer_passage_read"] == 100.0


def test_an_answer_stands_in_whole_words(tmp_path: Path) -> None:
    """ "ten" is not in "often", nor "5" in "25 days"; of another document it is none."""
    with Store(tmp_path / "store.db") as store:
        (passage,) = store.passages_of(put(store, "a.md", "It often takes 25 days, or C++."))

    def judged(*answers: str, path: str = "a.md") -> bool:
        return JudgedQuestion("How long?", path, answers).is_answered_by(passage, normalise_answer)

    assert [judged(each) for each in ("ten", "5", "5 days", "25 day", "")] == [False] * 5
    assert [judged(each) for each in ("25", "25 days", "The 25 days!", "often", "c++")] == [True] * 5
    assert judged("ten", "25")
    assert not judged("25", path="b.md")
