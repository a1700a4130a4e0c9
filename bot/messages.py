"""Every sentence that a person reads, apart from help texts and errors.

But: no layout; the views put these where they belong.
"""

from __future__ import annotations

from qa_engine.answers import Reason

NO_ANSWER: dict[Reason, str] = {
    "no question": 'Ask a question in words, for example: "How many days of leave do I get?"',
    "nothing found": "I don't know: none of the documents has any word of this question.",
    "not sure": "I don't know. Nothing in the documents answers this clearly enough.",
}
NEAREST = "These come nearest:"
ALTERNATIVES = "Other places that may answer it:"
NOTHING_STORED = "There are no documents yet. Type: quoth ingest FOLDER   (or try the sample: quoth demo)"
NO_SUCH_COLLECTION = "There is no collection {name}; there are {names}."

SOME_READ = "I read only {read} of {found} passages in the time that I had."
ALSO = "Also said in:"
CALIBRATED = "Kept in {path}; every question from now on uses it. Undo: quoth calibrate --reset"
CALIBRATION_RESET = "Back to the calibration that came with the reader."
CALIBRATION_WAS_NONE = "There was none for this reader; its own is in use."
CALIBRATE_WHAT = "Name a file of questions, or --reset. See: quoth calibrate --help"

CHAT_HELP = "Ask in plain words. An empty line, Ctrl-D or Ctrl-C ends."
CHAT_PROMPT = "? "
DEMO_ASKING = (
    "Eight questions about the sample handbook of Skerryvane Instruments, a company that we made up:"
)
DEMO_OWN = "Now ask about it yourself, or about documents of your own: quoth ingest FOLDER, then quoth chat."

_CONFIDENCE = ((0.8, "very sure"), (0.6, "fairly sure"), (0.4, "likely"), (0.0, "perhaps"))


def confidence(probability: float) -> str:
    """A calibrated probability in words."""
    return next(words for least, words in _CONFIDENCE if probability >= least)
