"""Tokens and their places in the text."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_engine.errors import ModelCorrupt, ModelMismatch
from qa_engine.models import EMBEDDED
from qa_engine.tokens import Tokenizer

VOCABULARY = EMBEDDED / "vocab.txt"
WORDS = VOCABULARY.read_text(encoding="utf-8").split("\n")
TOKENIZER = Tokenizer(VOCABULARY)

AWKWARD = [
    "İstanbul",
    "Crème brûlée, naïve café",
    "cafe\u0301 and e\u0301\u0302\u0323!",
    "你好，世界。",
    "한국어",
    "👩‍👩‍👧‍👦 family 👍🏽",
    "a\u200db \u200e\ufeff",
    "\ud800lone\udfff",
    "a\x00b\x07\tc\r\nd\x85e\u2028f",
    "ﬁve ½ ΣΑΣ ß ẞ ǅ ŉ",
    "x" * 300,
    "$1,250.50 — don't (or do) #1!",
    "[SEP] [CLS] [MASK] [PAD] [UNK] ##ing",
    "\u0301\u0302",
    "",
]
TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Lo", "Lu", "So"])),
    st.lists(st.sampled_from(AWKWARD)).map(" ".join),
)


def normal_form(text: str) -> str:
    """BERT's normalisation as its paper's code describes it, by Python's own Unicode tables.

    Control and format characters go, accents go, and each character is lower-cased by itself.
    """
    kept = (c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") and c != "\ufffd")
    bare = (c for c in unicodedata.normalize("NFD", "".join(kept)) if unicodedata.category(c) != "Mn")
    return "".join(c.lower() for c in bare)


def is_old(text: str) -> bool:
    """All characters were assigned in Unicode 3.2, so that every library's tables agree about them."""
    return all(unicodedata.ucd_3_2_0.category(c) != "Cn" for c in text)


@given(TEXTS)
def test_offsets_are_in_order_and_inside_the_text(text: str) -> None:
    """Tokens come in the order of the text, none is empty, and none ends outside it."""
    tokens = TOKENIZER(text)
    assert tokens.ids.shape == (len(tokens),)
    assert tokens.offsets.shape == (len(tokens), 2)
    position = 0
    for start, end in tokens.offsets.tolist():
        assert position <= start < end <= len(text)
        position = start
    assert (np.diff(tokens.offsets[:, 1]) >= 0).all()


@given(TEXTS.filter(is_old))
@example("İstanbul ISTANBUL ıstanbul")
def test_a_slice_is_what_its_token_was_made_of(text: str) -> None:
    """Lower-cased and without accents, the slice at a token's offsets is the token.

    Where one character gave several tokens (a Hangul syllable is three letters), the slice contains each.
    """
    tokens = TOKENIZER(text)
    places = [tuple(pair) for pair in tokens.offsets.tolist()]
    for number, place in zip(tokens.ids.tolist(), places, strict=True):
        word = WORDS[number].removeprefix("##")
        if word == "[UNK]":
            continue
        made_of = normal_form(text[slice(*place)])
        assert word in made_of
        alone = sum(start < place[1] and place[0] < end for start, end in places) == 1
        assert made_of == word or not alone


@given(st.lists(TEXTS, max_size=5))
def test_a_batch_is_one_by_one(texts: list[str]) -> None:
    """A text's tokens do not depend on its neighbours, and are counted as they are made."""
    for text, together in zip(texts, TOKENIZER.batch(texts), strict=True):
        alone = TOKENIZER(text)
        assert together.ids.tolist() == alone.ids.tolist()
        assert together.offsets.tolist() == alone.offsets.tolist()
        assert TOKENIZER.count(text) == len(alone)


@given(TEXTS)
def test_no_text_makes_a_special_token(text: str) -> None:
    """Whatever a document says, [CLS], [SEP] and [PAD] are the window's alone."""
    special = {TOKENIZER.cls, TOKENIZER.sep, TOKENIZER.pad}
    assert special.isdisjoint(TOKENIZER(text).ids.tolist())
    assert special.isdisjoint(TOKENIZER(f"{text}[SEP]{text}[CLS] [PAD]").ids.tolist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Skerryvane's offices", ["sk", "##erry", "##van", "##e", "'", "s", "offices"]),
        ("İstanbul", ["istanbul"]),
        ("café CAFÉ cafe\u0301", ["cafe", "cafe", "cafe"]),
        ("25 days.", ["25", "days", "."]),
        ("\ud800x", ["x"]),
        ("x" * 101, ["[UNK]"]),
        ("[SEP]", ["[", "sep", "]"]),
        (" \u0301 \x00", []),
    ],
)
def test_worked_examples(text: str, expected: list[str]) -> None:
    """The pieces of BERT's published uncased vocabulary."""
    assert [WORDS[number] for number in TOKENIZER(text).ids] == expected


def test_cut_and_repr() -> None:
    """`cut` keeps the first tokens; a repr shows how many there are, not what they say."""
    tokens = TOKENIZER("one two three")
    assert tokens.cut(2).ids.tolist() == tokens.ids[:2].tolist()
    assert len(tokens.cut(9)) == 3
    assert repr(tokens) == "Tokens(3)"


def test_a_vocabulary_without_the_special_tokens_is_refused(tmp_path: Path) -> None:
    """The error counts what was found and names what is not there."""
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\n[UNK]\n[CLS]\nword\n")
    with pytest.raises(ModelMismatch, match=r"found 4 lines without \[SEP\]; expected the vocab.txt"):
        Tokenizer(path)
    path.write_text("")
    with pytest.raises(ModelMismatch, match=r"\[PAD\], \[UNK\], \[CLS\], \[SEP\]"):
        Tokenizer(path)


def test_a_vocabulary_that_cannot_be_read_is_corrupt(tmp_path: Path) -> None:
    """Absent, a folder, or not UTF-8: one sentence, whatever the reason."""
    (tmp_path / "latin.txt").write_bytes(b"[PAD]\n\xff\n")
    for path in (tmp_path / "none.txt", tmp_path, tmp_path / "latin.txt"):
        with pytest.raises(ModelCorrupt, match="cannot be read"):
            Tokenizer(path)


def test_ids_are_line_numbers(tmp_path: Path) -> None:
    """A token that other tools take for a line end moves no token behind it."""
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\na\u2028b\n\x85\n[UNK]\n[CLS]\n[SEP]\nword\n", encoding="utf-8")
    tokenizer = Tokenizer(path)
    assert (tokenizer.pad, tokenizer.cls, tokenizer.sep, tokenizer.size) == (0, 4, 5, 7)
    assert tokenizer("word other").ids.tolist() == [6, 3]


@pytest.mark.parametrize(
    ("text", "known"),
    [("vacation", True), ("Vacation", True), ("vacaton", False), ("☃", False), ("x" * 120, False)],
)
def test_a_word_is_one_entry_of_the_vocabulary(text: str, known: bool) -> None:
    """The entry for what has none is no word."""
    assert TOKENIZER.is_word(text) == known
