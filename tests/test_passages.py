"""Passages: the laws of the module's docstring."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import Document, DocumentBuilder
from retrieval.passages import Passage, estimate, passages
from retrieval.sentences import block_sentences, document_sentences

WORDS = st.integers(1, 12).map(lambda count: " ".join(["word"] * count) + ".")
PROSE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PARTS = st.lists(
    st.tuples(st.sampled_from(["heading", "paragraph", "item", "row", "code"]), PROSE, st.integers(1, 3)),
    max_size=25,
)


def _document(parts: list[tuple[str, str, int]]) -> Document:
    builder = DocumentBuilder()
    for kind, text, level in parts:
        if kind == "heading":
            builder.heading(level, text)
        else:
            builder.block(kind, [text])  # type: ignore[arg-type]
    return builder.build("T")


def _words(text: str) -> int:
    return len(text.split())


def _texts(document: Document, found: list[Passage]) -> list[str]:
    return [document.text[passage.start : passage.end] for passage in found]


@given(PARTS, st.integers(1, 40), st.integers(0, 3))
def test_every_sentence_lies_in_a_passage_of_its_section(
    parts: list[tuple[str, str, int]], size: int, overlap: int
) -> None:
    """Nothing but headings is left out, and no passage reaches beyond its section."""
    document = _document(parts)
    found = passages(document, measure=_words, size=size, overlap=overlap)
    for block, spans in zip(document.blocks, document_sentences(document), strict=True):
        for span in spans:
            holders = [passage for passage in found if span in passage.sentences]
            assert block.kind == "heading" or holders
            assert all(passage.section == block.section for passage in holders)


@given(PARTS, st.integers(1, 40), st.integers(0, 3))
def test_passages_are_whole_ordered_bounded_and_never_repeat(
    parts: list[tuple[str, str, int]], size: int, overlap: int
) -> None:
    """Each begins and ends with a sentence, goes beyond the one before, and holds `size` words at most."""
    document = _document(parts)
    found = passages(document, measure=_words, size=size, overlap=overlap)
    end = -1
    for passage in found:
        text = document.text[passage.start : passage.end]
        assert text
        assert text == text.strip()
        assert (passage.start, passage.end) == (passage.sentences[0][0], passage.sentences[-1][1])
        assert passage.end > end
        assert len(passage.sentences) == 1 or _words(text) <= size
        end = passage.end
    assert len({(passage.start, passage.end) for passage in found}) == len(found)
    shared = [len(set(one.sentences) & set(two.sentences)) for one, two in pairwise(found)]
    assert all(count <= overlap for count in shared)


@given(PARTS)
def test_each_sentence_is_measured_at_most_once(parts: list[tuple[str, str, int]]) -> None:
    """Measuring is the tokenizer's work; a growing prefix would make it quadratic."""
    document = _document(parts)
    measured: Counter[str] = Counter()

    def measure(text: str) -> int:
        measured[text] += 1
        return _words(text)

    passages(document, measure=measure, size=10)
    texts = Counter(
        document.text[start:end] for spans in document_sentences(document) for start, end in spans
    )
    assert measured <= texts


def test_neighbours_share_a_sentence() -> None:
    """The last sentence of a passage begins the next, so that an answer keeps what led to it."""
    one, two, three, four = "One word here.", "Two words here.", "Three words here.", "Four words here."
    document = _document([("paragraph", f"{one} {two} {three} {four}", 1)])
    assert _texts(document, passages(document, measure=_words, size=6)) == [
        f"{one} {two}",
        f"{two} {three}",
        f"{three} {four}",
    ]


def test_a_passage_ends_with_a_block_when_half_full() -> None:
    """A border between paragraphs is better than a fuller passage."""
    document = _document([("paragraph", "Aa bb cc. Dd ee ff.", 1), ("paragraph", "Gg hh ii. Jj kk ll.", 1)])
    assert _texts(document, passages(document, measure=_words, size=10, overlap=0)) == [
        "Aa bb cc. Dd ee ff.",
        "Gg hh ii. Jj kk ll.",
    ]


def test_a_list_stays_with_the_paragraph_that_introduces_it() -> None:
    """Items without their introduction answer nothing."""
    parts = [
        ("paragraph", "Aa bb cc dd ee ff.", 1),
        ("paragraph", "You need:", 1),
        ("item", "Gg hh", 1),
        ("item", "Ii jj", 1),
    ]
    document = _document(parts)
    assert _texts(document, passages(document, measure=_words, size=10, overlap=0)) == [
        "Aa bb cc dd ee ff.",
        "You need:\nGg hh\nIi jj",
    ]


def test_a_passage_from_amid_a_list_knows_what_introduces_it() -> None:
    """Else its words would be found and read as if they stood alone; the first passage has it in its text."""
    builder = DocumentBuilder()
    builder.block("paragraph", ["Read this. Never carry:"])
    for thing in ("cash", "gold", "keys:", "papers", "pets"):
        builder.block("item", [f"{thing} of others"], lists=(1,))
    builder.block("item", ["to the lab of ours at night"], lists=(1, 2))
    builder.block("paragraph", ["That is all there is."])
    document = builder.build("T")
    found = passages(document, measure=_words, size=8, overlap=0)
    leads = [[document.text[start:end] for start, end in passage.leads] for passage in found]
    assert _texts(document, found)[-2:] == ["to the lab of ours at night", "That is all there is."]
    assert leads == [[], ["Never carry:"], ["Never carry:"], ["Never carry:", "pets of others"], []]


@given(PARTS, st.integers(1, 40))
def test_what_leads_to_a_passage_stands_above_it(parts: list[tuple[str, str, int]], size: int) -> None:
    """Whole sentences of the same section, in order, and nothing of the passage itself."""
    document = _document(parts)
    known = {span: block for block in document.blocks for span in block_sentences(document, block)}
    for passage in passages(document, measure=_words, size=size):
        assert list(passage.leads) == sorted(passage.leads)
        for span in passage.leads:
            assert span[1] <= passage.start
            assert known[span].section == passage.section
            assert known[span].kind in {"paragraph", "item"}


def test_headings_are_in_no_passage_unless_they_are_all_there_is() -> None:
    """A heading is lost neither in a passage that repeats the path nor in an empty section."""
    document = _document(
        [("heading", "Top", 1), ("heading", "Empty", 2), ("heading", "Full", 2), ("paragraph", "Text.", 1)]
    )
    found = passages(document)
    assert _texts(document, found) == ["Empty", "Text."]
    assert document.sections[found[0].section].heading_path == ("Top", "Empty")
    assert passages(_document([])) == []


@pytest.mark.parametrize(("size", "overlap"), [(0, 1), (200, -1)])
def test_sizes_that_make_no_sense_are_refused(size: int, overlap: int) -> None:
    """The message names what was given."""
    with pytest.raises(ValueError, match=rf"not {size} and {overlap}"):
        passages(_document([]), size=size, overlap=overlap)


def test_the_estimate_is_near_a_word_piece_count() -> None:
    """Some 1.3 pieces a word, and never nothing."""
    assert estimate("") == 1
    assert estimate("You need to have been an employee for twelve months.") == 14
