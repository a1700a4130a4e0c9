"""Whether the files of a model are the ones that were installed, and fit one another.

Why at all: OpenVINO loads and runs a .bin with one flipped bit without a word.

But: the manifest itself is not signed, and a model without one can only be looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa_engine.errors import ModelCorrupt, ModelMismatch
from qa_engine.models.files import Checksum, ModelFile
from qa_engine.models.manifest import EMBEDDED, ENCODER, InstalledModel
from qa_engine.models.zoo import zoo

State = Literal["ok", "unchecked", "missing", "unreadable", "size", "checksum"]


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What became of one file.  `found` and `expected` are for people; "unchecked": there is no checksum."""

    name: str
    state: State
    found: str
    expected: str

    @property
    def ok(self) -> bool:
        """Nothing is known to be wrong."""
        return self.state in ("ok", "unchecked")


def verify(model: InstalledModel) -> list[FileCheck]:
    """Check every file of `model`; reads each of them whole.  Never raises for what it finds."""
    if model.has_checksums:
        return [check_file(model.folder / file.name, file) for file in model.files]
    paths = (model.xml, model.bin, model.vocab)
    return [
        FileCheck(path.name, "unchecked", "no checksum", "no checksum")
        if path.is_file()
        else FileCheck(path.name, "missing", "no file", "a file")
        for path in paths
    ]


def require_intact(model: InstalledModel) -> None:
    """Raises ModelCorrupt for the first file that is not as it was installed."""
    for check in verify(model):
        if not check.ok:
            raise ModelCorrupt(
                f"{check.name} of {model.name} in {model.folder} is damaged: found {check.found}, "
                f"expected {check.expected}. {_remedy(model)}"
            )


def require_vocabulary(model: InstalledModel, tokens: int, embeddings: int | None) -> None:
    """Raises ModelMismatch unless a model that tells of its embeddings has one for each token."""
    if embeddings is not None and embeddings != tokens:
        raise ModelMismatch(
            f"{model.vocab.name} has {tokens:,} tokens and {model.name} {embeddings:,} "
            "embeddings; expected the vocabulary that came with the model."
        )


def check_file(path: Path, expected: ModelFile) -> FileCheck:
    """Check one file; one of another size is not read."""
    size = f"{expected.size:,} bytes"
    try:
        if not path.is_file():
            return FileCheck(expected.name, "missing", "no file", size)
        if (found := path.stat().st_size) != expected.size:
            return FileCheck(expected.name, "size", f"{found:,} bytes", size)
        checksum = Checksum.of(path, expected.checksum.algorithm)
    except OSError as error:
        return FileCheck(expected.name, "unreadable", error.strerror or "an unreadable file", size)
    state: State = "ok" if checksum == expected.checksum else "checksum"
    return FileCheck(expected.name, state, str(checksum), str(expected.checksum))


def _remedy(model: InstalledModel) -> str:
    if model.folder in (EMBEDDED, ENCODER):
        return "Install Quoth again."
    if any(model.name == spec.name for spec in zoo()):
        precision = f" --precision {model.precision}" if model.precision else ""
        return f"Pull it again: quoth model pull {model.name}{precision}"
    return "Install it again from where it came."
