"""Mail: its words, its facts, and what earlier mails said, which is not the sender's."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from retrieval.errors import ReadError
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers.registry import read
from tests.document_parts import blocks, share_in_order
from tests.made_files import STORY, mail

SETTINGS = PassageSettings(measure=estimate)


def test_a_mail_has_its_facts_and_its_words() -> None:
    """Subject, sender and date can be quoted; what a reply repeats is left out, and said to be."""
    story = "\n\n".join(text for _, text in STORY)
    document = read(mail(f"{story}\n\nOn Monday Ana wrote:\n> an old line\n"), "a.eml")
    assert document.title == "Größe of the rooms"
    assert document.text.startswith("From: Ana <ana@x.example>. To: bo@x.example. Date: Mon, 04 Mar 2024")
    assert share_in_order(story, document.text) == 1
    assert "old line" not in document.text
    assert document.notes == ("quoted text of earlier mails left out",)


def test_a_mail_of_html_alone_and_its_attachments() -> None:
    """The HTML is read as a page; attachments are named."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("<p>Hello <b>there</b></p><p hidden>x</p>", subtype="html")
    message.add_attachment(b"abc", maintype="application", subtype="pdf", filename="plan.pdf")
    document = read(bytes(message), "a.eml")
    assert (document.text, document.notes) == ("Hello there", ("attachments not read: plan.pdf",))


def test_a_mail_whose_plain_text_is_blank_is_read_as_html() -> None:
    """Some programs send both and fill only one."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("\n")
    message.add_alternative("<p>The fee is 20.</p>", subtype="html")
    assert read(bytes(message), "a.eml").text == "The fee is 20."


def test_a_mail_goes_on_behind_its_attachment() -> None:
    """Apple Mail puts a picture where it was dropped, amid the text; a text with a name is a file."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("Hello all, see the chart.\n> an old line")
    message.add_attachment(b"abc", maintype="image", subtype="png", filename="a.png", disposition="inline")
    for text, name in (("The budget is 4000.", None), ("x", "notes.txt")):
        message.add_attachment(text, filename=name, disposition="inline")
    document = read(bytes(message), "a.eml")
    assert document.text == "Hello all, see the chart.\nThe budget is 4000."
    assert document.notes == (
        "attachments not read: a.png, notes.txt",
        "quoted text of earlier mails left out",
    )
    bare = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nOne.\n--b\n\nTwo.\n--b--\n"
    assert read(bare, "a.eml").text == "One.\nTwo."


OUTLOOK = (
    "From: Bo <bo@x.example>\nSent: Friday, 1 May 2020 09:00\nTo: All\nSubject: Limit\n\nThe limit is 40."
)
SAID = "The limit is 60."
QUOTES_LEFT_OUT = ("quoted text of earlier mails left out",)


@pytest.mark.parametrize(
    "earlier",
    [
        f"{'_' * 32}\n{OUTLOOK}",
        OUTLOOK,
        "Von: Bo\nGesendet: Freitag, 1. Mai 2020\nAn: Alle\nBetreff: Limit\n\nThe limit is 40.",
        "-----Original Message-----\nThe limit is 40.",
        "On Mon, Nov 2, 2026 at 9:12 AM Bernard Featherstonehaugh <\nbernard@x.example> wrote:\n\n> The limit is 40.",
        "On Mon, Nov 2, 2026 at 9:12 AM Bo <bo@x.example> wrote:\n\nThe limit is 40.",
    ],
)
def test_what_stands_below_an_earlier_mails_header_is_not_the_senders(earlier: str) -> None:
    """However its program writes it, with marks or without."""
    document = read(mail(f"{SAID}\n\n{earlier}\n", subject="Re: Limit"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]
    assert document.notes == QUOTES_LEFT_OUT


def test_words_that_only_look_like_an_earlier_mails_stay() -> None:
    """A form with some of the words, a sentence about who wrote what, answers between quoted lines."""
    said = ["From: Oslo", "Bring a coat.", "On page 3 the lawyer wrote:", "It is 60."]
    assert [text for _, text in blocks(read(mail("\n\n".join(said)), "a.eml"))][1:] == said
    answers = "On Monday Ana wrote:\n> How much?\n\nIt is 60.\n\n> Until when?\n\nMay."
    assert [text for _, text in blocks(read(mail(answers), "a.eml"))][1:] == ["It is 60.", "May."]


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_journey_is_no_earlier_mail(subtype: str) -> None:
    """It has a "From", a "To" and a "Date", but neither a subject nor anybody's address."""
    journey = ["From: Lisbon", "To: Porto", "Date: 3 May", "The hotel is booked."]
    text = "<br>".join(journey) if subtype == "html" else "\n".join(journey)
    document = read(mail(text, subject="Re: Trip", subtype=subtype), "a.eml")
    assert "The hotel is booked." in document.text
    assert document.notes == ()


@pytest.mark.parametrize(
    "earlier",
    [
        "<div class=gmail_quote><div class=gmail_attr>On Fri Bo wrote:</div><blockquote class=gmail_quote>40</blockquote></div>",
        "<blockquote type=cite>The limit is 40.</blockquote>",
        "<div id=appendonsend></div><hr><div id=divRplyFwdMsg>From: Bo</div><div>The limit is 40.</div>",
        "<p><b>From:</b> Bo<br><b>Sent:</b> Friday<br><b>To:</b> All<br><b>Subject:</b> x</p><p>The limit is 40.</p>",
    ],
)
def test_what_a_mail_of_html_repeats_is_not_the_senders(earlier: str) -> None:
    """The marks of Gmail, Apple Mail and Outlook; the header that desktop Outlook does not mark."""
    page = f"<div>{SAID}</div>{earlier}"
    document = read(mail(page, subject="Re: Limit", subtype="html"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]
    assert document.notes == QUOTES_LEFT_OUT


def test_answers_between_the_parts_of_a_quote_stay() -> None:
    """Gmail puts all of them into what it marks as the quote."""
    part = "<blockquote class=gmail_quote>How much?</blockquote>"
    page = f"<div class=gmail_quote>{part}<div>{SAID}</div>{part}</div>"
    document = read(mail(page, subject="Re: Limit", subtype="html"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        (OUTLOOK, "plain"),
        (f"{OUTLOOK}\n\n{OUTLOOK.replace('40', '30')}", "plain"),
        ("Begin forwarded message:\n\n> From: Bo\n> \n> The limit is 40.\n>> It is 30.", "plain"),
        ("---------- Forwarded message ---------\nFrom: Bo\nDate: 1 May\nSubject: x\nTo: y\n\nThe limit is 40.", "plain"),
        ("<div class=gmail_quote>The limit is 40.<blockquote class=gmail_quote>It is 30.</blockquote></div>", "html"),
        ("<div id=divRplyFwdMsg>From: Bo</div><div>The limit is 40.</div>", "html"),
    ],
)  # fmt: skip
def test_a_mail_that_passes_another_one_on_keeps_it(text: str, subtype: str) -> None:
    """Since it says nothing else; what that one repeats goes."""
    document = read(mail(text, subject="Fwd: Limit", subtype=subtype), "a.eml")
    assert "The limit is 40." in document.text
    assert "30" not in document.text


def test_a_mail_that_crosses_something_out_is_read_as_html() -> None:
    """Its plain text holds both, and says nothing of it."""
    message = EmailMessage()
    message["Subject"] = "Limit"
    message.set_content("The limit is 40 60 euro.")
    message.add_alternative("<p>The limit is <s>40</s> 60 euro.</p>", subtype="html")
    assert read(bytes(message), "a.eml").text == "The limit is 60 euro."


def test_the_first_line_of_a_mail_is_no_heading_where_it_has_a_subject() -> None:
    """A heading cannot be quoted."""
    text = "The office is closed on Friday\n\nWork from home."
    assert blocks(read(mail(text), "a.eml"))[1] == ("paragraph", "The office is closed on Friday")


def test_a_mail_in_a_character_set_that_nobody_knows() -> None:
    """Its words are found out as those of any file."""
    data = mail("We met.").replace(b"utf-8", b"unknown-8bit").replace(b"7bit", b"8bit")
    assert b"unknown-8bit" in data
    document = read(data.replace(b"We met.", "Grüße aus Köln.".encode("latin-1")), "a.eml")
    assert document.text.endswith("Grüße aus Köln.")


@pytest.mark.parametrize("charset", [b"iso-8859-1", b"us-ascii", b"windows-1252"])
def test_a_mail_in_a_charset_that_is_too_small_for_it(charset: bytes) -> None:
    """Dashes and the euro sign stay, as in a page."""
    data = mail("We met.").replace(b"utf-8", charset).replace(b"7bit", b"8bit")
    assert charset in data
    for written in (b"9\x9617 for \x8050", "9–17 for €50".encode()):
        assert read(data.replace(b"We met", written), "a.eml").text.endswith("9–17 for €50.")


def test_a_mail_within_a_mail_without_end_is_refused() -> None:
    """The parser's recursion is not the reader's end."""
    nested = b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 5000
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000))
    for data in (nested, b"Subject: x\n" + deep):
        try:
            document = read(data, "a.eml")
        except ReadError:
            continue
        assert len(document.text) < len(data)
