"""The encoder that ships with Quoth, with OpenVINO itself."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op

from qa_engine.encoder import SIZE, Encoder, identity, load_encoder
from qa_engine.errors import ModelCorrupt, ModelMismatch
from qa_engine.models import EMBEDDED, ENCODER, InstalledModel, read_manifest
from qa_engine.runtime import OpenVinoEncoder
from retrieval.vectors import Encoder as Wanted


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(read_manifest(ENCODER), threads=2)


def test_what_means_the_same_lies_near(encoder: Encoder) -> None:
    """In other words, and nearer than what shares words and means something else."""
    asked = "What do I do when my computer is stolen?"
    same = "Report a missing laptop to IT at once, so that it can be locked."
    other = "What a computer costs stands in the catalogue; do not order one yourself."
    question, near, far = encoder.encode([asked, same, other])
    assert question @ near > question @ far + 0.1


def test_vectors_have_length_one_and_do_not_depend_on_company(encoder: Encoder) -> None:
    """Alone or in a batch of other lengths, in any order: the same direction; the empty text has one, too."""
    texts = ["", "Leave.", "The tide gauge " * 9, "Bristol, " * 200, "\udcff \0 \u65e5\u672c", "Leave."]
    together = encoder.encode(texts)
    assert together.shape == (len(texts), encoder.width)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-2)
    for text, vector in zip(texts, together, strict=True):
        assert encoder.encode([text])[0] @ vector > 0.99
    assert encoder.encode([]).shape == (0, encoder.width)


def test_a_long_text_is_judged_by_its_beginning(encoder: Encoder) -> None:
    """`SIZE` tokens, the two that frame them included; and every one of them counts."""
    whole, cut = encoder.encode(["leave " * 1_000, "leave " * (SIZE - 2)])
    assert whole @ cut > 0.9999
    shorter, other = encoder.encode(["leave " * (SIZE - 2), "leave " * (SIZE - 12) + "whale " * 10])
    assert shorter @ other < 0.999


def test_it_is_what_retrieval_wants(encoder: Encoder) -> None:
    """The Protocol is met, and vectors are named after the very weights."""
    wanted: Wanted = encoder
    model = read_manifest(ENCODER)
    weights = next(file for file in model.files if file.name == model.bin.name)
    assert wanted.id == identity(model) == f"{model.name}-{weights.checksum.hex[:12]}"


def copied(folder: Path) -> InstalledModel:
    shutil.copytree(ENCODER, folder)
    return read_manifest(folder)


def test_one_flipped_bit_never_encodes(tmp_path: Path) -> None:
    """OpenVINO would run it without a word."""
    model = copied(tmp_path / "encoder")
    data = bytearray(model.bin.read_bytes())
    data[len(data) // 2] ^= 1
    model.bin.write_bytes(data)
    with pytest.raises(ModelCorrupt, match="is damaged"):
        load_encoder(model)


@pytest.mark.parametrize(
    ("golden", "said"),
    [
        ({"question": "Leave?", "passage": "Leave.", "cosine": -0.5}, "fails its golden pair"),
        ({"question": "Leave?"}, "no golden pair"),
        (None, "no golden pair"),
    ],
)
def test_a_golden_pair_that_fails_is_told(golden: dict[str, Any] | None, said: str) -> None:
    """So is a manifest without one."""
    with pytest.raises(ModelCorrupt, match=said):
        load_encoder(replace(read_manifest(ENCODER), golden=golden), threads=2)


def test_a_reader_is_no_encoder(tmp_path: Path) -> None:
    """Its outputs are others; nor is one that reads one length only, or gives no vector of known width."""
    with pytest.raises(ModelMismatch, match=r"no sentence encoder: found .*output_s.*expected inputs"):
        OpenVinoEncoder(EMBEDDED / "reader.xml")
    for dims, rank in (([-1, 64], 2), ([-1, -1], 3)):
        ports = [
            op.parameter(dims, ov.Type.i64, name=name)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ]
        for port in ports:
            port.output(0).set_names({port.get_friendly_name()})
        node = op.reduce_mean(op.convert(ports[0], "f32"), np.array([1]), True)
        if rank == 3:
            node = op.unsqueeze(node, np.array([2]))
        node.output(0).set_names({"embedding"})
        ov.save_model(ov.Model([op.result(node)], ports, "odd"), tmp_path / "odd.xml")
        with pytest.raises(ModelMismatch, match="no sentence encoder"):
            OpenVinoEncoder(tmp_path / "odd.xml")
