"""An installed model and the `manifest.json` beside it.

The manifest says what the model is, where it came from, and the size and SHA-256 of each file:

    {"format": 1, "name": ..., "precision": "FP16", "licence": "Apache-2.0", "source": ...,
     "files": [{"name": "x.xml", "size": ..., "sha256": ...}, ...x.bin, ...vocab.txt],
     "golden": {...}, "calibration": {...}, "figures": {...}, "reads": {"headings": true}}

The last four are optional and are passed on as they are: other modules know what they mean.

But: reading a manifest checks no file; `verify` does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa_engine.errors import ModelCorrupt, ModelNotFound
from qa_engine.models.files import Checksum, ModelFile
from qa_engine.models.zoo import PRECISIONS

MANIFEST = "manifest.json"
VOCABULARY = "vocab.txt"
FORMAT = 1
EMBEDDED = Path(__file__).with_name("embedded")
"""Where the reader that ships with Quoth lies."""
ENCODER = Path(__file__).with_name("encoder")
"""Where the sentence encoder that ships with it lies."""

EXTRAS = ("golden", "calibration", "figures", "reads")


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine.

    `files` is empty where there is no manifest: such a model can be read, and cannot be verified.
    `precision`, `licence` and `source` are None where they are not known.
    """

    name: str
    precision: str | None
    xml: Path
    vocab: Path
    files: tuple[ModelFile, ...] = field(default=(), repr=False)
    licence: str | None = None
    source: str | None = None
    golden: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)
    calibration: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)
    figures: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)
    reads: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)

    @property
    def bin(self) -> Path:
        """The weights; OpenVINO looks for them beside the .xml, under the same name."""
        return self.xml.with_suffix(".bin")

    @property
    def folder(self) -> Path:
        return self.xml.parent

    @property
    def has_checksums(self) -> bool:
        return bool(self.files)

    @property
    def size(self) -> int:
        """Bytes, as the manifest says; 0 without one."""
        return sum(file.size for file in self.files)


def open_model(path: Path) -> InstalledModel:
    """The model in the folder `path`, or the one whose .xml `path` is; with a manifest or without.

    Without: an IR as Open Model Zoo lays it out, x.xml with x.bin beside it and vocab.txt beside it or
    one folder above.  Raises ModelNotFound and ModelCorrupt.
    """
    try:
        path = path.expanduser()
    except RuntimeError:
        raise ModelNotFound(f"{path} is no model: there is no such user's folder.") from None
    if path.is_dir():
        if (path / MANIFEST).exists():
            return read_manifest(path)
        return _bare(_only_xml(path))
    if path.suffix != ".xml" or not path.is_file():
        raise ModelNotFound(f"{path} is no model: expected a folder or an .xml file that is there.")
    if (path.parent / MANIFEST).exists():
        listed = read_manifest(path.parent)
        if listed.xml.name == path.name:
            return listed
    return _bare(path)


def read_manifest(folder: Path) -> InstalledModel:
    """The model that the manifest in `folder` describes.

    Raises ModelNotFound where there is no manifest, ModelCorrupt where it cannot be understood.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        version = manifest["format"]
        if type(version) is int and version > FORMAT:
            raise ModelCorrupt(
                f"{path} has format {version}; this Quoth reads format {FORMAT}. Update Quoth or pull again."
            )
        return _parse(manifest, folder)
    except FileNotFoundError:
        raise ModelNotFound(f"{folder} has no {MANIFEST}: no model was installed there.") from None
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelCorrupt(
            f"{path} is no manifest of format {FORMAT} ({type(error).__name__}). Install the model again."
        ) from error


def describe(
    folder: Path,
    *,
    name: str,
    precision: str,
    licence: str,
    source: str,
    golden: Mapping[str, Any] | None = None,
    calibration: Mapping[str, Any] | None = None,
    figures: Mapping[str, Any] | None = None,
    reads: Mapping[str, Any] | None = None,
) -> InstalledModel:
    """The model whose one .xml, .bin and vocab.txt lie in `folder`, measured.

    Raises ModelNotFound and ModelCorrupt where they are not there, OSError where they cannot be read.
    """
    xml = _only_xml(folder)
    files = tuple(
        ModelFile(path.name, path.stat().st_size, Checksum.of(path))
        for path in (xml, _bare(xml).bin, folder / VOCABULARY)
    )
    return InstalledModel(
        name, precision, xml, folder / VOCABULARY, files, licence, source, golden, calibration, figures, reads
    )


def write_manifest(model: InstalledModel) -> None:
    """Write `manifest.json` into the model's folder; it is there whole or not at all.

    Raises OSError, and ValueError for a model without checksums.
    """
    if not model.has_checksums:
        raise ValueError(f"{model.name} has no checksums to write down")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": model.name,
        "precision": model.precision,
        "licence": model.licence,
        "source": model.source,
        "files": [
            {"name": file.name, "size": file.size, file.checksum.algorithm: file.checksum.hex}
            for file in model.files
        ],
    }
    manifest |= {key: value for key in EXTRAS if (value := getattr(model, key)) is not None}
    path = model.folder / MANIFEST
    fresh = path.with_name(MANIFEST + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _parse(manifest: Mapping[str, Any], folder: Path) -> InstalledModel:
    """Raises KeyError, TypeError or ValueError for what is no manifest."""
    files = {
        row["name"]: ModelFile(row["name"], row["size"], Checksum("sha256", row["sha256"]))
        for row in manifest["files"]
    }
    (xml,) = (name for name in files if name.endswith(".xml"))
    if manifest["format"] != FORMAT or set(files) != {xml, xml.removesuffix(".xml") + ".bin", VOCABULARY}:
        raise ValueError("not one .xml, its .bin and a vocabulary")
    if not isinstance(manifest["name"], str) or not manifest["name"]:
        raise ValueError("a model without a name")
    words = [manifest.get(key) for key in ("precision", "licence", "source")]
    if not all(word is None or isinstance(word, str) for word in words):
        raise TypeError("precision, licence and source are words")
    extras = [manifest.get(key) for key in EXTRAS]
    if not all(extra is None or isinstance(extra, dict) for extra in extras):
        raise TypeError(f"{', '.join(EXTRAS)} are objects")
    precision, licence, source = words
    return InstalledModel(
        manifest["name"],
        precision,
        folder / xml,
        folder / VOCABULARY,
        tuple(files.values()),
        licence,
        source,
        *extras,
    )


def _only_xml(folder: Path) -> Path:
    found = sorted(folder.glob("*.xml"))
    if len(found) != 1:
        raise ModelNotFound(
            f"{folder} is no model: found {len(found)} .xml files and no {MANIFEST}; "
            "expected a folder with one model. Name a model's folder or its .xml file."
        )
    return found[0]


def _bare(xml: Path) -> InstalledModel:
    """A model without a manifest."""
    here, above = xml.parent / VOCABULARY, xml.absolute().parent.parent / VOCABULARY
    vocab = here if here.is_file() or not above.is_file() else above
    precision = xml.absolute().parent.name
    model = InstalledModel(xml.stem, precision if precision in PRECISIONS else None, xml, vocab)
    for path in (model.xml, model.bin, vocab):
        if not path.is_file():
            raise ModelCorrupt(
                f"{path.name} of the model in {model.folder} is missing: expected an .xml, a .bin of the "
                f"same name, and {VOCABULARY} beside them or one folder above. Copy the whole model."
            )
    return model
