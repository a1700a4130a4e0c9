"""What is no reader, or a broken one: refused in a line that says what was found and what was expected."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op

from qa_engine.errors import ModelCorrupt, ModelMismatch
from qa_engine.runtime import Logits, OpenVinoRuntime
from qa_engine.windows import SHORTEST, SIZE
from tests.tiny_reader import save, tiny_model, with_frozen_mask
from tests.tiny_windows import TOLERANCE, WINDOWS, distance


def reader_of(
    *,
    names: tuple[str, ...] = ("input_ids", "attention_mask", "token_type_ids"),
    dims: tuple[list[int], ...] = ([1, -1], [1, -1], [1, -1]),
    kind: Any = ov.Type.i64,
    outputs: tuple[str, ...] = ("output_s", "output_e"),
    rank: int = 2,
    float_type: str = "f32",
) -> ov.Model:
    """A model with ports as given and no sense between them."""
    inputs = [op.parameter(dim, kind, name=name) for name, dim in zip(names, dims, strict=True)]
    for parameter in inputs:
        parameter.output(0).set_names({parameter.get_friendly_name()})
    results = []
    for number, name in enumerate(outputs):
        node = op.convert(inputs[number], float_type)
        if rank == 3:
            node = op.unsqueeze(node, np.array([2]))
        node.output(0).set_names({name})
        node.set_friendly_name(name)
        results.append(op.result(node))
    return ov.Model(results, inputs, "odd")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"names": ("input_ids", "mask", "token_type_ids")}, "mask i64[1,length]"),
        ({"names": ("input_ids", "attention_mask"), "dims": ([1, -1],) * 2}, "attention_mask i64[1,length]"),
        (
            {
                "names": ("input_ids", "attention_mask", "token_type_ids", "pixels"),
                "dims": ([1, -1],) * 4,
            },
            "pixels i64[1,length]",
        ),
        ({"outputs": ("output_s", "logits")}, "logits f32[1,length]"),
        ({"outputs": ("output_s",)}, "output_s f32[1,length]"),
        ({"rank": 3}, "output_e f32[1,length,1]"),
        ({"dims": ([-1], [-1], [-1])}, "input_ids i64[length]"),
        ({"dims": ([2, 384],) * 3}, "input_ids i64[2,384]"),
        ({"dims": ([1, 384], [1, 256], [1, 384])}, "attention_mask i64[1,256]"),
        ({"dims": ([1, SHORTEST - 1],) * 3}, f"input_ids i64[1,{SHORTEST - 1}]"),
        ({"kind": ov.Type.f32}, "input_ids f32[1,length]"),
        ({"float_type": "i32"}, "output_s i32[1,length]"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_reader_is_refused_by_its_ports(
    options: dict[str, Any], found: str, tmp_path: Path
) -> None:
    """The error lists what was found, what was expected, and is one line."""
    xml = save(reader_of(**options), tmp_path)
    with pytest.raises(ModelMismatch) as caught:
        OpenVinoRuntime(xml)
    message = str(caught.value)
    assert found in message.partition("expected")[0]
    assert "expected inputs input_ids, attention_mask, token_type_ids (and perhaps position_ids)" in message
    assert (
        f"outputs output_s, output_e of f32, each [1, length], with one length of at least {SHORTEST}."
        in (message)
    )
    assert "\n" not in message


def test_the_shortest_length_is_read(tmp_path: Path) -> None:
    """The bound in the message is the bound."""
    assert OpenVinoRuntime(save(tiny_model(length=SHORTEST), tmp_path)).size == SHORTEST


def test_other_outputs_are_passed_over(tmp_path: Path, expected: list[Logits]) -> None:
    """A reader that gives more than logits is a reader; the order of its outputs is no matter."""
    model = tiny_model()
    start, end = model.get_results()
    (ids,) = (node for node in model.get_parameters() if node.get_friendly_name() == "input_ids")
    extra = op.topk(op.convert(ids, "f32"), np.int64(1), 1, "max", "value")  # two outputs, one name
    results = [op.result(extra.output(0)), op.result(extra.output(1)), end, start]
    shuffled = ov.Model(results, model.get_parameters(), "shuffled")
    found = OpenVinoRuntime(save(shuffled, tmp_path), precision="f32")
    assert distance(found.infer(WINDOWS), expected) < TOLERANCE


@pytest.mark.parametrize("length", [None, SIZE])
@pytest.mark.parametrize("suffix", [".xml", ".bin"])
@pytest.mark.parametrize("kept", [0, 0.5, 0.999, None])
def test_cut_files_are_corrupt(suffix: str, kept: float | None, length: int | None, tmp_path: Path) -> None:
    """Empty, half there, nearly whole, or absent (None): ModelCorrupt in one line that says what to do."""
    path = save(tiny_model(length=length), tmp_path).with_suffix(suffix)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * (kept or 0))])
    if kept is None:
        path.unlink()
    with pytest.raises(ModelCorrupt, match="Pull or export the model again") as caught:
        OpenVinoRuntime(tmp_path / "reader.xml")
    assert "\n" not in str(caught.value)


def test_a_model_that_cannot_be_compiled_is_corrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever OpenVINO raises there, a person gets one line, for a static model, too."""

    def fail(*_: object) -> None:
        raise RuntimeError("Exception from src/inference/src/cpp/core.cpp:\nCheck failed\n")

    monkeypatch.setattr(ov.Core, "compile_model", fail)
    for folder, length in [("dynamic", None), ("static", SIZE)]:
        with pytest.raises(ModelCorrupt, match="cannot compile it") as caught:
            OpenVinoRuntime(save(tiny_model(length=length), tmp_path / folder))
        assert "\n" not in str(caught.value)


def test_a_model_that_fails_at_work_is_corrupt(tmp_path: Path) -> None:
    """A dynamic model with a length frozen inside is not found out before it reads; then every call ends
    in the one line, not in a foreign error or a wait without end."""
    liar = OpenVinoRuntime(save(with_frozen_mask(tiny_model(), SIZE), tmp_path), precision="f32")
    for _ in range(20):  # a queue given up while a request still ran crashed one time in six
        with pytest.raises(ModelCorrupt, match="loads and fails at work") as caught:
            liar.infer(WINDOWS)
        assert "\n" not in str(caught.value)


def test_a_kept_length_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Three times the work is worth a line in the log."""
    with caplog.at_level(logging.INFO, "qa_engine.runtime"):
        OpenVinoRuntime(save(with_frozen_mask(tiny_model(length=SIZE), SIZE), tmp_path))
    assert "keeps its length of 384 tokens" in caplog.text
