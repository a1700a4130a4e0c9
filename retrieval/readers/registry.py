"""The readers by format; only the child process imports this, with the parsers behind it.

But: errors of parsers are mapped here, so that no foreign exception leaves a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers import delimited, docx, formats, html, markdown, pdf, plaintext, pptx, sheets

Reader = Callable[[bytes, str], Document]

READERS: Mapping[formats.Format, Reader] = {
    formats.MARKDOWN: markdown.read,
    formats.HTML: html.read,
    formats.TEXT: plaintext.read,
    formats.PDF: pdf.read,
    formats.DOCX: docx.read,
    formats.PPTX: pptx.read,
    formats.SHEETS: sheets.read,
    formats.DELIMITED: delimited.read,
}


def read(data: bytes, name: str) -> Document:
    """Read the bytes of a file called `name`; every failure is a ReadError of one line.

    A MemoryError passes, since it is the process that is at its limit and not the file that is bad.
    """
    form = formats.format_of(data, name)
    try:
        return READERS[form](data, name)
    except (ReadError, MemoryError):
        raise
    except Exception as error:
        raise ReadError(f"could not be read as {form.name} ({type(error).__name__})") from error
