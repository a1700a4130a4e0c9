"""From an installed model to a reader that may be trusted: intact files, fitting parts, a golden question.

OpenVINO loads and runs a .bin with one flipped bit without a word, so every file's SHA-256 is checked
first and a question with a known answer is put last.

But: finding and fetching models is `models/`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qa_engine.calibration import Calibration
from qa_engine.errors import ModelCorrupt
from qa_engine.models import InstalledModel, require_intact, require_vocabulary
from qa_engine.reader import Reader
from qa_engine.runtime import OpenVinoRuntime, Precision
from qa_engine.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Golden:
    """A question whose answer is known, in a passage that any SQuAD reader understands."""

    question: str
    passage: str
    answer: str

    @classmethod
    def of(cls, values: Mapping[str, object] | None) -> Golden:
        """The golden question of a model's manifest; our own if it has none."""
        if values is None:
            return GOLDEN
        try:
            return cls(str(values["question"]), str(values["passage"]), str(values["answer"]))
        except KeyError as error:
            raise ModelCorrupt(
                f"The model's golden question lacks its {error.args[0]}. Pull it again."
            ) from None


GOLDEN = Golden(
    question="How many days of annual leave does every employee get?",
    passage="Skerryvane was founded in Bristol in 2009. Every employee gets 25 days of paid annual leave "
    "a year. Unused days must be taken before the end of March.",
    answer="25",
)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that is ready to read."""

    model: InstalledModel
    reader: Reader
    runtime: OpenVinoRuntime
    calibration: Calibration


def load(
    model: InstalledModel,
    *,
    threads: int | None = None,
    precision: Precision = "auto",
    cache: Path | None = None,
    golden: bool = True,
) -> LoadedModel:
    """Check, load and try a model; `threads`, `precision` and `cache` as in `OpenVinoRuntime`.

    Raises ModelCorrupt and ModelMismatch, with one line that says what to do.
    """
    require_intact(model)
    calibration = Calibration.from_json(model.calibration)
    tokenizer = Tokenizer(model.vocab)
    runtime = OpenVinoRuntime(model.xml, threads=threads, precision=precision, cache=cache)
    require_vocabulary(model, tokenizer.size, runtime.vocabulary)
    reader = Reader(tokenizer, runtime, headings=bool((model.reads or {}).get("headings")))
    if golden:
        _ask(reader, Golden.of(model.golden), model.name)
    return LoadedModel(model, reader, runtime, calibration)


def best_span(reader: Reader, question: str, passage: str) -> str:
    """The text of the best span of one passage, however bad; empty if the passage has no words."""
    candidates = reader.read(question, [passage]).candidates
    return passage[candidates[0].start : candidates[0].end] if candidates else ""


def _ask(reader: Reader, golden: Golden, name: str) -> None:
    found = best_span(reader, golden.question, golden.passage)
    # A damaged reader quotes at length, and has the answer in it by accident.
    if golden.answer not in found or 2 * len(found) > max(len(golden.passage), 2 * len(golden.answer)):
        raise ModelCorrupt(
            f"{name} fails its golden question: found {found!r}, expected {golden.answer!r}. "
            "Its files are damaged or are no question answering model; pull it again."
        )
