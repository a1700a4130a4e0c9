"""Asking a person: the form for the question, and the message that passes it on.

But: nothing is looked up here, and no passage is shown: whoever is asked may see others than the asker.
"""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, RichTextElement
from slack_sdk.models.views import View

from bot import messages
from bot.views.blocks.forms import form, text_field
from bot.views.blocks.parts import (
    Message,
    channel_or_words,
    cut,
    escaped,
    italic,
    line,
    link,
    person,
    plain,
    quotation,
    rich,
)

ASK = "ask_person"
ASK_FORM, ASK_TEXT, ASK_OFFER = "ask_person", "ask_text", "ask_offer"
MOST_TEXT = 1_000


def ask_offer(sentence: str, value: str) -> Message:
    """Our own sentence with the button that asks a person about a question, of which its `value` tells."""
    button = ButtonElement(text=messages.ASK_PERSON, action_id=ASK, value=value)
    return Message(
        text=escaped(sentence),
        blocks=(rich(line(plain(sentence))), ActionsBlock(block_id=ASK_OFFER, elements=[button])),
    )


def ask_form(metadata: str, *, question: str) -> View:
    """Asks in which words the question goes to a person."""
    return form(
        ASK_FORM,
        messages.ASK_PERSON,
        metadata,
        [text_field(ASK_TEXT, messages.ASK_LABEL, most=MOST_TEXT, initial=question, multiline=True)],
    )


def request_message(
    text: str,
    *,
    asker: str,
    channel: str | None,
    url: str | None,
    answered: bool = False,
    only_admins_pin: bool = False,
) -> Message:
    """Somebody's question for a person.  `channel`: where it was asked aloud; None: alone with the bot.

    `answered`: it has an answer that did not help them.
    `only_admins_pin`: whoever is asked cannot pin their reply themselves.
    """
    asks = messages.REQUEST_NO_HELP if answered else messages.REQUEST
    who = messages.REQUEST_PINNED_BY_ADMINS if only_admins_pin else messages.REQUEST_PINNED_BY_YOU
    where: list[RichTextElement] = [italic(messages.REQUEST_ALONE)]
    if channel is not None:
        where = [italic(messages.REQUEST_IN), channel_or_words(channel)]
        if url is not None:
            where += [plain(" · "), link(messages.REQUEST_LINK, url)]
    lines = [
        line(person(asker), plain(asks)),
        quotation(plain(cut(text, MOST_TEXT))),
        line(*where),
        line(italic(messages.REQUEST_HOW.format(who=who))),
    ]
    return Message(text=escaped(f"{asks.strip()} {text}"), blocks=(rich(*lines),))
