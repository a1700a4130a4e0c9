"""Every sentence that a person reads, apart from help texts and errors.

But: no layout; the views put these where they belong.
"""

from __future__ import annotations

from bot.asked import Sharing
from bot.audience import Standing, Why
from bot.records.posted import Mark
from qa_engine.answers import Reason
from retrieval.lists import REACH

NO_ANSWER: dict[Reason, str] = {
    "no question": 'Ask a question in words, for example: "How many days of leave do I get?"',
    "nothing found": "I don't know: none of the documents has any word of this question.",
    "not sure": "I don't know. Nothing in the documents answers this clearly enough.",
    "said before": "I don't know. All that I find answers the question before, not this one.",
}
SEVERAL = "This asks several things, and I looked for one answer to all of it. Please ask each by itself."
NEAREST = "These come nearest:"
ALTERNATIVES = "Other places that may answer it:"
NOTHING_STORED = "There are no documents yet. Type: quoth ingest FOLDER   (or try the sample: quoth demo)"
WITHOUT_VECTORS = (
    "{passages:,} passages have no vectors and are found by their words alone. Type: quoth reindex"
)
WITHOUT_VECTORS_THERE = WITHOUT_VECTORS + " --home {home}"
ENCODING_ANEW = "encoding anew for this version's encoder: {done:,} of {total:,} documents"
ENCODED_ANEW = "encoded anew: {passages:,} passages"
OLDER_VERSION = "older version of {path}"
MENDED = 'No document says "{word}": "{other}" was looked for.'
NO_SYNONYMS = "There are no synonyms yet. Type: quoth synonyms add WORD WORD..."
NO_SUCH_COLLECTION = "There is no collection {name}; there are {names}."

COLLECTION_WHAT = (
    "Say who may see it: --workspace, --channel, --person and the like, --closed, or --default by itself. "
    "See: quoth collection set --help"
)
COLLECTION_CLOSED = "; its name stays, closed to everybody"
OPEN_BY_DEFAULT = "the workspace (nobody has said)"
OPEN_TO_NOBODY = "nobody"
OPEN_TO_SOME = "those that quoth collection ls names"
ALSO_IN = (
    "{count} of these documents {are} also in {other}, open to {other_open}; {here} is open to {here_open}. "
    "To remove from {wider}: {how}"
)
STILL_FOLLOWED = (
    "{name} is followed: what still lies there, quoth sync reads into {collection} again. "
    "To end that: quoth source rm {name}"
)
ANOTHER_READS_IT = "{name} lies in {other}: quoth sync now reads it into {collection}, open to {open_to}."

EXPLAIN_NEEDS_SLACK = "Slack has to be asked who may see what: set QUOTH_SLACK_BOT_TOKEN."
SHARING: dict[Sharing, str] = {
    "inside": "the workspace's own",
    "shared": "shared with another company",
    "hidden": "out of Quoth's sight",
    "unknown": "of which Slack does not tell whether it is shared",
}
SHARING_IGNORED = " (quoted as if it were not: QUOTH_SLACK_SHARED_CHANNELS=yes)"
STANDING: dict[Standing, str] = {
    "member": "a member",
    "guest": "a guest or of another company",
    "unknown": "of whom Slack does not tell anything",
}
RULE_ALOUD = "aloud, what is open to the workspace or the channel (to a guest, only what names both)"
RULE_ALONE = (
    "alone, what is open to the workspace, the channel or the person (to a guest, only what names them)"
)

REPLAY_COLLECTIONS = "-c goes with FILE; recorded questions are asked of what they were asked of."
REPLAY_NONE = "There is no question to ask again: none was recorded with its words and an outcome."
REPLAY_WITHOUT_WORDS = (
    "{count:,} questions cannot be asked again: their words are not kept (see QUOTH_SLACK_KEEP_TEXT_DAYS)."
)
REPLAY_NOTHING_BEFORE = "There is nothing to compare with: keep this with --save, and name it with --against."
REPLAY_NEW = "Not asked before: {questions}."
REPLAY_PIN = "pinned answer of {author}"
REPLAY_PIN_GONE = "a pinned answer that was removed since"
REPLAY_GONE = "an answer whose page has changed since"

PIN_WHO = "Say who may see it: -c COLLECTION or --workspace."
PINNED_AS = "Pinned as {number}; quoth pins rm {number} takes it away."
PIN_EXPIRED = " (expired)"
NO_SUCH_PIN = "There is no pinned answer {number}; see: quoth pins ls"

NO_RECORDS = "There are no records yet: nobody has asked anything in Slack."
NO_QUESTIONS = "Nobody has asked anything in that time."
WORDS_GONE = "(its words are not kept)"
DID_NOT_HELP = "did not help: {reason}"
WITHOUT_WORDS = (
    "{count:,} more without a good answer, whose words are not kept (see QUOTH_SLACK_KEEP_TEXT_DAYS)"
)

UPDATED = "updated {ago}"
UPDATED_ON = "updated {ago}, on {day}"
SOME_READ = "I read only {read} of {found} passages in the time that I had."
MORE_ITEMS = "… and {count} more"
ALSO = "Also said in:"
OWN_QUESTIONS_ALONE = (
    "--with, --titles and --keep go with SQuAD's rows only; these questions are asked of the documents here."
)
NONE_ANSWERABLE = "{file} has no question that has an answer."
NOT_CALIBRATED = "its confidence is another reader's, and may be far off; measure it: quoth calibrate FILE"
CALIBRATED_EARLIER = "{path} is of other weights and not used; measure anew: quoth calibrate FILE"
SOURCE_GONE = (
    "{path} is not here: what was read of it stays; bring it back, or name its new place: quoth source add"
)
THRESHOLD_TWICE = "--threshold and --max-wrong both say how sure an answer must be; give one of them."
CALIBRATED = (
    "Kept in {path}; every question from now on uses it, and "
    "a bot that runs uses it once it is started again. Undo: quoth calibrate --reset"
)
CALIBRATION_RESET = (
    "Back to the calibration that came with the reader; a bot that runs uses it once it is started again."
)
CALIBRATION_WAS_NONE = "There was none for this reader; its own is in use."
CALIBRATE_WHAT = "Name a file of questions, or --reset. See: quoth calibrate --help"
CALIBRATE_NOTHING_RIGHT = (
    "Nothing was changed: the answers of only {right} of {answerable} questions were found. They must be "
    "quoted from documents that are stored here."
)
CALIBRATE_RESET_ALONE = "--reset goes with neither FILE nor --dry-run."

CHAT_HELP = "Ask in plain words. An empty line, Ctrl-D or Ctrl-C ends."
CHAT_PROMPT = "? "
DEMO_ASKING = (
    "Eight questions about the sample handbook of Skerryvane Instruments, a company that we made up:"
)
DEMO_OWN = "Now ask about it yourself, or about documents of your own: quoth ingest FOLDER, then quoth chat."
DEMO_ADDRESS = "Open this in a browser:  {address}"
DEMO_SERVING = "The address has a key in it: it opens the page to whoever knows it. Ctrl-C stops."
DEMO_STOPPED = "Stopped."

SERVE_SOCKET = "Connected to Slack; {documents} to quote from. Ctrl-C stops."
SERVE_HTTP = "Listening for Slack at http://{address}/slack/events; {documents}. Ctrl-C stops."
SERVE_SHARED = (
    "QUOTH_SLACK_SHARED_CHANNELS=yes: what is open to the workspace is quoted in channels shared with other "
    "companies, too, who read it."
)
HOME_TAKEN = "Another bot runs on the home {home}; stop it first, or give this one a home of its own: --home"
SERVE_STOPPING = "Stopping: answering what is under way."
SERVE_STOPPED = "Stopped. {told} questions were told that they get no answer."

# Slack: while it works.
LOOKING = "Looking for an answer to: {question}"
LOOKING_QUEUED = "Looking for an answer to: {question} ({ahead} questions are before yours)"
STATUS_LOOKING = "is looking in the documents"
STATUS_QUEUED = "is at {ahead} other questions first"

# Slack: what comes instead of an answer.
ANY_TIME = "Any time. Ask me whenever you want to know something."
BUSY = "Too many questions are waiting at the moment. Please ask again in a minute."
TOO_FAST = "That is a lot of questions at once. Please wait {seconds} seconds and ask again."
STOPPING = "I am being restarted and did not get to this question. Please ask again in a minute."
MISSED = "I was stopped before I could answer this, and it has waited for a while since. Please ask it again."
GIVEN_UP = "I tried to answer this in vain: Slack or my own records did not work. Please ask it again."
NOT_TAKEN = (
    "You asked: {question} Slack did not let me answer where you asked it. Please ask me here or with /ask; "
    "if that fails, too, tell whoever runs me."
)
SHARED_CHANNEL = (
    "This channel is shared with another company, so I don't quote our documents here. "
    "Ask me in a direct message."
)
UNKNOWN_CHANNEL = (
    "I can't find out who is in this channel, so I don't quote our documents here. "
    "Ask me in a direct message, or invite me to the channel."
)
UNKNOWN_PERSON = (
    "I can't find out from Slack who you are at the moment, so I don't quote our documents to you. "
    "Please ask again in a minute."
)
GUEST = "You are a guest here, so I quote only what was opened to you by name, and nothing was."
REFUSED: dict[Why, str] = {
    "shared channel": SHARED_CHANNEL,
    "unknown channel": UNKNOWN_CHANNEL,
    "unknown person": UNKNOWN_PERSON,
    "guest": GUEST,
}
NO_DOCUMENTS = "I have no documents to look in here. Whoever runs me has to give me some first."
BROKEN = (
    "Something went wrong while I looked for this, and it is my fault, not your question's. "
    "It is written in my log. Please try again, or tell whoever runs me."
)
NOT_RECORDED = (
    "I can't write to my own records at the moment, so I took no question. Please tell whoever runs me."
)
ATTACHED = "I read only the words of your message, not what is attached to it."
TOO_LONG = "I found an answer, but it does not fit into a message."
CHANGED_SINCE = "The page that this answer came from has changed since. Please ask again."
NOT_YOURS = "I can't show that here. Please ask again in this place."
NOT_KEPT = "I did not keep the words of this question, so I can't ask it again. Please ask it here."
EARLIER_NOT_KEPT = (
    "This question goes on from one whose words I no longer have, so I can't ask it again. "
    "Please ask it here in full."
)
CANNOT_SHARE = "I can't post in this channel. Invite me to it, then share again."

# Slack: the answer.
SAME_ELSEWHERE = "The same stands in {count} other places."
SAME_ELSEWHERE_ONE = "The same stands in one other place."
CONTACT = "Who to ask: "
ASKED = "Question: "
SHARED_BY = "Shared by "
HELPFUL, NOT_HELPFUL = "Helpful", "Not helpful"
SHOW_MORE, WHY, SHARE = "Show more", "Why this answer", "Share to channel"
THANKS = "Thank you, noted."
ANSWERED_ANEW = (
    "Thank you. The question was changed or asked again since, so this does not count for its new answer."
)
THANKS_REASON = "Thank you. Your reason helps whoever looks after the documents."
ASK_INSTEAD = "You can also put the question to a person."
SHARED = "Shared to the channel."
SHARE_OTHER = "Asked as this channel, I would not give that answer, so nothing was shared."

# Slack: answers of people.
PINNED = "Answered by {author} on {day}"
PINNED_QUESTION = "Pinned to the question: "
PINNED_SOURCE = "where it was said"
PINNED_FOR_YOU = "A person has answered what you wanted to know: "
FROM_DOCUMENTS = "From the documents:"
WHY_PINNED = "A person's answer comes first: its question is {likeness} like this one."
ASK_PERSON = "Ask a person"
ASK_LABEL = "Your question; your name goes with it to whoever looks after these documents"
REQUEST = " asks, and the documents do not say:"
REQUEST_NO_HELP = " asks, and what I answered did not help:"
REQUEST_IN, REQUEST_LINK = "Asked in ", "to the question"
REQUEST_ALONE = "Asked alone with me."
REQUEST_HOW = (
    "Please reply in this thread. When {who} the reply (in its menu: Pin this reply), whoever "
    "asked is told, and from then on it answers questions like this one."
)
REQUEST_PINNED_BY_YOU, REQUEST_PINNED_BY_ADMINS = "you or an admin pin", "an admin pins"
NO_WINDOW = "The window did not open in time. Please try once more."
PASSED_ON = "I passed your question on. When somebody's reply is pinned, I tell you."
PASSED_ON_BEFORE = "Your question was passed on already. When somebody's reply is pinned, I tell you."
NOBODY_TO_ASK = "There is nobody whom I could ask. Please ask again in this place."
NOT_PASSED_ON = "I could not pass your question on. Please tell whoever runs me."
PIN_SHORTCUT = "Pin this reply"
PIN_QUESTION, PIN_ANSWER = "The question that it answers", "The answer"
PIN_AUDIENCE, PIN_CHOOSE = "Who may see it", "Choose"
PIN_DAYS, PIN_DAYS_HINT = "For how many days (may stay empty)", "For good"
PIN_WORKSPACE = "Members of the workspace"
PIN_COLLECTION = "Whoever may see the collection {name}"
PIN_SAVED = "Pinned. Questions like this one are answered with it from now on."
PIN_SAVED_TOLD = "Pinned, and whoever wanted to know is told: {count}."
PIN_WHO_MAY = (
    "Only admins can pin a reply, and whoever looks after some documents their own reply to a "
    "question that was passed on to them; in a channel that everybody may join, only admins."
)
PIN_NO_REPLY = "Choose a reply that a person wrote in a thread."
PIN_NOBODY = "There is nobody in this place for whom it could be pinned."
PIN_NO_WORDS = "A few words, please."
PIN_NO_DAYS = "A whole number of days, please, from 1 to {most}, or nothing."
# Slack: an answer whose document is not what it was.
STALE: dict[Mark, str] = {
    "stands": "This document has changed since; the words quoted still stand in it.",
    "changed": "This document has changed since; the words quoted no longer stand in it.",
    "gone": "What was quoted here stood in a document that was removed since.",
    "ended": "What a person had answered here does not hold any more.",
}
STALE_NEAREST = "A document named here has changed since."
ASK_AGAIN = "Ask again"

# Slack: modals.
MORE_TITLE, WHY_TITLE, REASON_TITLE = "Show more", "Why this answer", "Not helpful"
CLOSE, SEND = "Close", "Send"
MORE_SAME = "The same answer elsewhere"
MORE_OTHERS = "Other answers"
MORE_NOTHING = "There is nothing more: no other passage came near."
REASON_LABEL = "It is noted as not helpful. What was wrong? (may be left out)"
REASON_HINT = "For example: out of date, wrong page, not what I asked"
WHY_READ = "Read {passages} passages in {windows} windows, in {milliseconds} ms."
WHY_STOPPED = {
    "sure": "By then one answer was sure enough; the rest ({left}) was not read.",
    "time": "Then the time was over; the rest ({left}) was not read.",
}
WHY_CONFIRMED = "A second reader read {count} of them again."
WHY_THRESHOLD = "An answer is given from {threshold} on; that the documents do not say: {nothing}."
WHY_MARGIN = "The best answer: {confidence}; the best that says something else: {rival}."
WHY_PASSAGES = "Passages, the likeliest first: how likely, the score of its words (BM25), and these words"
WHY_MORE = "and {count} more"

# Slack: App Home, help, sources.
BOARD_TITLE = "For admins: the last {days} days"
BOARD_FIGURES = "{questions} questions, {rate} answered; {helpful} times helpful, {not_helpful} times not."
BOARD_NONE = "Nobody has asked anything that you may see."
BOARD_WANTED = "What to write next: asked, and not answered well"
BOARD_COUNT = " ({count} times)"
BOARD_NEAREST = "nearest: {place}"
HOME_TITLE = "Quoth answers with words quoted from your documents"
HOME_KNOWS = "I know {documents}; the latest change is of {day}."
HOME_KNOWS_UNDATED = "I know {documents}."
HOME_HOW = "How to ask"
HOME_RECENT = "Your latest questions"
HOME_NO_RECENT = "You have not asked anything yet."
HOME_NO_WORDS = "The words of what you asked are not kept."
HOW_TO_ASK = (
    "/ask and a question, anywhere: only you see the answer, until you share it",
    "/ask here: what I may quote in that place",
    "@ and my name and a question in a channel: the answer comes in the thread, for all",
    "in that thread, the next question needs no mention",
    "a direct message to me, or the menu of any message: Ask Quoth about this",
)
HELP = "I quote your documents word for word, and say where it stands. When they don't say, so do I."
SOURCES = "What I know"
SOURCES_MORE = "and {count} more"
STATES = {
    "waiting": "under way",
    "answered": "answered",
    "unanswered": "not known",
    "told": "not answered",
}
HERE_BOTH = (
    "Asked aloud here, I quote from {aloud} open to this workspace or this channel; "
    "by /ask, to you alone, from {alone}."
)
HERE_ALONE = "To you alone, I quote from {documents}."
SHORTCUT = "Ask Quoth about this"

# Slack: prompts of the agent view.
PROMPTS_TITLE = "Ask about"
PROMPT = 'What does "{title}" say about {heading}?'

_CONFIDENCE = ((80, "very sure"), (60, "fairly sure"), (40, "likely"), (10, "perhaps"), (0, "hardly"))


def confidence(probability: float) -> str:
    """A calibrated probability in words and as a figure, the words those of the figure."""
    percent = round(100 * probability)
    words = next(words for least, words in _CONFIDENCE if percent >= least)
    return f"{words} ({percent}%)" if probability >= 0.01 else f"{words} (under 1%)"


def address(host: str, port: int) -> str:
    """As it stands in a URL: "127.0.0.1:8020", "[::1]:8020"."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def more_rows(count: int) -> str:
    """So many rows that are not shown; of very many, nobody has counted them."""
    if count >= REACH:
        return f"… and {REACH} more rows or more"
    return "… and 1 more row" if count == 1 else f"… and {count} more rows"


def documents(count: int) -> str:
    """So many documents."""
    return f"{count:,} document" if count == 1 else f"{count:,} documents"
