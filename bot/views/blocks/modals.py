"""What opens at a button's press, for the person who pressed it: more answers, the reasons, a form.

But: nothing is looked up here.
"""

from __future__ import annotations

from slack_sdk.models.blocks import Block, PlainTextObject, RichTextElement
from slack_sdk.models.views import View

from bot import messages
from bot.exhibits import AnswerShown, Exhibit, PassageShown, Shown, WhyShown
from bot.views.blocks.answer import citation_parts, sentence_parts
from bot.views.blocks.forms import form, text_field
from bot.views.blocks.parts import (
    Message,
    bold,
    bullets,
    cut,
    escaped,
    italic,
    line,
    link,
    plain,
    quotation,
    rich,
)

REASON_FORM, REASON = "reason", "reason"
MOST_REASON = 1_000
MOST_PASSAGES = 20
MOST_WORDS = 120
MOST_BESIDE = 200


def more_blocks(what: Shown) -> tuple[Block, ...]:
    """The same answer elsewhere, and what came next."""
    same = what.same if isinstance(what, AnswerShown) else ()
    blocks: list[Block] = []
    for title, exhibits in ((messages.MORE_SAME, same), (messages.MORE_OTHERS, what.others)):
        if exhibits:
            blocks.append(rich(line(bold(title))))
            blocks += [rich(*_more(exhibit)) for exhibit in exhibits]
    return tuple(blocks) or (rich(line(plain(messages.MORE_NOTHING))),)


def why_blocks(why: WhyShown, *, pinned: float | None = None) -> tuple[Block, ...]:
    """What was read, what each passage came to, which words hit, and what decided.

    `pinned`: how like this question is the one whose pinned answer comes first.
    """
    sentences = [
        messages.WHY_READ.format(passages=why.read, windows=why.windows, milliseconds=why.milliseconds),
        messages.WHY_THRESHOLD.format(threshold=f"{why.threshold:.0%}", nothing=f"{why.nothing:.0%}"),
    ]
    if why.stopped is not None:
        sentences.insert(1, messages.WHY_STOPPED[why.stopped].format(left=why.unread))
    if pinned is not None:
        sentences.insert(0, messages.WHY_PINNED.format(likeness=f"{pinned:.0%}"))
    if why.confirmed:
        sentences.append(messages.WHY_CONFIRMED.format(count=why.confirmed))
    if why.confidence is not None and why.margin is not None:
        rival = why.confidence - why.margin
        sentences.append(messages.WHY_MARGIN.format(confidence=f"{why.confidence:.0%}", rival=f"{rival:.0%}"))
    blocks = [rich(bullets([line(plain(sentence)) for sentence in sentences]))]
    ranked = sorted(why.passages, key=lambda passage: -passage.probability)[:MOST_PASSAGES]
    if ranked:
        blocks.append(rich(line(bold(messages.WHY_PASSAGES))))
        blocks += [rich(line(*_passage(passage))) for passage in ranked]
    if len(why.passages) > len(ranked):
        count = len(why.passages) - len(ranked)
        blocks.append(rich(line(italic(messages.WHY_MORE.format(count=count)))))
    return tuple(blocks)


def modal(title: str, blocks: tuple[Block, ...]) -> View:
    """A window with something to read."""
    return View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text=messages.CLOSE),
        blocks=list(blocks),
    )


def as_message(title: str, blocks: tuple[Block, ...]) -> Message:
    """The same as a message, where a window cannot be opened any more."""
    return Message(text=escaped(title), blocks=blocks)


def reason_form(metadata: str) -> View:
    """Asks why an answer did not help; may be sent empty."""
    field = text_field(
        REASON,
        messages.REASON_LABEL,
        most=MOST_REASON,
        hint=messages.REASON_HINT,
        multiline=True,
        optional=True,
    )
    return form(REASON_FORM, messages.REASON_TITLE, metadata, [field])


def _more(exhibit: Exhibit) -> list[RichTextElement]:
    return [
        quotation(*sentence_parts(exhibit, beside=MOST_BESIDE)),
        line(*citation_parts(exhibit.citation), italic(f" · {messages.confidence(exhibit.confidence)}")),
    ]


def _passage(passage: PassageShown) -> list[RichTextElement]:
    words = cut(", ".join(passage.words), MOST_WORDS)
    return [
        plain(f"{passage.probability:.1%} · {passage.bm25:.1f} · "),
        link(passage.place, passage.url),
        italic(f" {words}"),
    ]
