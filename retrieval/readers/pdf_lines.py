"""The lines of a PDF's pages, from PDFium: text, position, height, weight, raised digits.

A wide gap within a line ends it: what follows is another column or a table's next cell.

But: order is that of the file, and what the lines mean together is `pdf_layout.py`'s to say.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

# U+0002 and U+FFFE are what PDFium makes of a hyphen at a line's end.
_TOKEN = re.compile(r"(?P<word>[^\s\x00-\x20\ufffe]+)|(?P<hyphen>[\x02\ufffe])|[\r\n]")
_WIDE = 1.6  # times the height of a line: more between two words is no blank
_BOLD = 600
_DIGITS = re.compile(r"\d{2,}")
_SMALL, _RAISED = 0.9, 0.15  # times the height of the first digit: a footnote's number, an exponent


@dataclass(slots=True)
class Line:
    """Words on one base line; lengths in points, from the page's lower left corner."""

    page: int
    text: str = ""
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    bold: bool = False
    is_hyphenated: bool = False  # its last word goes on in the next line
    last: int = 0  # index of its last character
    words_from: float = 0.0  # where its second word begins, behind the mark if it is an item
    is_unknown: bool = False  # the font does not tell which letters it begins with

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def is_beside(self, other: Line) -> bool:
        """Do both stand on about the same base line of a page?"""
        return self.page == other.page and abs(self.bottom - other.bottom) < 0.4 * max(self.height, 1.0)


def page_lines(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """The lines of a page, the `number`-th of its document from 0."""
    textpage = page.get_textpage()
    try:
        return list(filter(lambda line: line.text, _Gatherer(textpage.raw, number).lines()))
    finally:
        textpage.close()


class _Gatherer:
    """Goes once over the characters of a page."""

    def __init__(self, textpage: object, number: int) -> None:
        self._textpage = textpage
        self._number = number
        self._box = pdfium.FS_RECTF()
        self._found: list[Line] = []

    def lines(self) -> list[Line]:
        line: Line | None = None
        for match in _TOKEN.finditer(self._characters()):
            if match["word"]:
                word = self._with_carets(match["word"], match.start())
                line = self._add(word, match.start(), match.end() - 1, line)
                continue
            if match["hyphen"] and line is not None:
                line.is_hyphenated = True
            line = None
        for each in self._found:  # a bold word at the beginning alone is no heading
            each.bold = each.bold and self._is_bold(each.last)
        return self._found

    def _characters(self) -> str:
        """The characters of the page, as many as PDFium counts, so that an index means the same to both.

        At once where that gives as many, which saves two thirds of the time; else one by one.
        """
        count = pdfium.FPDFText_CountChars(self._textpage)
        buffer = (ctypes.c_ushort * (count + 1))()
        pdfium.FPDFText_GetText(self._textpage, 0, count, buffer)
        text = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
        if len(text) == count:
            return text
        return "".join(chr(pdfium.FPDFText_GetUnicode(self._textpage, index)) for index in range(count))

    def _add(self, word: str, first: int, last: int, line: Line | None) -> Line:
        left, _, bottom, top = self._measure(first)
        right = self._measure(last)[1]
        height = max(top - bottom, 1.0)
        if line is not None:
            gap = left - line.right
            if -height < gap < _WIDE * height and abs(bottom - line.bottom) < height:
                line.words_from = line.words_from if " " in line.text else left
                line.text += f" {word}"
                line.right = max(right, line.right)
                line.last = last
                return line
        line = Line(self._number, word, left, right, bottom, top, self._is_bold(first))
        line.last, line.is_unknown = last, self._is_unknown(first)
        self._found.append(line)
        return line

    def _with_carets(self, word: str, first: int) -> str:
        """The word with a caret before digits raised behind digits: 10^2, and $1,200^1, not 1,2001."""
        for found in reversed(list(_DIGITS.finditer(word))):
            _, _, bottom, top = self._measure(first + found.start())
            at = found.end()
            while self._is_raised(first + at - 1, bottom, top - bottom):
                at -= 1
            if at < found.end():
                word = f"{word[:at]}^{word[at:]}"
        return word

    def _is_raised(self, index: int, bottom: float, height: float) -> bool:
        """Is a character small and above the line on which one of that bottom and height stands?"""
        _, _, own_bottom, own_top = self._measure(index)
        return own_top - own_bottom < _SMALL * height and own_bottom - bottom > _RAISED * height

    def _measure(self, index: int) -> tuple[float, float, float, float]:
        pdfium.FPDFText_GetLooseCharBox(self._textpage, index, ctypes.byref(self._box))
        return self._box.left, self._box.right, self._box.bottom, self._box.top

    def _is_unknown(self, index: int) -> bool:
        return bool(pdfium.FPDFText_HasUnicodeMapError(self._textpage, index) == 1)

    def _is_bold(self, index: int) -> bool:
        if pdfium.FPDFText_GetFontWeight(self._textpage, index) >= _BOLD:
            return True
        name = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(self._textpage, index, name, len(name), ctypes.byref(ctypes.c_int()))
        return b"bold" in name.value.lower() or b"black" in name.value.lower()
