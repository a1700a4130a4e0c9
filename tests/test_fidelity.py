"""Text fidelity: what a file was made of comes back, whole, in order, and each piece from where it stands.

The files are made from invented text with other libraries than the readers use, put into a real store by the
ingest's own steps, and asked for again as citations.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.citations import cite
from retrieval.readers.registry import read
from retrieval.store import Store
from tests import made_files, made_workbooks
from tests.document_parts import share_in_order
from tests.made_files import Story
from tests.stores import put

TITLE = "Handbook of Skerryvane"
WIKI = "https://wiki.example/"

# As policies have them: short and long, with signs inside, accents, figures, currencies.
USUAL = (
    "the a of to and in employees must may leave days claim within manager's well-known co-operate naïve Größe café "
    "façade e-mail 12.5% €40 $1,200 3rd 24/7 and/or §4 (see below) R&D <draft> “quoted” 2026-01-31 N°7 O'Neill "
    "unquestionably responsibilities C++ a@b.example #tag x² 50°C"
)
WORDS = st.one_of(
    st.sampled_from(USUAL.split()),
    st.text("abcdefghijklmnopqrstuvwxyzäöüßéèñçABCDEFGHJKLMNOP", min_size=2, max_size=14),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Headings and paragraphs that are all different, so that each has one right place."""
    story = [("h1", TITLE)]
    for part in range(1, draw(st.integers(1, 4)) + 1):
        words = draw(
            st.lists(st.sampled_from(["Leave", "Pay", "costs", "of", "the"]), min_size=1, max_size=4)
        )
        story.append(("h2", f"Part {part} {' '.join(words)}"))
        for paragraph in range(draw(st.integers(1, 5))):
            words = draw(st.lists(WORDS, min_size=8, max_size=70))
            story.append(("p", f"Clause {part}.{paragraph} says: {' '.join(words)}."))
    return story


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a paragraph is to be found: the place behind the file's name, and the end of the link."""

    location: str
    fragment: str = ""


Made = tuple[bytes, list[Expected]]
"""A file, and where each paragraph of its story stands in it."""


def parts(story: Story) -> list[tuple[str, list[str]]]:
    """The headings of level 2 with their paragraphs."""
    found: list[tuple[str, list[str]]] = []
    for kind, group in groupby(story[1:], key=lambda pair: pair[0]):
        texts = [text for _, text in group]
        if kind == "h2":
            found.append((texts[0], []))
        else:
            found[-1][1].extend(texts)
    return found


def everywhere(story: Story, where: Callable[[int, int], Expected]) -> list[Expected]:
    """By the number of the part, from 0, and of the paragraph in it."""
    return [where(part, n) for part, (_, texts) in enumerate(parts(story)) for n in range(len(texts))]


def pdf(story: Story) -> Made:
    data, pages = made_files.pdf_that_flows(story)
    begins = [page for (kind, _), page in zip(story, pages, strict=True) if kind == "p"]
    return data, [Expected(f", page {page}", f"#page={page}") for page in begins]


def docx(story: Story) -> Made:
    return made_files.docx(story), everywhere(story, lambda *_: Expected(""))


def pptx(story: Story) -> Made:
    slides = [(TITLE, ["Our rules."]), *parts(story)]
    return made_files.pptx(slides), everywhere(story, lambda part, _: Expected(f", slide {part + 2}"))


def xlsx(story: Story) -> Made:
    sheets = {
        heading: [["Clause", "Rule"], *([f"Number {n}", text] for n, text in enumerate(texts))]
        for heading, texts in parts(story)
    }
    names = list(sheets)
    return made_workbooks.xlsx(sheets), everywhere(
        story, lambda part, n: Expected(f", sheet {names[part]}, row {n + 2}")
    )


def html(story: Story) -> Made:
    ids = [f"part-{number}" for number, (kind, _) in enumerate(story) if kind == "h2"]
    return made_files.html(story), everywhere(
        story, lambda part, _: Expected(f"#{ids[part]}", f"#{ids[part]}")
    )


def mail(story: Story) -> Made:
    paragraphs = [
        text for heading, texts in parts(story) for text in (f"{heading}\n{'-' * len(heading)}", *texts)
    ]
    text = "\n\n".join(paragraphs)
    return made_files.mail(text, subject=TITLE), everywhere(story, lambda *_: Expected(""))


def mail_of_html(story: Story) -> Made:
    page = made_files.html(story, ids=False).decode()
    return made_files.mail(page, subject=TITLE, subtype="html"), everywhere(story, lambda *_: Expected(""))


def epub(story: Story) -> Made:
    chapters = [
        made_files.html([("h2", heading), *(("p", text) for text in texts)], ids=False).decode()
        for heading, texts in parts(story)
    ]
    return made_files.epub(chapters, TITLE), everywhere(story, lambda *_: Expected(""))


FORMS: list[tuple[str, Callable[[Story], Made]]] = [
    ("a.pdf", pdf), ("a.docx", docx), ("a.pptx", pptx), ("a.xlsx", xlsx), ("a.html", html), ("a.eml", mail),
    ("b.eml", mail_of_html), ("a.epub", epub),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make"), FORMS, ids=[name for name, _ in FORMS])
@settings(max_examples=15)
@given(story=stories())
def test_what_goes_in_comes_out_and_is_cited_where_it_stands(
    name: str, make: Callable[[Story], Made], story: Story, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """99% of the words in order; each paragraph below its heading, on its page, behind its link."""
    data, expected = make(story)
    document = replace(read(data, name), url=f"{WIKI}{name}")
    story = [(kind, unicodedata.normalize("NFKC", text)) for kind, text in story]
    wanted = [text for kind, text in story if kind != "h1"]  # a workbook has no place for a title
    assert share_in_order(" ".join(wanted), document.text) >= 0.99
    assert name == "a.xlsx" or document.title == TITLE
    headings = [heading for heading, texts in parts(story) for _ in texts]
    paragraphs = [text for kind, text in story if kind == "p"]
    with Store(tmp_path_factory.mktemp("fidelity") / "store.db") as store:
        number = put(store, name, document)
        passages = store.passages_of(number)
        for text, heading, place in zip(paragraphs, headings, expected, strict=True):
            start = document.text.index(text[:12])
            passage = next(each for each in passages if each.start <= start < each.end)
            found = cite(passage, store.line_at(number, start), store.place_at(number, start))
            assert found.section == heading
            assert found.location == f"{name}{place.location}"
            assert found.url == f"{WIKI}{name}{place.fragment}"
