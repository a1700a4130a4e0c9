"""Bringing a message to whom it is for: into the thread, in place of an earlier one, or to one person only;
and a form to whoever pressed.

But: what it says, and what happens when it cannot be brought, is the desk's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from slack_sdk.models.views import View

from bot import messages
from bot.asked import Asked
from bot.errors import SlackRefuses, SlackTrouble
from bot.press import Press
from bot.records.questions import Question
from bot.slack.posting import SIGNED_OUT, Posting
from bot.views.blocks.notes import MOST_ECHO, note
from bot.views.blocks.parts import Message, cut

log = logging.getLogger(__name__)

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
OUT_OF_REACH = GONE | {"channel_not_found", "not_in_channel", "is_archived", "no_permission"}
"""A message that the bot cannot change any more."""


def deliver(
    posting: Posting, question: Question, message: Message, *, perhaps_said: bool = False
) -> str | None:
    """Show a question's message; its timestamp where it is public.

    `perhaps_said`: it may have been posted before, without a note of that.
    """
    asked = question.asked
    if asked.private:
        whisper(posting, asked, message, mark=f"question.{question.id}")
        return None
    channel = asked.place.channel
    if question.answer_ts is not None:
        try:
            posting.update(channel, question.answer_ts, message)
            return question.answer_ts
        except SlackRefuses as error:
            if error.code not in GONE:
                raise
    mark = f"question.{question.id}.{question.revision}"
    return posting.say(channel, message, thread=asked.thread, mark=mark, perhaps_said=perhaps_said)


def tell_of_refusal(posting: Posting, question: Question) -> None:
    """Slack refuses a public message, as in a channel where only some may post: told to whoever asked, alone.

    A private one was tried in a direct message before.
    """
    asked = question.asked
    if not asked.private:
        sentence = messages.NOT_TAKEN.format(question=cut(asked.text, MOST_ECHO))
        posting.say(asked.person, note(sentence), thread=None, mark=f"not taken.{question.id}")


def whisper(posting: Posting, asked: Asked, message: Message, *, mark: str) -> None:
    """Show a private message by response_url, else as an ephemeral message, else as a direct message.

    In a thread it is an ephemeral message first: what a response_url shows to one person never gets there.
    """
    channel, person = asked.place.channel, asked.person
    if asked.thread is not None and _done(
        lambda: posting.whisper(channel, person, message, thread=asked.thread)
    ):
        return
    url = asked.response_url
    if url is not None and _done(lambda: posting.respond(url, message)):
        return
    try:
        posting.whisper(channel, person, message)
    except SlackRefuses as error:
        if error.code in SIGNED_OUT:
            raise
        posting.say(person, message, thread=None, mark=mark)


def open_form(posting: Posting, press: Press, form: View) -> None:
    """Open a form for whoever pressed; where it is too late for one, tell them so."""
    try:
        posting.open(press.trigger_id, form)
    except SlackTrouble as error:
        log.info("a window did not open: %s", error)
        whisper(posting, press.as_asked, note(messages.NO_WINDOW), mark=f"window.{press.person}")


def _done(what: Callable[[], None]) -> bool:
    """Whether something could be done in Slack; there is another way where it cannot."""
    try:
        what()
    except SlackTrouble as error:
        log.info("a private message goes another way: %s", error)
        return False
    return True
