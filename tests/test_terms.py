"""Terms: one function for passages and questions, safe on any text."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import MAX_QUESTION_TERMS, MAX_TERM_LENGTH, STOP_WORDS, question_terms, terms

# Lone surrogates included; without the unassigned, some of which are Han to a newer Unicode.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cn"]), max_size=80)
WORDY = st.text(st.sampled_from("aAeszéßİ'’-‑.,()09 \n有カ한\u00ad\u0301"), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The company's policies", "the compani polici"),
        ("the company’s COMPANIES’ policy", "the compani compani polici"),
        ("on-call and e‑mail", "on call oncal and e mail email"),
        ("state-of-the-art", "state of the art stateoftheart"),
        ("2024-01-15, INC-7", "2024 01 15 inc 7 inc7"),
        ("a 401(k), 401(k)s", "a 401 k 401k 401 ks 401ks"),
        ("section 12(b)(2)", "section 12 b 12b 2"),
        ("$1,500,000 or 1,50 or 3.5 days.", "1500000 or 1 50 or 3.5 day"),
        ("v2.1.3 costs 7.", "v2.1.3 cost 7"),
        ("CAFÉ İstanbul Straße ﬁle m²", "cafe istanbul strass file m2"),
        ("co\u00adoperate", "cooper"),
        ("don't 'quote' --dash-- it's", "don't quot dash it"),
        ("有給休暇 税 VPN接続", "有給 給休 休暇 税 vpn 接続"),
        ("がぎぐ 한국어 문서", "がぎ ぎぐ 한국 국어 문서"),
        ("snake_case a/b x@y.org", "snake case a b x y org"),
        ("?! \0 … \ud800", "..."),
    ],
)
def test_examples(text: str, expected: str) -> None:
    """The rules of the module's docstring, by example."""
    assert terms(text) == [term for term in expected.split() if term != "..."]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("401(k)", "401k"),
        ("on-call", "oncall"),
        ("on-call", "on call"),
        ("e-mail", "email"),
        ("$1,500", "1500"),
        ("naïve résumé", "naive resume"),
        ("employees'", "Employee"),
        ("ＶＰＮ", "vpn"),
    ],
)
def test_usual_spellings_meet(one: str, other: str) -> None:
    """Two spellings of a thing share a term, whichever is in the passage."""
    assert set(terms(one)) & set(terms(other))


@given(text=ANY_TEXT | WORDY)
def test_any_text_gives_sound_terms(text: str) -> None:
    """No text raises; a term is 1 to 64 letters, digits and joints, and can be stored as UTF-8."""
    for term in terms(text):
        assert 1 <= len(term) <= MAX_TERM_LENGTH
        assert not any(character.isspace() for character in term)
        assert any(character.isalnum() for character in term)
        term.encode()


@given(text=ANY_TEXT | WORDY)
def test_questions_use_the_terms_of_passages(text: str) -> None:
    """What a question searches for is in the text that it was made from, in order, and bounded."""
    found, asked = terms(text), question_terms(text)
    assert len(asked) <= MAX_QUESTION_TERMS
    rest = iter(found)
    assert all(term in rest for term in asked)
    assert bool(asked) == bool(found)


@given(parts=st.lists(WORDY, max_size=4))
def test_joining_texts_joins_terms(parts: list[str]) -> None:
    """A text has the terms of its paragraphs: what surrounds them changes nothing."""
    assert terms("\n\n".join(parts)) == [term for part in parts for term in terms(part)]


@given(text=WORDY)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_spelling_in_unicode_does_not_matter(form: str, text: str) -> None:
    """Composed, decomposed and compatibility characters are the same terms."""
    assert terms(unicodedata.normalize(form, text)) == terms(text)  # type: ignore[arg-type]


@given(text=st.text(st.characters(max_codepoint=0x17F), max_size=40))
def test_case_does_not_matter(text: str) -> None:
    """Upper, lower and folded case are the same terms."""
    if "ı" not in text:  # the dotless i of Turkish becomes I in upper case, and I becomes i
        assert terms(text) == terms(text.upper())
    assert terms(text) == terms(text.lower()) == terms(text.casefold())


def test_stop_words_leave_questions_only() -> None:
    """A question keeps its subject, passages keep everything, exclusions stay in both."""
    question = "What is not covered without a receipt?"
    assert question_terms(question) == ["not", "cover", "without", "receipt"]
    assert terms(question) == ["what", "is", "not", "cover", "without", "a", "receipt"]
    assert not STOP_WORDS & {"no", "not", "without", "us"}


def test_a_question_of_stop_words_is_kept() -> None:
    """Rather than nothing, a question of stop words searches for these."""
    assert question_terms("Who is who?") == ["who", "is", "who"]


def test_stop_words_are_words() -> None:
    """Every stop word is found as one word in a text, so that it can be dropped at all."""
    for word in STOP_WORDS:
        assert question_terms(f"{word} vacation") == ["vacat"]


def test_hostile_lengths() -> None:
    """A megabyte without a blank is cut, and chains of joints stay linear in number."""
    assert terms("x" * 1_000_000) == ["x" * MAX_TERM_LENGTH]
    assert len(terms("a-" * 100_000)) == 100_001
    assert len(terms("a'" * 100_000)) == 1
    assert len(terms("1,111" * 100_000)) <= 100_000
    assert len(question_terms("vacation " * 100_000)) == MAX_QUESTION_TERMS


def test_threads_agree() -> None:
    """Stemmers are not shared between threads: many at once give what one gives."""
    texts = [f"companies' running policies number {i} generously applied" for i in range(300)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(terms, texts)) == [terms(text) for text in texts]
