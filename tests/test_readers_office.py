"""PDF, Word and PowerPoint: the words in order, headings; what is hidden or crossed out; what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

import pytest

from retrieval.errors import ReadError
from retrieval.readers.registry import read
from tests import made_files, made_workbooks
from tests.document_parts import blocks, place_of, share_in_order
from tests.made_files import STORY
from tests.made_workbooks import Workbook


def slides(story: made_files.Story) -> bytes:
    return made_files.pptx(
        [
            (story[0][1], [story[1][1]]),
            (story[2][1], [story[3][1], story[4][1]]),
            (story[5][1], [story[6][1]]),
        ]
    )


@pytest.mark.parametrize(
    ("name", "make"), [("a.pdf", made_files.pdf), ("a.docx", made_files.docx), ("a.pptx", slides)]
)
def test_the_words_come_back_in_order_below_their_headings(
    name: str, make: Callable[[made_files.Story], bytes]
) -> None:
    """What was put in with other libraries is read again, whole, with its headings."""
    document = read(make(STORY), name)
    assert share_in_order(" ".join(text for _, text in STORY), document.text) >= 0.99
    assert document.title == "Travel policy"
    headings = [text for kind, text in blocks(document) if kind == "heading"]
    assert headings == ["Travel policy", "Daily allowance", "Approval"]
    at = document.text.index("The team lead")
    (section,) = {block.section for block in document.blocks if block.start <= at < block.end}
    assert document.sections[section].heading_path[-1] == "Approval"


def test_a_bookmark_of_word_is_no_place() -> None:
    """What Word calls a heading for its table of contents is not shown to people, nor put into a link."""
    named = '<w:bookmarkStart w:id="0" w:name="_Toc179830764"/>'
    document = read(made_files.docx(STORY, before=named), "travel.docx")
    assert document.sections
    assert {section.anchor for section in document.sections} == {None}


def test_a_footnote_of_word_stands_where_it_belongs() -> None:
    """Not at the end, where it would be cited as of the last section; but a table keeps what leads to it."""

    def paragraph(text: str, note: int = 0, style: str = "Normal") -> str:
        mark = f'<w:r><w:footnoteReference w:id="{note}"/></w:r>' if note else ""
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r>{mark}</w:p>'

    body = (
        paragraph("Leave", style="Heading1")
        + paragraph("You have 25 days.", note=2)
        + paragraph("Travel", style="Heading1", note=1)
        + paragraph("The rates:", note=3)
        + made_files.word_table([["Oslo", "60 euro"], ["Faro", "45 euro"]])
        + paragraph("Contacts", style="Heading1")
        + paragraph("Write to Ana.")
    )
    notes = ["Abroad only.", "Not on probation.", "A day."]
    document = read(made_files.docx([], body, footnotes=notes), "handbook.docx")
    paths = [document.sections[block.section].heading_path[0] for block in document.blocks]
    assert [*zip(paths, [text for _, text in blocks(document)], strict=True)] == [
        ("Leave", "Leave"),
        ("Leave", "You have 25 days."),
        ("Leave", "Not on probation."),
        ("Travel", "Travel"),
        ("Travel", "Abroad only."),
        ("Travel", "The rates:"),
        ("Travel", "Oslo: 60 euro."),
        ("Travel", "Faro: 45 euro."),
        ("Travel", "A day."),
        ("Contacts", "Contacts"),
        ("Contacts", "Write to Ana."),
    ]


def test_a_company_s_own_heading_styles_make_sections() -> None:
    """By what they are based on or by their outline level; but neither sentences nor cells are headings."""

    def style(name: str, base: str, level: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="Acme\'s {name}"/>'
            f'<w:basedOn w:val="{base}"/><w:pPr>{level}</w:pPr></w:style>'
        )

    def paragraph(text: str, name: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'

    own = (
        style("Chapter", "Heading1")
        + style("Part", "Normal", '<w:outlineLvl w:val="1"/>')
        + style("Deep", "Part")
        + style("Plain", "Chapter", '<w:outlineLvl w:val="9"/>')
        + style("Round", "Round")
    )
    body = "".join(
        paragraph(text, name)
        for text, name in (
            ("Leave", "Chapter"),
            ("Sick leave", "Deep"),
            ("Tell your lead.", "Plain"),
            ("The lead may ask for a note.", "Part"),
            ("Round", "Round"),
            ("Travel", "Chapter"),
            ("Book early.", "Normal"),
        )
    )
    cell = f"<w:tc>{paragraph('Days', 'Chapter')}</w:tc>"
    table = f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>"
    document = read(made_files.docx([], body + table, own_styles=own), "handbook.docx")
    paths = [document.sections[block.section].heading_path for block in document.blocks]
    assert list(zip(paths, [text for _, text in blocks(document)], strict=True)) == [
        (("Leave",), "Leave"),
        (("Leave", "Sick leave"), "Sick leave"),
        (("Leave", "Sick leave"), "Tell your lead."),
        (("Leave", "Sick leave"), "The lead may ask for a note."),
        (("Leave", "Sick leave"), "Round"),
        (("Travel",), "Travel"),
        (("Travel",), "Book early."),
        (("Travel",), "Days."),
    ]


_BOX = "<w:txbxContent><w:p><w:r><w:t>Ask first.</w:t></w:r></w:p></w:txbxContent>"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ('<w:fldSimple w:instr=" DOCPROPERTY Fee "><w:r><w:t>500 euro</w:t></w:r></w:fldSimple>', "500 euro"),
        ("<w:r><w:t>Mon</w:t><w:cr/><w:t>Tue</w:t><w:ptab/><w:t>Wed</w:t></w:r>", "Mon Tue Wed"),
        ('<w:dir w:val="rtl"><w:r><w:t>a</w:t></w:r></w:dir><w:bdo><w:r><w:t>b</w:t></w:r></w:bdo>', "ab"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>kyu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>休</w:t></w:r>"
            "</w:rubyBase></w:ruby></w:r>",
            "休",
        ),
        (
            f'<w:r><mc:AlternateContent xmlns:mc="{made_files.COMPATIBILITY}"><mc:Choice><w:drawing>{_BOX}'
            "</w:drawing></mc:Choice><mc:Fallback><w:drawing/></mc:Fallback></mc:AlternateContent></w:r>",
            "Ask first.",
        ),
        (
            f'<w:r><mc:AlternateContent xmlns:mc="{made_files.COMPATIBILITY}"><mc:Choice><w:drawing>{_BOX}'
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{_BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            "Ask first.",
        ),
    ],
    ids=["field", "breaks", "direction", "ruby", "box as a picture", "box"],
)
def test_no_words_of_word_are_passed_over(inner: str, text: str) -> None:
    """A sentence without what its field says would be another one; each is said once."""
    document = read(made_files.docx([], f"<w:p>{inner}</w:p>"), "a.docx")
    assert [said for _, said in blocks(document)] == [text]


def test_formulas_are_told_as_left_out() -> None:
    """Their signs one behind the other would say something else."""
    formula = '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>12</m:t></m:r></m:oMath>'
    document = read(made_files.docx([("p", "See below.")], f"<w:p>{formula}</w:p>"), "a.docx")
    assert (document.text, document.notes) == ("See below.", ("formulas left out",))


def test_tables_become_sentences_that_can_be_read_alone() -> None:
    """In every format a row says its headers again."""
    rows = [["Plan", "Price", "Seats"], ["Free", "$0", "3"], ["Pro", "$12", "50"]]
    word = made_files.docx([("p", "Our plans.")], made_files.word_table(rows))
    csv = "\n".join(";".join(row) for row in rows).encode()
    made = {
        "a.pdf": made_files.pdf_table(rows),
        "a.docx": word,
        "a.csv": csv,
        "a.xlsx": made_workbooks.xlsx({"Plans": rows}),
    }
    for name, data in made.items():
        sentences = [text for kind, text in blocks(read(data, name)) if kind == "row"]
        assert sentences == ["Plan: Free. Price: $0. Seats: 3.", "Plan: Pro. Price: $12. Seats: 50."], name


def test_slides_come_in_their_order_and_hidden_ones_are_told() -> None:
    """The order is that of the presentation, not of the files in it."""
    document = read(
        made_files.pptx([("One", ["first"]), ("Two", ["second"]), ("Three", ["x"])], hidden=[3]), "a.pptx"
    )
    assert [text for _, text in blocks(document)] == ["One", "first", "Two", "second"]
    assert place_of(document, "second") == "slide 2"
    assert document.notes == ("hidden slides left out: 3",)


def test_a_shape_s_paragraphs_are_a_list() -> None:
    """Below its first one if that leads to them; the next slide's are another list."""
    slides = [("Card", ["Never pay for:", "cash", "fuel"]), ("", ["Write tests", "Review"])]
    document = read(made_files.pptx(slides), "a.pptx")
    assert [(b.kind, b.lists) for b in document.blocks if b.kind != "heading"] == [
        ("paragraph", ()), ("item", (1,)), ("item", (1,)), ("item", (2,)), ("item", (2,)),
    ]  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_boxes_side_by_side_are_read_below_their_headings(order: Sequence[int]) -> None:
    """Whatever was drawn first, in groups, too; what stands across above them comes before both."""
    boxes: list[tuple[list[str], tuple[int, int, int, int]]] = [
        (["The card is for work."], (10, 10, 180, 20)),
        (["Do"], (10, 40, 80, 15)),
        (["ask first", "keep receipts"], (10, 60, 80, 60)),
        (["Don't"], (110, 40, 80, 15)),
        (["lend it", "buy fuel"], (110, 60, 80, 70)),
    ]
    for group in (None, (5, 5)):
        extra = "".join(made_files.slide_box(*boxes[number], group=group) for number in order)
        document = read(made_files.pptx([("Card", [])], extra=extra), "a.pptx")
        assert [text for _, text in blocks(document)][1:] == [text for texts, _ in boxes for text in texts]


def test_boxes_are_read_from_the_top_down() -> None:
    """But a grid without headings as it was drawn: it may be lines of labels, or columns."""

    def read_back(places: Mapping[str, tuple[int, int]]) -> list[str]:
        extra = "".join(made_files.slide_box([text], (*place, 40, 20)) for text, place in places.items())
        return [text for _, text in blocks(read(made_files.pptx([("Plan", [])], extra=extra), "a.pptx"))][1:]

    assert read_back({"Third.": (20, 80), "First.": (10, 10), "Second.": (0, 40)}) == [
        "First.",
        "Second.",
        "Third.",
    ]
    assert read_back({"Right.": (60, 10), "Left.": (10, 12)}) == ["Left.", "Right."]
    grid = {"May": (10, 40), "We ship.": (60, 40), "June": (10, 80), "We rest.": (60, 80)}
    for order in permutations(grid):
        assert read_back({text: grid[text] for text in order}) == list(order)


def test_raised_numbers_are_no_part_of_the_number_before() -> None:
    """A footnote's number behind a price would make another price of it."""
    slide = read(made_files.pptx([("Prices", ["$1,200^{1} for 10^{2} seats^{3} on the 5^{th}"])]), "a.pptx")
    assert [text for _, text in blocks(slide)][1:] == ["$1,200^1 for 10^2 seats3 on the 5th"]
    marked = "$1,200<super>1</super> for 10<super>12</super> seats<super>3</super> of 2024, 4<sub>2</sub>"
    page = read(made_files.pdf_marked(marked), "a.pdf")
    assert " ".join(page.text.split()) == "$1,200^1 for 10^12 seats3 of 2024, 42"


def test_word_keeps_tracked_insertions_and_text_in_content_controls() -> None:
    """What another library loses in silence."""
    extra = (
        '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>Inserted words.</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>Deleted.</w:delText></w:r></w:del></w:p>'
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled words.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert [text for _, text in blocks(read(made_files.docx([], extra), "a.docx"))] == [
        "Inserted words.",
        "Controlled words.",
    ]


def test_hidden_text_of_word_is_left_out_and_told() -> None:
    """A remark that is hidden, and what looks like one and is shown."""

    def run(text: str, look: str) -> str:
        return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"

    field = '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = run(".", '<w:vanish w:val="0"/>')
    extra = (
        f"<w:p>{run('Up to 25 days', '')}{run(', or 40 for directors', '<w:vanish/>')}"
        f"{field.format('begin')}{field.format('end')}{shown}</w:p>"
    )
    document = read(made_files.docx([], extra), "a.docx")
    assert (document.text, document.notes) == ("Up to 25 days.", ("hidden text left out",))


def test_what_is_crossed_out_is_no_text() -> None:
    """As in a wiki: the figure that was withdrawn is not quoted.  Once or twice is the same."""
    for strike in ("strike", "dstrike"):
        extra = (
            f"<w:p><w:r><w:t>Up to </w:t></w:r><w:r><w:rPr><w:{strike}/></w:rPr><w:t>20</w:t></w:r>"
            f'<w:r><w:rPr><w:{strike} w:val="0"/></w:rPr><w:t>25 days.</w:t></w:r></w:p>'
        )
        assert read(made_files.docx([], extra), "a.docx").text == "Up to 25 days."
    slide = read(made_files.pptx([("Leave", ["Up to ~~20~~25 days."])]), "a.pptx")
    assert [text for _, text in blocks(slide)][1:] == ["Up to 25 days."]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", made_files.pdf(STORY, password="secret"), "is protected by a password"),
        ("a.pdf", made_files.pdf_picture(), "has no text layer: its 1 pages are pictures"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "is damaged or no PDF"),
        ("a.pdf", b"Dear all, this is no PDF.", "is damaged or not PDF"),
        ("a.docx", made_files.docx(STORY)[:700], "is damaged or no zip archive"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is of an old format and only bears the new name"),
        ("a.pptx", made_files.zipped({"x.xml": "<a/>"}), "is no presentation"),
        ("a.xlsx", made_files.zipped({"x.xml": "<a/>"}), "is damaged or no workbook"),
        ("a.docx", made_files.zipped({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "declares XML entities"),
        ("a.xls", made_workbooks.xls(Workbook(sheets={"S": [["a"]]}))[:1500], "is damaged"),
        ("a.xlsx", made_files.zipped({"x.xml": b"0" * (8 << 20)}), "unpacks to more than 200 times its size"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(name: str, data: bytes, reason: str) -> None:
    """One clear line each."""
    with pytest.raises(ReadError, match=reason):
        read(data, name)
