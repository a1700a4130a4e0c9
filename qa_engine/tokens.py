"""Text to WordPiece tokens and back to places in the text.

WordPiece (Schuster and Nakajima, 2012) with BERT's lower-casing and accent stripping, by the
`tokenizers` library.  Lower-casing happens inside the tokenizer: offsets always refer to the text as
it was given, so that `text[offsets[i, 0]:offsets[i, 1]]` is what token i was made of.

But: no special tokens here; a window adds [CLS] and [SEP].  "[SEP]" in a text is three ordinary tokens:
no document can end a window from within.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer as Pipeline
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from qa_engine.errors import ModelCorrupt, ModelMismatch

Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """`ids`, shape [n], and `offsets`, shape [n, 2]: where in the text each token begins and ends."""

    ids: Int32s = field(repr=False)
    offsets: Int32s = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"Tokens({len(self)})"

    def cut(self, size: int) -> Tokens:
        """The first `size` tokens."""
        return Tokens(self.ids[:size], self.offsets[:size])


class Tokenizer:
    """The lower-casing WordPiece tokenizer of one vocabulary file (one token a line)."""

    def __init__(self, vocabulary: Path) -> None:
        """Raises ModelCorrupt where the file cannot be read, ModelMismatch where it is no BERT vocabulary."""
        try:
            # Not splitlines(), which also breaks at U+0085 and U+2028: the library counts newlines only.
            lines = vocabulary.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelCorrupt(f"The vocabulary {vocabulary} cannot be read ({error}).") from error
        number = {token: index for index, token in enumerate(lines)}
        missing = [token for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]") if token not in number]
        if missing:
            raise ModelMismatch(
                f"{vocabulary} is no BERT vocabulary: found {len(lines):,} lines without "
                f"{', '.join(missing)}; expected the vocab.txt that came with the model."
            )
        self.size = len(lines)
        self.pad, self.cls, self.sep = number["[PAD]"], number["[CLS]"], number["[SEP]"]
        self._unknown = number["[UNK]"]
        self._wordpiece = Pipeline(WordPiece.from_file(str(vocabulary)))
        self._wordpiece.normalizer = BertNormalizer(lowercase=True)
        self._wordpiece.pre_tokenizer = BertPreTokenizer()
        self.colon = self(":").ids

    def __call__(self, text: str) -> Tokens:
        """The tokens of `text`; a lone surrogate, which no UTF-8 text can hold, is passed over."""
        encoding = self._wordpiece.encode(_without_surrogates(text), add_special_tokens=False)
        return Tokens(
            np.array(encoding.ids, dtype=np.int32),
            np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2),
        )

    def batch(self, texts: list[str]) -> list[Tokens]:
        """The tokens of each text; several at once go over the processor's cores."""
        encodings = self._wordpiece.encode_batch(
            [_without_surrogates(text) for text in texts], add_special_tokens=False
        )
        return [
            Tokens(np.array(e.ids, dtype=np.int32), np.array(e.offsets, dtype=np.int32).reshape(-1, 2))
            for e in encodings
        ]

    def count(self, text: str) -> int:
        """How many tokens `text` has."""
        return len(self._wordpiece.encode(_without_surrogates(text), add_special_tokens=False).ids)

    def is_word(self, text: str) -> bool:
        """Whether `text` is one entry of the vocabulary: an English word that is not rare."""
        ids = self._wordpiece.encode(_without_surrogates(text), add_special_tokens=False).ids
        return len(ids) == 1 and ids[0] != self._unknown


def _without_surrogates(text: str) -> str:
    """One character for one: offsets stay."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
