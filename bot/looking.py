"""Looking a question up in its conversation: what people pinned, what the documents say, and if that is new.

What answered the question before is found again for one that leans on it, since that one's words are read,
too.  It answers the follow-up only if it says something of what that asks: where it holds a word of its own,
or what its question word wants, as a day for "Until when?" behind "How many?".  The same holds for a pin.

But: what was asked before is `conversation.py`'s to know, how both are read `rephrasing.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.audience import Audience
from bot.composition import Workplace
from bot.conversation import InContext
from bot.leaning import is_a_topic, leans, own_words
from bot.records.outcomes import cited_in, outcome_to_json
from bot.records.questions import Found
from bot.rephrasing import rephrased
from bot.wanted import gives, wanted
from qa_engine.answerer import NEAREST, OTHERS
from qa_engine.answers import Answer, NoAnswer, Outcome, Quote, Reason
from qa_engine.quoting import each_sentence_once
from retrieval.alike import wording
from retrieval.pins import Pinned
from retrieval.stored import StoredPassage
from retrieval.terms import terms

Ask = Callable[[str], Outcome[StoredPassage]]
FindPin = Callable[[str], Pinned | None]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a question: in the documents, and of what people said.

    `read`: the question as it was asked, which may have stood alone after all.
    """

    outcome: Outcome[StoredPassage]
    pinned: Pinned | None
    read: InContext = field(repr=False)

    def as_record(self, allowed: Audience) -> Found:
        """For the records."""
        return Found(
            outcome=outcome_to_json(self.outcome),
            pin=self.pinned.pin.id if self.pinned is not None else None,
            asked_of=allowed.collections,
            cited=cited_in(self.outcome),
            leans_on=self.read.leans_on,
        )


def look(work: Workplace, question: InContext, *, ask: Ask, find_pin: FindPin) -> Looked:
    """Ask the documents, and see what people answered to the same question.

    What may be a topic of its own, "What about sick pay?", is asked alone first, but for one that takes
    another's place in the question before; it leans where it finds nothing alone.
    """
    readings = [question]
    if question.earlier is not None and _may_stand_alone(question.question):
        takes_a_place = rephrased(question.earlier.text, question.question) is not None
        readings.insert(1 if takes_a_place else 0, InContext(question.question))
    for reading in readings:
        looked = Looked(_judged(work, question, reading, ask), pin_for(work, reading, find_pin), reading)
        if looked.pinned is not None or isinstance(looked.outcome, Answer):
            return looked
        if reading is question:
            leaning = looked
    return leaning


def pin_for(work: Workplace, reading: InContext, find_pin: FindPin) -> Pinned | None:
    """What people answered to a question as it is read, and not only to the one on which it leans."""
    pinned = find_pin(reading.text)
    if pinned is None or reading.earlier is None:
        return pinned
    follow_up, earlier, pin = reading.question, reading.earlier.text, pinned.pin
    own = _own_terms(work.library.spelled_out(follow_up), but=earlier)
    said = set(terms(f"{pin.question} {pin.answer}"))
    if any(_is_among(each, said) for each in own) or wording(pin.question) == wording(reading.text):
        return pinned
    if own:
        return None
    if _gives_something_else(pin.answer, follow_up, earlier):
        return pinned
    before = find_pin(earlier)
    return None if before is not None and before.pin.id == pin.id else pinned


def _may_stand_alone(follow_up: str) -> bool:
    return is_a_topic(follow_up) or not leans(follow_up)


def _judged(work: Workplace, question: InContext, reading: InContext, ask: Ask) -> Outcome[StoredPassage]:
    """What is found for one of a question's readings, if that answers the question."""
    outcome = ask(reading.text)
    if question.earlier is None or not isinstance(outcome, Answer):
        return outcome
    follow_up, earlier = question.question, question.earlier.text
    own = _own_terms(work.library.spelled_out(follow_up), but=earlier)
    if any(_is_said(work, each, outcome.quote) for each in own):
        return outcome
    if reading.earlier is None or not leans(follow_up):  # as it may have meant something else
        return _no_answer("not sure", outcome)
    if not own and _gives_something_else(outcome.quote.text, follow_up, earlier):
        return outcome
    before = ask(earlier)
    quote = _best_quote(before)
    if quote is None or not _overlap(quote, outcome.quote):
        return outcome
    return _no_answer("said before" if isinstance(before, Answer) else "not sure", outcome)


def _own_terms(question: str, *, but: str) -> list[list[str]]:
    """The terms of each word that says what a question is about, if another one does not say it, too."""
    known = set(terms(but))
    return [found for word in own_words(question) if (found := terms(word)) and not known.issuperset(found)]


def _is_said(work: Workplace, word: Sequence[str], quote: Quote[StoredPassage]) -> bool:
    """Whether a word stands in a quote's sentence, in what introduces that, or in the heading above."""
    around = work.store.list_around(quote.passage.document_id, quote.sentence_start, quote.sentence_end)
    words = " ".join((quote.passage.heading, *around.introductions, quote.sentence))
    return _is_among(word, set(terms(words)))


def _is_among(word: Sequence[str], said: set[str]) -> bool:
    """`word`: its terms; of a compound the last one is the whole."""
    return word[-1] in said or (len(word) > 1 and said.issuperset(word[:-1]))


def _gives_something_else(text: str, follow_up: str, earlier: str) -> bool:
    """Whether words give what a follow-up's question word wants, and what the one before did not."""
    kind = wanted(follow_up)
    return kind is not None and kind != wanted(earlier) and gives(text, kind)


def _best_quote(outcome: Outcome[StoredPassage]) -> Quote[StoredPassage] | None:
    """What was quoted, or comes nearest."""
    if isinstance(outcome, Answer):
        return outcome.quote
    return outcome.nearest[0] if outcome.nearest else None


def _overlap(one: Quote[StoredPassage], other: Quote[StoredPassage]) -> bool:
    """Whether two quotes have a stretch in common, also where two documents have the same sentence."""
    if one.sentence == other.sentence:
        one_at, other_at = len(one.before), len(other.before)
    elif one.passage.document_id == other.passage.document_id:
        one_at, other_at = one.start, other.start
    else:
        return False
    return one_at < other_at + len(other.text) and other_at < one_at + len(one.text)


def _no_answer(reason: Reason, found: Answer[StoredPassage]) -> NoAnswer[StoredPassage]:
    """No answer instead of one; where it stands is still worth a look."""
    quotes = each_sentence_once([found.quote, *found.others])
    return NoAnswer(
        reason=reason,
        nearest=tuple(quotes[:NEAREST]),
        others=tuple(quotes[NEAREST : NEAREST + OTHERS]),
        evidence=found.evidence,
    )
