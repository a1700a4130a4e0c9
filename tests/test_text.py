"""Cleaning and decoding."""

from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ReadError
from retrieval.text import decode, known_charset, normalise, normalise_code

ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\0\ud800\udc00\u200b\u200c\u200d\u202e\u2066\ufeff\u00ad½²⁻①ﬁﷺ\u0301e \u0085\u2028\tａ１é👨"
        ),
    )
)


@given(ODD)
def test_normalise_is_idempotent(text: str) -> None:
    """What is stored is final: cleaning it again changes nothing, so offsets cannot shift."""
    once = normalise(text)
    assert normalise(once) == once


@given(ODD)
def test_normalise_code_is_idempotent(text: str) -> None:
    """The same law for code."""
    once = normalise_code(text)
    assert normalise_code(once) == once


@given(ODD)
def test_clean_text_can_be_stored_and_cut(text: str) -> None:
    """Clean text encodes, is NFKC, has no control or format characters, and SQLite cuts it as Python does."""
    clean = normalise(text)
    clean.encode("utf-8")
    assert unicodedata.is_normalized("NFKC", clean)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in clean)
    assert not set(clean) & set("\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")
    assert clean == " ".join(clean.split())
    with sqlite3.connect(":memory:") as connection:
        half = len(clean) // 2
        (cut,) = connection.execute("SELECT substr(?, 1, ?)", (clean, half)).fetchone()
    connection.close()
    assert cut == clean[:half]


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  a\u00a0b\r\n\tc ", "a b c"),
        ("zero\u200bwidth so\u00adft nu\0l", "zerowidth soft nul"),
        ("pay \u202e001$\u202c now", "pay 001$ now"),
        ("lone \ud800 pair \ud83d\ude00", "lone \ufffd pair \U0001f600"),
        ("10² and 1½ cups, m²", "10^2 and 1 1/2 cups, m2"),
        ("ﬁne ｗｉｄｅ", "fine wide"),
        ("pass\u200dword", "password"),
        ("\u0646\u0645\u06cc\u200c\u062e", "\u0646\u0645\u06cc\u200c\u062e"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_normalise_examples(dirty: str, clean: str) -> None:
    """Each rule of the module's docstring, by an example."""
    assert normalise(dirty) == clean


def test_code_keeps_lines_and_indentation() -> None:
    """Indentation means something in code; blanks at the end of a line do not."""
    assert normalise_code("def f():\r\n\treturn\u00a01  \n") == "def f():\n    return 1\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grüße, naïve café", "utf-8"),
        ("Grüße", "utf-8-sig"),
        ("Grüße", "utf-16"),
        ("Grüße", "utf-32"),
        ("It’s £5 – naïve “quotes”", "cp1252"),
        ("été", "latin-1"),
        ("Привет мир, это проверка кодировки текста для отпуска", "cp1251"),
        ("日本語のテキストです。休暇は二十五日です。", "shift_jis"),
    ],
)
def test_decode_finds_the_encoding(text: str, encoding: str) -> None:
    """Common encodings are read right, with or without a byte order mark."""
    assert decode(text.encode(encoding)) == text


@given(st.text())
def test_decode_is_the_inverse_of_utf8(text: str) -> None:
    """UTF-8 is never guessed at; only newlines are made alike."""
    plain = "plain text first, " * 10 + text
    if "\0" not in text:
        controls = sum(unicodedata.category(char) == "Cc" for char in text)
        if controls * 10 <= len(plain):
            assert decode(plain.encode()) == plain.replace("\r\n", "\n").replace("\r", "\n")


@given(st.binary())
def test_decode_answers_or_refuses(data: bytes) -> None:
    """Any bytes give text or one clear error, never another exception."""
    with suppress(ReadError):
        normalise(decode(data))


def test_a_slip_in_utf8_costs_one_character() -> None:
    """A byte pasted from elsewhere makes no other file of it."""
    page = "Café – 25 € für Übernachtungen, spätestens am Fünften.".encode()
    assert decode(page + b" Caf\xe9") == page.decode() + " Caf�"
    assert decode("Müller, Größe".encode("cp1252")) == "Müller, Größe"


def test_a_declared_encoding_is_used_after_utf8() -> None:
    """A page's own word beats a guess, and nonsense in it is passed over."""
    assert decode("Café".encode("cp437"), declared="cp437") == "Café"
    assert decode("Café".encode("cp1252"), declared="no-such-code") == "Café"


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("ISO-8859-1", b"9\x9617, \x8050, It\x92s", "9–17, €50, It’s"),
        ("us-ascii", b"10\x9712", "10—12"),
        ("iso-8859-9", b"\xddzin 9\x9617", "İzin 9–17"),
        ("iso-8859-9", b"\xddzin verilir \x8e9\x9617", "İzin verilir 9–17"),
        ("windows-1252", b"The caf\xe9 \x819\x9617", "The café 9–17"),
        ("iso-8859-15", b"\xa450", "€50"),
    ],
)
def test_a_small_charset_is_read_as_the_larger_one_that_is_meant(name: str, data: bytes, text: str) -> None:
    """As browsers do: a dash or a euro sign that vanished would make other figures of those beside it."""
    assert normalise(decode(data, declared=known_charset(name))) == text


@pytest.mark.parametrize("data", [b"text\0" * 9, b"\x01\x02\x03abc", bytes(range(1, 32)) * 3])
def test_binary_data_is_refused(data: bytes) -> None:
    """What is no text gets one clear line."""
    with pytest.raises(ReadError, match="looks binary"):
        decode(data)
