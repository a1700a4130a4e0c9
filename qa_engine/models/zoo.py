"""The readers that Quoth knows: the question answering models of Open Model Zoo, and their files.

Reference: Open Model Zoo 2023.0, `models/intel/*/model.yml` (names, sizes, SHA-384, addresses) and the
README of each model (published F1 and EM on the SQuAD v1.1 dev set, operations, parameters).  The rows
are package data: `zoo.json` beside this module.

But: nothing is fetched here; `download` does that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from qa_engine.errors import ModelNotFound
from qa_engine.models.files import Checksum, ModelFile

ZOO = Path(__file__).with_name("zoo.json")

PRECISIONS = ("FP32", "FP16", "FP32-INT8", "FP16-INT8")
"""What the weights are stored in, the most exact first: what "the best" precision means."""


@dataclass(frozen=True, slots=True)
class ModelVariant:
    """A model in one precision.  `folder` is what it is called once it is installed."""

    model: str
    precision: str
    files: tuple[ModelFile, ...] = field(repr=False)

    @property
    def folder(self) -> str:
        return f"{self.model}-{self.precision}"

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as published.

    `f1` and `em`: percent on the SQuAD v1.1 dev set.  `gops`: 10^9 operations for one window of
    `input_shape`.  `mparams`: 10^6 parameters.
    """

    name: str
    description: str
    licence: str
    f1: float
    em: float
    gops: float
    mparams: float
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_shape: tuple[int, ...]
    variants: tuple[ModelVariant, ...] = field(repr=False)

    @property
    def precisions(self) -> tuple[str, ...]:
        """The precisions that it comes in, the most exact first."""
        return tuple(variant.precision for variant in self.variants)

    def variant(self, precision: str | None = None) -> ModelVariant:
        """The model in `precision`; by default in that of the smallest download.

        Open Model Zoo publishes the same figures for all precisions of a model.  Raises ModelNotFound.
        """
        if precision is None:
            return min(self.variants, key=lambda variant: variant.size)
        for variant in self.variants:
            if variant.precision == precision.upper():
                return variant
        raise ModelNotFound(
            f"{self.name} does not come in {precision}; it comes in {' and '.join(self.precisions)}."
        )


@cache
def zoo() -> tuple[ModelSpec, ...]:
    """The readers that Quoth knows, by name."""
    rows = json.loads(ZOO.read_text(encoding="utf-8"))["models"]
    return tuple(sorted((_spec(row) for row in rows), key=lambda spec: spec.name))


def find(name: str) -> ModelSpec:
    """The model called `name`.  Raises ModelNotFound, with the nearest names."""
    by_name = {spec.name: spec for spec in zoo()}
    if name in by_name:
        return by_name[name]
    # Names are long and much alike: a part of one is a better hint than the distance to all of them.
    near = [known for known in by_name if name and name.lower() in known]
    near = near or get_close_matches(name.lower(), by_name, n=3, cutoff=0.5)
    hint = (
        f"Did you mean {' or '.join(near)}?" if near else "See `quoth model ls` for those that Quoth knows."
    )
    raise ModelNotFound(f'No model is called "{name}". {hint}')


def _spec(row: Mapping[str, Any]) -> ModelSpec:
    return ModelSpec(
        name=row["name"],
        description=row["description"],
        licence=row["licence"],
        f1=row["squad_v1_1_dev"]["f1"],
        em=row["squad_v1_1_dev"]["em"],
        gops=row["gops"],
        mparams=row["mparams"],
        inputs=tuple(row["inputs"]),
        outputs=tuple(row["outputs"]),
        input_shape=tuple(row["input_shape"]),
        variants=tuple(
            ModelVariant(row["name"], precision, tuple(_file(file) for file in row["precisions"][precision]))
            for precision in sorted(row["precisions"], key=PRECISIONS.index)
        ),
    )


def _file(row: Mapping[str, Any]) -> ModelFile:
    return ModelFile(row["name"], row["size"], Checksum("sha384", row["sha384"]), row["url"])
