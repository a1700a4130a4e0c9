"""What can go wrong in the question answering engine.

EngineError
├── ModelError              a model cannot be used; the message says what was found, expected, and to do
│   ├── ModelNotFound       no such name or path
│   ├── ModelCorrupt        a file is missing, cut, or has another checksum, or the golden question fails
│   └── ModelMismatch       inputs, outputs, shapes or vocabulary are not those of a BERT SQuAD reader
└── DownloadError           a model file could not be fetched
"""

from __future__ import annotations


class EngineError(Exception):
    """Base of all; `str(error)` is a sentence that a person may read."""


class ModelError(EngineError):
    """A model cannot be used."""


class ModelNotFound(ModelError):
    """No model of that name or at that path."""


class ModelCorrupt(ModelError):
    """A model file is missing, cut or altered, or the golden question fails."""


class ModelMismatch(ModelError):
    """Inputs, outputs, shapes or vocabulary are not those of a BERT SQuAD reader."""


class DownloadError(EngineError):
    """A model file could not be fetched."""
