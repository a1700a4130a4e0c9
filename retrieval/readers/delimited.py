"""CSV and TSV, by the standard library: each row a sentence that says its headers again; lines are kept.

A first line `sep=;`, by which Excel is told the separator, is no row.

But: the separator is one of `,` `;` `|` and the tab; the sniffer's other guesses are letters.
"""

from __future__ import annotations

import csv
import io
import re

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.table_sentences import grid_rows
from retrieval.text import decode

_TOLD = re.compile(r'"?sep=([,;\t|])"?\n', re.IGNORECASE)
_SNIFFED = 16_384
_LARGEST_FIELD = 1 << 20


def read(data: bytes, name: str) -> Document:
    """The rows; the title is made of the file's `name`."""
    text = decode(data)
    csv.field_size_limit(_LARGEST_FIELD)
    told = _TOLD.match(text)
    separator = told[1] if told else _sniffed(text[:_SNIFFED])
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        line = 1
        if told:
            next(reader)
            line = 2
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(f"is no table of values: {error}, line {reader.line_num}") from error
    pieces = [Piece("row", (sentence,), lines[number]) for number, sentence in grid_rows(rows)]
    return assemble(pieces, title=None, url=None, name=name, slugs=False)


def _sniffed(text: str) -> str:
    """The separator that a text seems to have."""
    try:
        return csv.Sniffer().sniff(text, delimiters=",;\t|").delimiter
    except csv.Error:
        return "\t" if "\t" in text else ","
