"""An answer, or that there is none, as a message in Slack.

But: nothing is looked up here; what is shown comes from `exhibits.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, RichTextElement

from bot import messages
from bot.citations import Citation
from bot.exhibits import AnswerShown, Exhibit, NoAnswerShown, PinShown, Shown
from bot.views.age import updated
from bot.views.blocks.parts import (
    Message,
    bold,
    bullets,
    channel_or_words,
    cut,
    cut_front,
    escaped,
    italic,
    line,
    link,
    person,
    plain,
    quotation,
    quoted,
    rich,
    shown_lines,
)
from bot.views.blocks.passing_on import ASK
from bot.views.blocks.pins import pin_block

MOST_BESIDE = 400  # characters of the sentence on either side of the span; most sentences are far shorter
MOST_SPAN = 600
MOST_REST = 800
MOST_NEAREST = 240
MOST_BEFORE_NEAREST = 80  # of what introduces the words that are near, and of their sentence before them
MOST_QUESTION = 300
MOST_PLACE = 150  # in front of a notification: a heading can say the opposite of what is below it

ACTIONS = "answer"
HELPFUL, NOT_HELPFUL, MORE, WHY, SHARE = "helpful", "not_helpful", "show_more", "why", "share"


def answer_message(
    number: int,
    question: str,
    what: Shown,
    *,
    today: date,
    revision: int = 0,
    private: bool = False,
    shareable: bool = False,
    contact: str | None = None,
    shared_by: str | None = None,
    pin: PinShown | None = None,
    askable: bool = False,
    notes: Sequence[str] = (),
) -> Message:
    """What is posted for a question.

    `revision`: of the question; its buttons stand for this answer, and for none that takes its place.
    `private`: only one person sees it, so that it repeats the question.  `shared_by`: the ID of the person
    who shares a private answer with the channel.  `pin`: a person's answer, which comes first.  `askable`:
    there is somebody to ask where there is no answer.  `notes`: what else is said of the question.
    """
    blocks: list[Block] = []
    if private or shared_by is not None:
        blocks.append(asked_line(question, shared_by))
    if pin is not None:
        blocks += [pin_block(pin), rich(line(bold(messages.FROM_DOCUMENTS)))]
    if isinstance(what, AnswerShown):
        blocks += [_answer(what, today)]
        text = f"{cut(what.best.citation.place, MOST_PLACE)}: {what.best.words}"
    else:
        blocks += [_no_answer(what, contact)]
        text = messages.NO_ANSWER[what.reason]
    if notes:
        blocks.append(rich(*(line(italic(each)) for each in notes)))
    if pin is not None:
        text = f"{messages.PINNED.format(author=pin.author, day=pin.day)}: {pin.answer}"
    if what.reason != "no question" if isinstance(what, NoAnswerShown) else True:
        found = isinstance(what, AnswerShown) or pin is not None
        value = f"{number}.{revision}"
        blocks.append(_buttons(value, what, share=shareable and found, ask=askable and not found))
    return Message(text=escaped(text), blocks=tuple(blocks))


def sentence_parts(exhibit: Exhibit, *, beside: int = MOST_BESIDE) -> list[RichTextElement]:
    """A quote in its sentence and its list, the span in bold, in quotation marks."""
    lead, before = (cut_front(part, beside, clean=shown_lines) for part in (exhibit.lead, exhibit.before))
    after, rest = (
        cut(exhibit.after, beside, clean=shown_lines),
        cut(exhibit.rest, MOST_REST, clean=shown_lines),
    )
    return [
        quoted(f"“{lead}{before}"),
        quoted(cut(exhibit.span, MOST_SPAN, clean=shown_lines), strong=True),
        quoted(f"{after}{rest}”"),
    ]


def citation_parts(citation: Citation) -> list[RichTextElement]:
    """Title > section as a link, and the file and line."""
    return [link(citation.place, citation.url), plain(f" ({cut_front(citation.location, 100)})")]


def asked_line(question: str, shared_by: str | None) -> Block:
    asked = line(italic(messages.ASKED), plain(cut(question, MOST_QUESTION)))
    if shared_by is None:
        return rich(asked)
    return rich(asked, line(italic(messages.SHARED_BY), person(shared_by)))


def _answer(what: AnswerShown, today: date) -> Block:
    best = what.best
    facts = [messages.confidence(best.confidence)]
    facts += filter(None, [updated(best.citation.changed, today)])
    lines = [
        quotation(*sentence_parts(best)),
        line(*citation_parts(best.citation)),
        line(italic(" · ".join(facts))),
    ]
    if len(what.same) == 1:
        lines.append(line(italic(messages.SAME_ELSEWHERE_ONE)))
    elif what.same:
        lines.append(line(italic(messages.SAME_ELSEWHERE.format(count=len(what.same)))))
    return rich(*lines, *_hurried(what))


def _no_answer(what: NoAnswerShown, contact: str | None) -> Block:
    lines = [line(plain(messages.NO_ANSWER[what.reason]))]
    if what.nearest:
        lines.append(line(plain(messages.NEAREST)))
        lines.append(bullets([line(*_near(exhibit)) for exhibit in what.nearest]))
    if contact is not None and what.reason != "no question":
        lines.append(line(plain(messages.CONTACT), channel_or_words(contact)))
    return rich(*lines, *_hurried(what))


def _hurried(what: Shown) -> list[RichTextElement]:
    """That not all was read, where the time was short."""
    if what.hurried is None:
        return []
    read, found = what.hurried
    return [line(italic(messages.SOME_READ.format(read=read, found=found)))]


def _near(exhibit: Exhibit) -> list[RichTextElement]:
    """A passage as a link and the sentence in it, without bold: nobody claims that it answers.

    What is long before the words that are near is cut, so that they are shown; of what introduces them the
    beginning stays, which names what it is about.
    """
    words = exhibit.words
    if len(words) > MOST_NEAREST:
        lead = cut(exhibit.lead, MOST_BEFORE_NEAREST)
        before = cut_front(exhibit.before, MOST_BEFORE_NEAREST)
        words = f"{lead} {before}{exhibit.span}{exhibit.after}{exhibit.rest}".lstrip()
    return [*citation_parts(exhibit.citation), plain(f": “{cut(words, MOST_NEAREST)}”")]


def _buttons(value: str, what: Shown, *, share: bool, ask: bool) -> Block:
    buttons = [
        _button(messages.HELPFUL, HELPFUL, value),
        _button(messages.NOT_HELPFUL, NOT_HELPFUL, value),
    ]
    if what.others or (isinstance(what, AnswerShown) and what.same):
        buttons.append(_button(messages.SHOW_MORE, MORE, value))
    buttons.append(_button(messages.WHY, WHY, value))
    if share:
        buttons.append(_button(messages.SHARE, SHARE, value))
    if ask:
        buttons.append(_button(messages.ASK_PERSON, ASK, value))
    return ActionsBlock(block_id=ACTIONS, elements=buttons)


def _button(label: str, action: str, value: str) -> ButtonElement:
    return ButtonElement(text=label, action_id=action, value=value)
