"""An outcome on a terminal.

But: nothing is looked up here; what is shown comes from `exhibits.py`, citations of passages from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from bot import messages
from bot.citations import Citation, Cite
from bot.exhibits import AnswerShown, Exhibit, Shown
from bot.views.age import updated
from bot.views.style import Style, indented, printable, printable_lines
from qa_engine.answers import Evidence
from retrieval.fusion import DEPTH, FusedHit
from retrieval.live_index import TermContribution
from retrieval.pins import Pin
from retrieval.stored import StoredPassage

Explain = Callable[[StoredPassage], list[TermContribution]]


def answer_lines(what: Shown, style: Style, today: date, *, all_quotes: bool = False) -> Iterator[str]:
    """The quote in its sentence, how sure it is, where it stands; or that there is none, and what is near."""
    if isinstance(what, AnswerShown):
        yield from _quote_lines(what.best, style, today)
        if what.same:
            yield indented(messages.ALSO)
        for exhibit in what.same:
            yield from _citation_lines(exhibit.citation, style, today, "      ")
    else:
        yield indented(messages.NO_ANSWER[what.reason])
        if what.nearest:
            yield indented(messages.NEAREST)
            for exhibit in what.nearest:
                yield indented(f'"{_one_line(exhibit.words)}"', "      ")
                yield from _citation_lines(exhibit.citation, style, today, "      ")
    if what.hurried is not None:
        read, found = what.hurried
        yield indented(messages.SOME_READ.format(read=read, found=found))
    if all_quotes and what.others:
        yield ""
        yield indented(messages.ALTERNATIVES)
        for exhibit in what.others:
            yield from _quote_lines(exhibit, style, today, indent="      ")


def pin_lines(pin: Pin, style: Style) -> Iterator[str]:
    """What a person answered to the same question, marked as theirs."""
    day = datetime.fromtimestamp(pin.pinned_at, UTC)
    yield indented(style.strong(messages.PINNED.format(author=printable(pin.author), day=f"{day:%Y-%m-%d}")))
    yield style.faint(indented(messages.PINNED_QUESTION + printable(pin.question)))
    for each in f'"{printable_lines(pin.answer)}"'.split("\n"):
        yield indented(each, "      ")
    if pin.url is not None:
        yield style.faint(f"      {printable(pin.url)}")
    yield indented(messages.FROM_DOCUMENTS)


def why_lines(evidence: Evidence[StoredPassage], cite: Cite, explain: Explain, style: Style) -> Iterator[str]:
    """What was read, what each passage came to, which terms hit, and where the time went."""
    yield indented(
        f"Read {evidence.read} passages in {evidence.windows} windows. {why_stopped(evidence)}"
        + (f"A second reader read {evidence.confirmed} of them again. " if evidence.confirmed else "")
        + f"An answer needs {evidence.threshold:.0%}; that there is none has {evidence.nothing:.0%}."
    )
    if evidence.passages:
        yield style.faint(f"    {'P':>5} {'reader':>7} {'BM25':>6}  passage, and the terms that hit")
    for number, row in enumerate(evidence.passages):
        place = printable(cite(row.passage, None).place)
        hits = sorted(explain(row.passage), key=lambda each: -each.contribution.score)
        terms = ", ".join(
            f"{printable(each.term)} {each.contribution.score:.1f}" for each in hits if each.contribution.tf
        )
        read = f"{row.probability:>5.1%} {row.score:>7.1f}"
        if number >= evidence.read:
            read = f"{'not read':>{len(read)}}"
        yield f"    {read} {row.bm25:>6.1f}  {place}"
        yield style.faint(f"    {'':>21} {terms}")
    stages = ", ".join(f"{stage} {seconds * 1000:.0f} ms" for stage, seconds in evidence.seconds.items())
    yield indented(f"Time: {stages}.")


def why_stopped(evidence: Evidence[StoredPassage]) -> str:
    """Why not all that was found was read, with a blank behind; nothing where all was."""
    if evidence.stopped is None:
        return ""
    return messages.WHY_STOPPED[evidence.stopped].format(left=len(evidence.passages) - evidence.read) + " "


def rank_lines(hit: FusedHit, terms: list[TermContribution]) -> Iterator[str]:
    """Where a passage stands by its words and by its meaning, and which words hit."""
    hits = sorted((each for each in terms if each.contribution.tf), key=lambda e: -e.contribution.score)
    shown = ", ".join(f"{printable(each.term)} {each.contribution.score:.1f}" for each in hits)
    yield f"words: {_rank(hit.bm25_rank)} with BM25 {hit.bm25:.1f}" + (f" ({shown})" if shown else "")
    if hit.cosine is None:
        yield "meaning: no vector"
    else:
        yield f"meaning: {_rank(hit.cosine_rank)} with cosine {hit.cosine:.2f}"


def _rank(rank: int | None) -> str:
    return f"not among the first {DEPTH}" if rank is None else f"rank {rank}"


def _quote_lines(exhibit: Exhibit, style: Style, today: date, *, indent: str = "    ") -> Iterator[str]:
    words = f"{exhibit.lead}{exhibit.before}{style.span(exhibit.span)}{exhibit.after}{exhibit.rest}"
    for each in f'"{words}"'.split("\n"):
        yield indented(each, indent)
    yield style.faint(f"{indent}{messages.confidence(exhibit.confidence)}")
    yield from _citation_lines(exhibit.citation, style, today, indent)


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _citation_lines(citation: Citation, style: Style, today: date, indent: str) -> Iterator[str]:
    yield f"{indent}{printable(citation.place)}, {printable(citation.location)}"
    since = updated(citation.changed, today)
    if since:
        yield style.faint(f"{indent}{since}")
    if citation.url:
        yield style.faint(f"{indent}{printable(citation.url)}")
