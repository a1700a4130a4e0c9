"""Untrusted words on a terminal, in Markdown and in CSV: they are shown, and do nothing.

But: what they may do in Slack is in `test_slack_views.py`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citations import Citation
from bot.commands.stats import _cell
from bot.exhibits import AnswerShown, Exhibit
from bot.replay import Case, Replayed, Said
from bot.views.answer import answer_lines, pin_lines
from bot.views.replay import replay_lines
from bot.views.style import Style, printable
from retrieval.lists import Item, ListAround
from retrieval.pins import Pin
from retrieval.text import normalise

WORDY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\a\r\n\t`*_[]()<>!#|~=+-@&\u202e\u200b\ud800")),
    max_size=60,
)
TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def drives(character: str) -> bool:
    """Whether a terminal does something at a character, or turns round what follows."""
    if character == "\n":
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in TURNS


@given(WORDY)
def test_printable_is_one_line_that_drives_no_terminal(text: str) -> None:
    once = printable(text)
    assert once.isprintable()
    assert printable(once) == once


@given(text=WORDY, title=WORDY, path=WORDY, author=WORDY)
def test_an_answer_drives_no_terminal(text: str, title: str, path: str, author: str) -> None:
    """Whatever stands in a document (cleaned, as all is that is stored), a title, a file's name or a pin."""
    sentence = normalise(text) or "x"
    citation = Citation(title=title, section=title, location=path, url=f"https://a.example/{path}")
    around = ListAround(introductions=(sentence,), items=(Item(sentence), Item(sentence, 2)), left=2)
    exhibit = Exhibit(
        before="", span=sentence[:1], after=sentence[1:], confidence=0.5, citation=citation, around=around
    )
    outcome = AnswerShown(best=exhibit, same=(exhibit,), others=(exhibit,))
    pin = Pin(id=1, question=text, answer=text, author=author, collection="c", pinned_at=0.0, url=path)
    shown = [
        *answer_lines(outcome, Style(), date(2026, 1, 1), all_quotes=True),
        *pin_lines(pin, Style()),
    ]
    assert not any(drives(character) for line in shown for character in line)


def test_lines_of_code_stay_lines() -> None:
    """Each is wrapped by itself."""
    citation = Citation(title="t", section="", location="p", url=None)
    exhibit = Exhibit(before="", span="stop it\nstart it", after="", confidence=0.5, citation=citation)
    lines = list(answer_lines(AnswerShown(best=exhibit), Style(), date(2026, 1, 1)))
    assert lines[:2] == ['    "«stop it', '    start it»"']


@given(WORDY.filter(str.strip), WORDY, WORDY)
def test_a_replay_formats_and_pings_nothing(question: str, before: str, place: str) -> None:
    """All that is not ours stands within code spans, and no line of it begins anything else."""
    said = Said(text=before or "x", place=place, confidence=0.5)
    replayed = [Replayed(case=Case(question=question, before=said), now=Said(text=None))]
    lines = list(replay_lines(replayed, compared=True))
    assert all(line.isprintable() for line in lines)
    ours = [re.sub(r"`[^`]*`", "", line) for line in lines[-2:]]
    assert ours == ["- ", "  - before:  (50%), "]


@given(WORDY)
def test_a_cell_is_no_formula(text: str) -> None:
    cell = str(_cell(text))
    assert not cell.startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(st.lists(WORDY, max_size=3))
def test_a_list_in_a_cell_is_no_formula(texts: list[str]) -> None:
    """Reasons, and questions that are worded alike: they stand in one cell."""
    cell = str(_cell(texts))
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") == " | ".join(texts).removeprefix("'")


@pytest.mark.parametrize("text", ["\t=1+1", "\r=1+1"])
def test_a_formula_behind_a_tab(text: str) -> None:
    """Some spreadsheets pass over what is blank in front."""
    assert str(_cell(text)).startswith("'")
