"""The desk: takes questions in, has them answered one after the other, and sees that each ends in a message.

Taking in is quick (a few writes to SQLite) and is all that a listener waits for.  Answering happens in the
workers of a bounded queue, and everything else that Slack must be asked for (a status, a refusal, a window)
in a second one, so that neither holds up an acknowledgement.

But: what is said is `answering.py`'s business, who may see what `audience.py`'s, what buttons do
`aftermath.py`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial

from bot import messages
from bot.admission import Admission
from bot.answering import Answering, Reply
from bot.asked import Asked, Place
from bot.audience import Refused
from bot.composition import Workplace
from bot.deletions import Deletions
from bot.delivery import deliver, tell_of_refusal
from bot.errands import Errand, Errands
from bot.errors import SlackRefuses, SlackSilent, SlackTrouble
from bot.reception import Reception
from bot.records.questions import Question
from bot.records.records import DAY, Records
from bot.records.requests import Requests
from bot.slack.lines import Lines
from bot.slack_settings import SlackSettings
from bot.views.blocks.notes import note
from bot.views.blocks.parts import Message
from bot.work_queue import KeyedLocks, WorkQueue
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)

LATER_SECONDS = (10.0, 30.0, 60.0, 120.0)
"""When an answer is tried again that Slack could not take; it was tried three times within seconds before."""
ENDING_SECONDS, ENDING_TRIES = 300.0, 24
"""How often it is tried after that, and how many times, to say at least that there will be no answer."""
GRACE_SECONDS = 5.0
RESUMED_SECONDS = 600.0
"""A question left waiting by a crash is answered after the restart if it has not waited for longer."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a question at the desk.  `refusal`: what is said instead of an answer."""

    ahead: int = 0
    refusal: Message | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A question of the records to be answered, as it was worded at that revision.

    `resumed`: it was tried before, and perhaps its answer was posted without a note of that.  Its channel may
    have been shared since.
    """

    number: int
    revision: int
    resumed: bool = False
    attempt: int = 0


class Desk:
    """Takes questions in and answers them; safe to share between threads."""

    def __init__(self, work: Workplace, records: Records, lines: Lines, settings: SlackSettings) -> None:
        self.work = work
        self.records = records
        self.requests = Requests(records.database)
        self.lines = lines
        self.settings = settings
        self.admission = Admission(work.collections, lines, settings)
        self.answering = Answering(work, self.admission, settings)
        self._reception = Reception(records, self.answering, per_minute=settings.per_minute)
        self._locks = KeyedLocks()
        self.questions: WorkQueue[Job] = WorkQueue(
            "question", self._answer, workers=settings.workers, room=settings.waiting
        )
        self.errands = Errands(many_workspaces=settings.many_workspaces)
        self._deletions = Deletions(records, lines, self.errands, self.alone_with)

    def take(self, asked: Asked, *keys: str) -> Receipt | None:
        """Take a question in; None if it came before under one of these keys, or its message did.

        A public question is told of its refusal by the desk; a private one by whoever took it in.
        """
        receipt = self._take(asked, keys)
        if receipt is None:
            log.info("seen before: a %s", asked.via)
        elif not asked.private:
            self._show_progress(asked, receipt)
        return receipt

    def reword(self, question: Question, text: str, *keys: str, edit: str | None = None) -> None:
        """The message that asks was edited: answer the new words in place of the old.

        `keys`: as in `take`.  `edit`: when, as Slack has it; None: Slack speaks of no edit, and the words are
        perhaps the same.
        """
        if edit is None and text == question.asked.text:
            return
        reworded = self._reception.reword(question, text, keys, edit=edit)
        if reworded is None:
            return
        if refusal := self._reception.too_fast(question.asked.place.team, question.asked.person):
            self.errand(partial(self._tell, reworded, refusal))
        elif self.questions.offer(Job(reworded.id, reworded.revision)) is None:
            self.errand(partial(self._tell, reworded, self._full()))

    def ask_again(self, number: int, person: str) -> str | None:
        """Answer a question once more, in place of its answer; the sentence that refuses it, or None.

        It keeps the audience that it has: where whoever asked has left or become a guest, the answer stays.
        It takes from the bucket of the person who asks again.
        """
        with self.alone_with(number) as question:
            if question is None or question.state == "removed":
                return messages.NOT_YOURS
            if not question.as_read:
                return messages.NOT_KEPT if not question.asked.text else messages.EARLIER_NOT_KEPT
            allowed = self.answering.allowed(question.asked.later())
            if isinstance(allowed, Refused) and allowed.why == "guest":
                return messages.NOT_YOURS
            place = question.asked.place
            if refusal := self._reception.too_fast(place.team, person):
                return refusal
            again = question.revision + 1
            if question.state == "waiting":  # asked again before, and perhaps left so by a crash
                again = question.revision
            if self.questions.offer(Job(question.id, again, resumed=True)) is None:
                return self._full()
            if again > question.revision:
                self.records.edited(question.id, question.asked.text)
        if question.asked.thread is not None:
            self.errand(partial(self._status, place, question.asked.thread, messages.STATUS_LOOKING))
        return None

    def take_back(self, place: Place, ts: str) -> None:
        """A message was deleted: what it asked goes from the records, and the answer from Slack.

        Told of later than that, it asks nothing.
        """
        self.records.note_deletion(place, ts)
        for question in self.records.all_asked_by(place, ts):
            self.records.removed(question.id)
            self.answering.conversations.forget(question.id)
            self.errand(partial(self._deletions.soon, question.id))

    def resume(self, now: float) -> int:
        """Take up the questions that a crash left waiting; how many there are.

        Those that have waited for too long are told so, and what the queue does not take, too.  Answers that
        a deletion left standing are deleted.
        """
        self.errand(self._deletions.look)
        left = self.records.waiting(since=0.0)
        fresh = {question.id for question in self.records.waiting(since=now - RESUMED_SECONDS)}
        for question in left:
            if question.id not in fresh:
                self.errand(partial(self._tell, question, messages.MISSED, perhaps_said=True))
            elif self.questions.offer(Job(question.id, question.revision, resumed=True)) is None:
                self.errand(partial(self._tell, question, self._full(), perhaps_said=True))
        return len(left)

    def forget_daily(self) -> None:
        """Delete what is older than the settings let it be, now and once a day, also when it fails."""
        try:
            self.records.forget(days=self.settings.keep_days, text_days=self.settings.keep_text_days)
        finally:
            self.errands.offer_later(self.forget_daily, DAY)

    def errand(self, errand: Errand) -> None:
        """Do something in Slack soon, outside the listener."""
        self.errands.send(errand)

    def close(self, seconds: float) -> int:
        """Take nothing more in, answer for so long, tell the rest; how many had to be told.

        What is under way when the time is up gets some seconds more; what does not end even then is left
        waiting in the records, and the next start takes it up.
        """
        left = self.questions.drain(seconds)
        for job in left:
            question = self.records.question(job.number)
            if question is not None and question.state == "waiting":
                # One that was tried before may have its answer in Slack.
                self.errand(partial(self._tell, question, messages.STOPPING, perhaps_said=job.resumed))
        self.errands.drain(max(seconds, GRACE_SECONDS))
        if not (self.questions.join(GRACE_SECONDS) and self.errands.join(GRACE_SECONDS)):
            log.error("some work did not end in time and is left")
        return len(left)

    @contextmanager
    def alone_with(self, number: int) -> Iterator[Question | None]:
        """A question as it stands, while nobody else answers, rewords or removes it."""
        self._locks.acquire(number)
        try:
            yield self.records.question(number)
        finally:
            self._locks.release(number)

    def _take(self, asked: Asked, keys: Sequence[str]) -> Receipt | None:
        taken = self._reception.take(asked, keys)
        if taken is None:
            return None
        if isinstance(taken, Message):
            return Receipt(refusal=taken)
        ahead = self.questions.offer(Job(taken.id, taken.revision))
        if ahead is None:
            log.warning("the queue is full or closed: a question is refused")
            self.records.told(taken.id, taken.revision, answer_ts=None)
            return Receipt(refusal=note(self._full()))
        return Receipt(ahead=max(0, ahead + 1 - self.settings.workers))

    def _full(self) -> str:
        """Why a question is not taken."""
        return messages.STOPPING if self.questions.closed else messages.BUSY

    def _show_progress(self, asked: Asked, receipt: Receipt) -> None:
        """In the thread: what the bot is at, or why it will not answer."""
        channel, thread = asked.place.channel, asked.thread
        if receipt.refusal is not None:
            refusal = receipt.refusal
            mark = f"refusal {asked.ts}"
            self.errand(lambda: self.lines.to(asked.place).say(channel, refusal, thread=thread, mark=mark))
        elif thread is not None:
            status = messages.STATUS_LOOKING
            if receipt.ahead:
                status = messages.STATUS_QUEUED.format(ahead=receipt.ahead)
            self.errand(partial(self._status, asked.place, thread, status))

    def _status(self, place: Place, thread: str, status: str) -> None:
        with suppress(SlackTrouble):  # an ornament: the answer comes anyway
            self.lines.to(place).status(place.channel, thread, status)

    def _answer(self, job: Job) -> None:
        """Answer a question of the queue; whatever happens, a message comes of it."""
        try:
            self._answer_now(job)
        except RetrievalError as error:
            log.error("the records cannot be used: %s", error)
            self._try_later(job)

    def _answer_now(self, job: Job) -> None:
        """Raises RetrievalError where the records fail, before or after there is an answer."""
        with self.alone_with(job.number) as question:
            if question is None or question.state != "waiting" or question.revision != job.revision:
                return  # taken back or reworded since
            now = replace(question, asked=question.asked.later()) if job.resumed else question
            reply = self.answering.reply(now)
            try:
                posting = self.lines.to(question.asked.place)
                answer_ts = deliver(posting, question, reply.message, perhaps_said=job.resumed)
            except SlackSilent as error:
                self.errands.note_trouble(error)
                self._try_later(job)  # or the next start will, since it is still waiting
                return
            except SlackTrouble as error:
                self.errands.note_trouble(error)
                answer_ts, reply = None, Reply(reply.message)  # it is no answer, since nobody sees it
                self.errand(lambda: tell_of_refusal(self.lines.to(question.asked.place), question))
            try:
                self._note_answer(question, reply, answer_ts)
            except RetrievalError as error:
                if not question.asked.private:
                    raise  # it is found in Slack by its mark
                log.error("an answer could not be noted: %s", error)

    def _note_answer(self, question: Question, reply: Reply, answer_ts: str | None) -> None:
        if reply.found is None:
            self.records.told(question.id, question.revision, answer_ts=answer_ts)
        else:
            self.records.answered(question.id, question.revision, answer_ts=answer_ts, found=reply.found)

    def _try_later(self, job: Job) -> None:
        """Where there is no later (all tries are spent, or the queue takes none), the question is over."""
        if job.attempt < len(LATER_SECONDS):
            again = replace(job, resumed=True, attempt=job.attempt + 1)
            if self.questions.offer_later(again, LATER_SECONDS[job.attempt]):
                return
        self.errand(partial(self._give_up, job))

    def _give_up(self, job: Job, attempt: int = 0) -> None:
        """Say that a question was tried in vain, as soon as that can be said and noted.

        What cannot within hours is left waiting in the records, and the next start takes it up.
        """
        try:
            question = self.records.question(job.number)
            if question is not None and question.revision == job.revision:
                self._tell(question, messages.GIVEN_UP, perhaps_said=True)
        except (RetrievalError, SlackSilent) as error:
            log.error("a question could not be ended: %s", error)
            if attempt < ENDING_TRIES:
                self.errands.offer_later(partial(self._give_up, job, attempt + 1), ENDING_SECONDS)

    def _tell(self, question: Question, sentence: str, *, perhaps_said: bool = False) -> None:
        """Tell somebody that there will be no answer; `perhaps_said`: as in `deliver`.

        Reworded since, it has a job of its own.  Where Slack refuses the sentence, it is over all the same.
        """
        with self.alone_with(question.id) as now:
            if now is None or now.state != "waiting" or now.revision != question.revision:
                return
            try:
                posting = self.lines.to(now.asked.place)
                answer_ts = deliver(posting, now, note(sentence), perhaps_said=perhaps_said)
            except SlackRefuses as error:
                self.errands.note_trouble(error)
                answer_ts = None
            self.records.told(now.id, now.revision, answer_ts=answer_ts)
