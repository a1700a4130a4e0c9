"""Sentences."""

from __future__ import annotations

import re

import pytest
import sentencex
from hypothesis import given
from hypothesis import strategies as st

from retrieval import sentences as module
from retrieval.documents import DocumentBuilder
from retrieval.sentences import LONGEST, document_sentences, sentences
from retrieval.text import normalise

TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                "Dr.",
                "No.",
                "5",
                "1.",
                "e.g.",
                "This is one.",
                "Really?",
                "- ",
                "👍",
                "你好。",
                "x" * 1300,
                "\n",
                "Wait",
                "...",
                '"Yes."',
                "\u00a0",
            ]
        )
    ).map(" ".join),
)


@given(TEXTS)
def test_sentences_cover_all_text_in_order(text: str) -> None:
    """In order, not overlapping, none blank at an end, and every character that is not blank lies in one."""
    spans = sentences(text)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def merged_by_the_rule(text: str) -> list[tuple[int, int]]:
    """The rule itself, which looks at the whole piece again at each cut."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for piece in (*sentencex.get_sentence_boundaries("en", text), {"end_index": len(text)}):
        cut = int(piece["end_index"])
        whole = text[begin:cut].strip()
        start = begin + len(text[begin:cut]) - len(text[begin:cut].lstrip())
        end = start + len(whole)
        if whole and re.search(r"[^\W\d_]{2}", whole) and not module._is_unfinished(text, start, end):
            spans.append((start, end))
            begin = cut
    if rest := text[begin:].strip():
        start = text.index(rest, begin)
        spans.append((spans.pop()[0] if spans else start, start + len(rest)))
    return spans


FRAGMENTS = [
    "7 ",
    "8. ",
    "12.5! ",
    "a",
    "b ",
    "c. ",
    "Dr. ",
    "No. ",
    "ab! ",
    "Yes. ",
    "x. ",
    "- ",
    "\n\n",
    " ",
    "。",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | TEXTS)
def test_fragments_are_merged_as_by_looking_at_all_of_them(text: str) -> None:
    """That no character is looked at twice changes nothing of what comes out."""
    expected = [span for whole in merged_by_the_rule(text) for span in module._bounded(text, *whole)]
    assert sentences(text) == expected


class Watched:
    """The search for words, and how many characters it went over."""

    def __init__(self) -> None:
        self.characters = 0
        self._word = module._WORD

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        found = self._word.search(text, start, end)
        self.characters += (found.end() if found else end) - start
        return found


@pytest.mark.parametrize("part", ["12.5! ", "7 8 9. ", "a. b. ", "1.\n\n", "\n\n", "1. Dr. "])
def test_the_work_grows_with_the_text_only(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 300 kB without words hardly a character is searched twice, and all of it comes out."""
    monkeypatch.setattr(module, "_WORD", watched := Watched())
    text = part * (300_000 // len(part))
    whole = "".join(text[start:end] for start, end in sentences(text))
    assert watched.characters <= 2 * len(text)
    assert len("".join(whole.split())) == len("".join(text.split()))


@given(st.sampled_from(["word ", "x", "One. ", "你"]), st.integers(1, 6000))
def test_sentences_are_bounded(part: str, times: int) -> None:
    """No text, whatever it lacks, makes a sentence longer than the bound."""
    assert all(end - start <= LONGEST for start, end in sentences(part * times))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Ask Dr. Who about it. Then go.", ["Ask Dr. Who about it.", "Then go."]),
        ("See No. 5. The answer is No. It is.", ["See No. 5.", "The answer is No.", "It is."]),
        ("Use a tool, e.g. Slack. Done.", ["Use a tool, e.g. Slack.", "Done."]),
        ("1. Do this. 2. Do that.", ["1. Do this.", "2. Do that."]),
        ("It costs $1.50 a day. 👍", ["It costs $1.50 a day. 👍"]),
        ("你好吗。再见了。", ["你好吗。", "再见了。"]),
        ("...", ["..."]),
        (" ", []),
        ("4 wks. for staff and 2 mo. for temps. Go.", ["4 wks. for staff and 2 mo. for temps.", "Go."]),
        ("At most max. 10 days. Or min. 5 days. Go.", ["At most max. 10 days.", "Or min. 5 days.", "Go."]),
        ("Open 9 a.m. to 5 p.m. Monday to Friday. Go.", ["Open 9 a.m. to 5 p.m. Monday to Friday.", "Go."]),
        ("See Art. 6 para. 1 lit. b GDPR. Go.", ["See Art. 6 para. 1 lit. b GDPR.", "Go."]),
        ("Send it by 31. December 2024. Go.", ["Send it by 31. December 2024.", "Go."]),
        ("Between Mon. and Fri. the desk is open. Go.", ["Between Mon. and Fri. the desk is open.", "Go."]),
        ("There is no govt. contract. Go.", ["There is no govt. contract.", "Go."]),
        ("We have projects. npm is used.", ["We have projects.", "npm is used."]),
        ("We shut at 5 p.m. The desk stays.", ["We shut at 5 p.m.", "The desk stays."]),
    ],
)
def test_examples(text: str, expected: list[str]) -> None:
    """Fragments go with what follows, or at the end with what comes before."""
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_long_sentences_are_cut_at_blanks() -> None:
    """No word is torn where there is a blank to cut at."""
    text = normalise("word " * 1000)
    pieces = [text[start:end] for start, end in sentences(text)]
    assert " ".join(pieces) == text
    assert all(set(piece.split()) == {"word"} for piece in pieces)


def test_no_sentence_crosses_a_block_and_rows_stay_whole() -> None:
    """Blocks without a full stop are sentences by themselves; rows, headings and code are not cut."""
    builder = DocumentBuilder()
    builder.heading(1, "Is it so? Yes.")
    builder.block("item", ["First thing"])
    builder.block("item", ["Second. Third."])
    builder.block("row", ["Kind: annual. Days: 25."])
    builder.block("code", ["a = 1.", "B = 2."])
    document = builder.build("T")
    texts = [[document.text[start:end] for start, end in spans] for spans in document_sentences(document)]
    assert texts == [
        ["Is it so? Yes."],
        ["First thing"],
        ["Second.", "Third."],
        ["Kind: annual. Days: 25."],
        ["a = 1.\nB = 2."],
    ]
