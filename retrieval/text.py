"""Cleaning of text, once, at ingest: after this, offsets are final.

What leaves the text, and why:

- control characters, zero-width blanks, soft hyphens, tag characters and non-characters: a person does
  not see them, SQLite's `substr` stops at NUL, and a tokenizer and a search term trip over them;
- bidirectional marks, overrides and isolates: they can make a quote look like other words than it has;
- lone surrogates become U+FFFD, since they cannot be encoded at all;
- the two joiners (U+200C, U+200D) stay between characters outside ASCII, where they carry meaning
  (emoji families, Persian, Hindi), and go next to ASCII, where they only hide a word from a search.

Then NFKC.  Two of its foldings would change what a number says, so these come first: a superscript
after a digit gets a caret (10² is 10^2, not 102) and a vulgar fraction after a digit a blank (1½ is
1 1/2, not 11/2).

But: NFKC also turns ligatures, full-width letters and other superscripts into plain characters; the
text that is quoted is the cleaned one, not the bytes of the file.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from contextlib import suppress

from retrieval.errors import ReadError

_INVISIBLE = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F),
    (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF),
    (0xE0000, 0xE0FFF),
    *((plane << 16 | 0xFFFE, plane << 16 | 0xFFFF) for plane in range(1, 17)),
)  # fmt: skip
_DROP = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _INVISIBLE) + "]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_POWER = re.compile(r"(?<=\d)(?=[⁰¹²³⁴-⁹⁺⁻])")
_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅟↉])")
_JOINERS = re.compile("[\u200c\u200d]+")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SNIFFED = 8000  # bytes looked at for NULs and control characters; git does the same
_GUESSED = 65_536  # bytes shown to the guesser, which is slow
# The guesser cannot tell the Latin alphabets' code pages apart, and sees Japanese in a few curly quotes.
# So its word is taken for other scripts only, and only when there is a good deal to judge by.
_TRUSTED_GUESSES = re.compile(
    r"cp(866|874|932|949|950|125[13-68]|1361)|koi8_[rtu]|iso8859_([5-8]|11)|mac_(cyrillic|greek)|"
    r"(iso2022|euc|shift|johab|big5|gb|hz|tis)\w*"
)
_ENOUGH_TO_GUESS = 16
_ASCII = bytes(range(0x80))
_UTF8_SIGN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_KNOWN_CHARSET = re.compile(
    r"(windows|cp)-?(125\d|866|874|932|949)|iso[-_]?8859[-_]?\d+|latin-?\d|(us-)?ascii|utf-?8|koi8-[ru]|big5|gbk|"
    r"gb2312|gb18030|shift[-_]jis|euc-(jp|kr)|iso-2022-jp",
    re.IGNORECASE,
)
WINDOWS = ("cp1252", "cp1254")
"""Code pages whose gaps are control characters, as browsers have it."""
# Who names one of these means what Windows adds to it, too: dashes, quotes, the euro sign (WHATWG Encoding).
_READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
_UNDEFINED = {0xDC00 + byte: byte for byte in range(0x80, 0xA0)}


def normalise(text: str) -> str:
    """A fragment of prose, cleaned: blanks of all kinds become one, none at the ends.

    Idempotent: `normalise(normalise(text)) == normalise(text)`.
    """
    return " ".join(_clean(text).split())


def normalise_lines(text: str) -> str:
    """The same line by line, as steps and lists want it; no blank lines at the ends."""
    return "\n".join(map(normalise, text.splitlines())).strip()


def normalise_code(text: str) -> str:
    """The same for code, whose newlines and indentation stay; tabs become 4 blanks."""
    lines = _clean(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")).split("\n")
    return "\n".join(re.sub(r"[^\S ]", " ", line).rstrip() for line in lines)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of a file: by its byte order mark, else as UTF-8, else as `declared`, else by a guess.

    Newlines become `\\n`.  Raises ReadError for what is no text.
    """
    text = _decode(data, declared).replace("\r\n", "\n").replace("\r", "\n")
    head = text[:_SNIFFED]
    controls = sum(1 for char in head if unicodedata.category(char) == "Cc" and char not in "\t\n\f\x1b")
    if controls * 10 > len(head):
        raise ReadError("looks binary: control characters where text was expected")
    return text


def known_charset(name: str) -> str | None:
    """The name of a charset if texts are written in it, else None.

    It is that of a larger one if browsers read it as that.  A page's word is not taken for any
    other: Python decodes "punycode" in quadratic time.
    """
    if not _KNOWN_CHARSET.fullmatch(name):
        return None
    with suppress(LookupError):  # `iso-8859-99` looks like one
        python_name = codecs.lookup(name).name
        return _READ_AS.get(python_name, python_name if python_name in WINDOWS else name)
    return name


def decode_as(data: bytes, charset: str, errors: str = "strict") -> str:
    """Text in `charset`; a byte that Windows' code page leaves undefined costs none of the text around it."""
    if charset in WINDOWS:
        return data.decode(charset, "surrogateescape").translate(_UNDEFINED)
    return data.decode(charset, errors)


def _decode(data: bytes, declared: str | None) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, errors="replace")
    if b"\0" in data[:_SNIFFED]:
        raise ReadError("looks binary: NUL bytes where text was expected")
    with suppress(UnicodeError):
        return data.decode("utf-8")
    if _is_nearly_utf8(data):
        return data.decode("utf-8", "replace")
    second = declared or _guess(data)
    if second is not None:
        with suppress(UnicodeError, LookupError):
            return decode_as(data, second)
    return data.decode("cp1252", errors="replace")


def _is_nearly_utf8(data: bytes) -> bool:
    """Is it UTF-8 but for a slip here and there, as pasting from an old file leaves?"""
    whole = sum(map(len, _UTF8_SIGN.findall(data)))
    stray = len(data.translate(None, delete=_ASCII)) - whole
    return whole > 8 * stray


def _guess(data: bytes) -> str | None:
    foreign = sum(1 for byte in data if byte > 0x7F)
    letters = sum(1 for byte in data if byte > 0x7F or chr(byte).isalpha())
    if foreign < _ENOUGH_TO_GUESS or foreign * 4 < letters:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import and hardly ever needed

    best = from_bytes(data[:_GUESSED]).best()
    return best.encoding if best is not None and _TRUSTED_GUESSES.fullmatch(best.encoding) else None


def _clean(text: str) -> str:
    if _SURROGATE.search(text):  # a pair of them is one character; a lone one is an error
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _POWER.sub("^", _FRACTION.sub(" ", _DROP.sub("", text)))
    text = unicodedata.normalize("NFKC", text).replace("\u2044", "/")  # the slash that fractions get
    while (kept := unicodedata.normalize("NFKC", _without_stray_joiners(text))) != text:
        text = kept  # subtle: NFKC can put ASCII beside a joiner that stood between ligatures
    return text


def _without_stray_joiners(text: str) -> str:
    def kept(run: re.Match[str]) -> str:
        before, after = text[max(run.start() - 1, 0) : run.start()], text[run.end() : run.end() + 1]
        return run[0][0] if _joins(before) and _joins(after) else ""

    return _JOINERS.sub(kept, text)


def _joins(char: str) -> bool:
    return not char.isascii() and not char.isspace()
