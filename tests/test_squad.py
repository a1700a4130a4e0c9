"""SQuAD's rows and metrics."""

from __future__ import annotations

import json
import lzma
import math
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.errors import EngineError
from qa_engine.squad import (
    Reference,
    SquadResult,
    SquadRow,
    best_threshold,
    evaluate,
    exact,
    f1,
    normalise_answer,
    read_rows,
    scores,
)

GOLD = [
    "Denver Broncos",
    "the Carolina Panthers",
    "24–10",
    "25 days a year",
    "a 'golden anniversary', of sorts",
    "An apple; the (other) one",
    "$1,200.50",
    "İzmir",
    "The",
]


def official_words(answer: str) -> list[str]:
    """The definition in the SQuAD v1.1 paper and its script, told step by step.

    Lower the case; drop each of ASCII's 32 punctuation marks; put a blank where a, an or the stands as a
    word by itself; what blanks separate are the words.
    """
    marks = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    letters = "".join(character for character in answer.lower() if character not in marks)
    for article in ("a", "an", "the"):
        letters = re.sub(rf"(?<!\w){article}(?!\w)", " ", letters)
    return letters.split()


def official_exact(answer: str, reference: str) -> float:
    return 1.0 if official_words(answer) == official_words(reference) else 0.0


def official_f1(answer: str, reference: str) -> float:
    """Each word of the answer may be matched with one like word of the reference."""
    found, left = official_words(answer), official_words(reference)
    expected = len(left)
    matched = 0
    for word in found:
        if word in left:
            left.remove(word)
            matched += 1
    return 2 * matched / (len(found) + expected) if matched else 0.0


def perturbed(generator: random.Random) -> str:
    """A gold answer with words lost, doubled, moved, capitalised, punctuated and led by articles."""
    words = generator.choice(GOLD).split()
    for _ in range(generator.randrange(4)):
        place = generator.randrange(len(words))
        match generator.randrange(6):
            case 0 if len(words) > 1:
                del words[place]
            case 1:
                words.insert(place, words[generator.randrange(len(words))])
            case 2:
                generator.shuffle(words)
            case 3:
                words[place] = words[place].swapcase()
            case 4:
                words[place] += generator.choice([".", ",", "-", "'s", "…"])
            case _:
                words.insert(place, generator.choice(["the", "a", "an", "The", "\t", "then"]))
    return " ".join(words)


def row(*references: str, context: str = "") -> SquadRow:
    context = context or " ".join(references)
    return SquadRow(
        id="1",
        title="T",
        context=context,
        question="?",
        references=tuple(Reference(text, context.index(text)) for text in references),
    )


def test_gold_answers_score_one() -> None:
    """Whoever answers as an annotator did has 100 exact match and 100 F1, by any of several annotators."""
    rows = [row(gold, "something else") for gold in GOLD if gold != "The"]
    result = evaluate(rows, [(each.references[0].text, 1.0) for each in rows])
    assert (result.exact, result.f1, result.kept) == (1.0, 1.0, 1.0)


def test_the_official_metric_agrees_on_perturbed_answers() -> None:
    """200 answers, each against every gold answer: equal to the definition, written down independently."""
    generator = random.Random(7)
    answers = [perturbed(generator) for _ in range(200)]
    for answer in answers:
        for gold in GOLD:
            assert exact(answer, gold) == official_exact(answer, gold)
            assert f1(answer, gold) == pytest.approx(official_f1(answer, gold))
        em, overlap = scores(answer, GOLD)
        assert em == max(official_exact(answer, gold) for gold in GOLD)
        assert overlap == pytest.approx(max(official_f1(answer, gold) for gold in GOLD))


@given(st.text(), st.text())
def test_the_official_metric_agrees_on_any_text(answer: str, reference: str) -> None:
    """Nothing in Unicode makes the two part."""
    assert normalise_answer(answer).split() == official_words(answer)
    assert exact(answer, reference) == official_exact(answer, reference)
    assert f1(answer, reference) == pytest.approx(official_f1(answer, reference))


@pytest.mark.parametrize(
    ("answer", "reference", "em", "overlap"),
    [
        ("The Denver Broncos!", "Denver Broncos", 1, 1),
        ("Broncos", "Denver Broncos", 0, 2 / 3),
        ("Denver Denver", "Denver Broncos", 0, 1 / 2),
        ("the gold of the anniversary", "golden anniversary", 0, 2 / 5),
        ("it's", "its", 1, 1),
        ("well-known", "well known", 0, 0),
        ("the theatre", "theatre", 1, 1),
        ("", "something", 0, 0),
        ("the", "a", 1, 0),
        ("", "", 1, 0),
    ],
)
def test_worked_examples(answer: str, reference: str, em: float, overlap: float) -> None:
    """By hand; two answers without a word are the same and share none, as in the script of v1.1."""
    assert exact(answer, reference) == em
    assert f1(answer, reference) == pytest.approx(overlap)


def test_abstaining_is_counted_by_itself() -> None:
    """Exact match and F1 judge the best span, given or not; `kept` and `abstained` judge the decision."""
    rows = [row("Denver Broncos"), row("Carolina"), row(context="x"), row(context="y"), row(context="z")]
    answers = [("Denver", -1.0), ("Carolina", 3.0), ("wrong", 2.0), ("", -2.0), ("y", -3.0)]
    assert evaluate(rows, answers) == SquadResult(
        answerable=2,
        exact=0.5,
        f1=(2 / 3 + 1) / 2,
        unanswerable=3,
        kept=0.5,
        abstained=2 / 3,
        f1_all=(0 + 1 + 0 + 1 + 1) / 5,
        auroc=5 / 6,  # of six pairs only (Denver, wrong) stands the wrong way round
    )


SCORED = st.lists(
    st.tuples(st.booleans(), st.integers(-3, 3), st.sampled_from(["x", "a b", "b"])), max_size=9
)


@given(SCORED)
def test_the_best_threshold_is_the_best_of_all(drawn: list[tuple[bool, int, str]]) -> None:
    """No other threshold has a better F1 over all questions: tried one by one."""
    rows = [row("a b") if answerable else row(context="x") for answerable, _, _ in drawn]
    answers = [(text, float(score)) for _, score, text in drawn]
    found = evaluate(rows, answers, threshold=best_threshold(rows, answers)).f1_all
    tried = [
        evaluate(rows, answers, threshold=t).f1_all for t in (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
    ]
    assert found == (None if not rows else pytest.approx(max(each for each in tried if each is not None)))


@given(SCORED, st.integers(1, 4))
def test_a_share_of_answers_is_as_if_there_were_so_many(
    drawn: list[tuple[bool, int, str]], times: int
) -> None:
    """The unanswerable questions counted more, and put more often, have the same best threshold."""
    once = [row("a b") if answerable else row(context="x") for answerable, _, _ in drawn]
    said = [(text, float(score)) for _, score, text in drawn]
    more = [number for number, each in enumerate(once) if not each.answerable] * (times - 1)
    often, answers = once + [once[n] for n in more], said + [said[n] for n in more]
    share = sum(each.answerable for each in often) / len(often) if often else None
    found = evaluate(often, answers, threshold=best_threshold(once, said, answerable=share)).f1_all
    best = evaluate(often, answers, threshold=best_threshold(often, answers)).f1_all
    assert found == (None if best is None else pytest.approx(best))


def test_a_threshold_is_a_number_whatever_was_read() -> None:
    """Also where nothing was found to answer with, and where no question has an answer."""
    rows = [row("a b"), row(context="x"), row(context="x")]
    answers = [("a b", 2.0), ("", -math.inf), ("", -math.inf)]
    assert -math.inf < best_threshold(rows, answers) < 2.0
    assert math.isfinite(best_threshold(rows[1:], answers[1:]))
    silent = best_threshold(rows, answers, answerable=0.0)
    assert evaluate(rows, answers, threshold=silent).abstained == 1.0
    assert evaluate(rows, answers, threshold=silent).kept == 0.0


def test_nothing_measured_is_none_not_zero() -> None:
    """No row of a kind: no figure of that kind; and as many answers as rows are needed."""
    assert evaluate([], []) == SquadResult(answerable=0, exact=None, f1=None)
    assert evaluate([row(context="x")], [("", -1.0)]).exact is None
    with pytest.raises(ValueError, match="zip"):
        evaluate([row("a b")], [])


CONTEXT = "Super Bowl 50 was won by the Denver Broncos."
V1: dict[str, Any] = {
    "version": "1.1",
    "data": [
        {
            "title": "Super_Bowl_50",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "56be4db0acb8001400a502ec",
                            "question": "Who won?",
                            "answers": [
                                {"answer_start": 29, "text": "Denver Broncos"},
                                {"answer_start": 25, "text": "the Denver Broncos"},
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


def test_official_json_of_version_1(tmp_path: Path) -> None:
    """Articles, paragraphs and questions become flat rows; each reference is a slice of its context."""
    path = tmp_path / "dev-v1.1.json"
    path.write_text(json.dumps(V1))
    (found,) = read_rows(path)
    assert (found.id, found.title, found.question) == (
        "56be4db0acb8001400a502ec",
        "Super_Bowl_50",
        "Who won?",
    )
    assert [reference.text for reference in found.references] == ["Denver Broncos", "the Denver Broncos"]
    for reference in found.references:
        assert found.context[reference.start : reference.start + len(reference.text)] == reference.text


def test_official_json_of_version_2(tmp_path: Path) -> None:
    """`is_impossible` means no reference, whatever `plausible_answers` or `answers` say."""
    data = json.loads(json.dumps(V1))
    questions = data["data"][0]["paragraphs"][0]["qas"]
    questions[0]["is_impossible"] = False
    plausible = [{"answer_start": 29, "text": "Denver Broncos"}]
    questions.append({"id": 2, "question": "Who lost?", "is_impossible": True, "answers": plausible})
    questions.append({"id": 3, "question": "Who sang?", "is_impossible": True, "answers": []})
    path = tmp_path / "dev-v2.0.json"
    path.write_text(json.dumps(data))
    assert [each.answerable for each in read_rows(path)] == [True, False, False]
    assert [each.id for each in read_rows(path)][1:] == ["2", "3"]


LINE = {
    "id": "a",
    "title": "T",
    "context": "one\u2028two\x85three",
    "question": "Second?",
    "answers": [{"text": "two", "answer_start": 4}],
    "source": "hand",
}


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.xz", "rows.json.xz"])
def test_lines_and_packed_files(tmp_path: Path, name: str) -> None:
    """JSON lines hold one question each, blank lines none; .xz is unpacked; a Unicode line separator
    inside a string is part of the string."""
    lines = "\n\n".join(json.dumps(each, ensure_ascii=False) for each in (LINE, {**LINE, "id": "b"})) + "\n"
    data = (lines if "jsonl" in name else json.dumps(V1)).encode()
    path = tmp_path / name
    path.write_bytes(lzma.compress(data) if name.endswith(".xz") else data)
    found = read_rows(path)
    if "jsonl" in name:
        assert [each.id for each in found] == ["a", "b"]
        assert found[0].source == "hand"
        assert found[0].context[4:7] == found[0].references[0].text == "two"
    else:
        assert [each.title for each in found] == ["Super_Bowl_50"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b'{"data": 1}'),
        ("a.json", b'{"data": [{"paragraphs": [{"qas": [{"id": 1}]}]}]}'),
        ("a.json", b"\xff\xfe"),
        ("a.json", b"[" * 200_000),
        ("a.jsonl", b'{"id": 1}'),
        ("a.jsonl", b"[1]"),
        ("a.jsonl", b'"a string"'),
        ("a.jsonl", b'{"id": 1, "context": null, "question": "When?", "answers": []}'),
        ("a.jsonl", b'{"id": 1, "context": "At nine.", "question": 7, "answers": []}'),
        ("a.jsonl", b'{"id": 1, "context": "At nine.", "question": "When?", "answers": [], "title": 5}'),
        (
            "a.jsonl",
            b'{"id": 1, "context": "a", "question": "b", "answers": [{"text": null, "answer_start": 0}]}',
        ),
        ("a.jsonl.xz", b"no xz"),
        ("a.json.xz", lzma.compress(b"{}" * 99)[:-20]),
    ],
)
def test_what_is_no_squad_data_gets_one_line(tmp_path: Path, name: str, data: bytes) -> None:
    """Bad JSON, the wrong shape, a wrong encoding, a cut file: an EngineError of one line with the path."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(EngineError, match="is not SQuAD data") as caught:
        read_rows(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_gets_one_line(tmp_path: Path) -> None:
    """Absent, or a folder."""
    with pytest.raises(EngineError, match="cannot be read: No such file"):
        read_rows(tmp_path / "none.json")
    with pytest.raises(EngineError, match="cannot be read: Is a directory"):
        read_rows(tmp_path)
