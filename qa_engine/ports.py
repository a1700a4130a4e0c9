"""The inputs and outputs of a model: found by name, checked, and listed where they are others than expected.

Open Model Zoo's readers and our own are told apart from anything else by their ports' names, shapes and
types, and so is a sentence encoder.

But: ports are objects of OpenVINO's, which `runtime` alone imports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_engine.errors import ModelMismatch
from qa_engine.windows import SHORTEST

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OPTIONAL_INPUT = "position_ids"
READER_OUTPUTS = ("output_s", "output_e")
ENCODER_OUTPUTS = ("embedding",)

_KNOWN = {*INPUTS, OPTIONAL_INPUT, *READER_OUTPUTS, *ENCODER_OUTPUTS}


@dataclass(frozen=True, slots=True)
class Ports:
    """A model's ports under the names that we know them by; `width`: the last dimension of the outputs."""

    inputs: dict[str, Any]  # name: numpy type
    input_indexes: dict[str, int]
    output_indexes: tuple[int, ...]
    static_length: int | None
    any_rows: bool
    width: int | None


def reader_ports(model: Any, file: str) -> Ports:
    """Those of a BERT SQuAD reader.  Raises ModelMismatch."""
    inputs, outputs = _by_name(model)
    fits = _has(inputs, outputs, READER_OUTPUTS, _is_table)
    lengths = _static_lengths([*inputs.values(), *map(outputs.get, READER_OUTPUTS)]) if fits else set()
    if not fits or len(lengths) > 1 or min(lengths, default=SHORTEST) < SHORTEST:
        raise ModelMismatch(
            f"{file} is no BERT SQuAD reader: found {_found(inputs, outputs)}; expected inputs "
            f"{', '.join(INPUTS)} (and perhaps {OPTIONAL_INPUT}) of i32 or i64 and outputs "
            f"{', '.join(READER_OUTPUTS)} of f32, each [1, length], with one length of at least {SHORTEST}."
        )
    return _ports(model, inputs, outputs, READER_OUTPUTS, min(lengths, default=None))


def encoder_ports(model: Any, file: str) -> Ports:
    """Those of a sentence encoder that reads any length.  Raises ModelMismatch."""
    inputs, outputs = _by_name(model)
    fits = _has(inputs, outputs, ENCODER_OUTPUTS, _is_vector)
    if not fits or _static_lengths(list(inputs.values())):
        raise ModelMismatch(
            f"{file} is no sentence encoder: found {_found(inputs, outputs)}; expected inputs "
            f"{', '.join(INPUTS)} of i32 or i64, each [rows, length] of any length, and an output "
            f"{ENCODER_OUTPUTS[0]} of f32, [rows, width]."
        )
    return _ports(model, inputs, outputs, ENCODER_OUTPUTS, None)


def embedding_rows(model: Any) -> int | None:
    """The rows of the word embeddings: the largest constant that a Gather reads; None if none is found."""
    rows = [
        shape[0].get_length()
        for node in model.get_ops()
        if node.get_type_name() == "Gather"
        for shape in [node.input(0).get_partial_shape()]
        if shape.rank.is_static and shape.rank.get_length() == 2 and shape[0].is_static
    ]
    return max(rows, default=None)


def _by_name(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    inputs = {_name(port, port.node): port for port in model.inputs}
    outputs = {_name(port, port.node.input_value(0).get_node()): port for port in model.outputs}
    return inputs, outputs


def _has(
    inputs: Mapping[str, Any], outputs: Mapping[str, Any], wanted: Sequence[str], fits: Callable[..., bool]
) -> bool:
    return (
        set(INPUTS) <= set(inputs) <= {*INPUTS, OPTIONAL_INPUT}
        and set(wanted) <= set(outputs)
        and all(_is_table(port, ("i32", "i64")) for port in inputs.values())
        and all(fits(outputs[output], ("f32", "f16")) for output in wanted)
    )


def _ports(
    model: Any,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    wanted: Sequence[str],
    static_length: int | None,
) -> Ports:
    last = outputs[wanted[0]].get_partial_shape()[1]
    return Ports(
        {name: port.get_element_type().to_dtype() for name, port in inputs.items()},
        {_name(port, port.node): index for index, port in enumerate(model.inputs)},
        tuple(model.outputs.index(outputs[output]) for output in wanted),
        static_length,
        all(port.get_partial_shape()[0].is_dynamic for port in [*inputs.values(), *map(outputs.get, wanted)]),
        last.get_length() if last.is_static else None,
    )


def _name(port: Any, node: Any) -> str:
    """A port's name among those that we know, else any; IR version 10 has node names only."""
    names: set[str] = {*port.get_names(), node.get_friendly_name()}
    return min(names & _KNOWN or names)


def _is_table(port: Any, types: tuple[str, ...]) -> bool:
    shape = port.get_partial_shape()
    rank_fits = shape.rank.is_static and shape.rank.get_length() == 2
    return bool(
        rank_fits
        and (shape[0].is_dynamic or shape[0].get_length() == 1)
        and port.get_element_type().get_type_name() in types
    )


def _is_vector(port: Any, types: tuple[str, ...]) -> bool:
    """[rows, width], with a width that is known."""
    shape = port.get_partial_shape()
    if not shape.rank.is_static or shape.rank.get_length() != 2:
        return False
    known = shape[1].is_static and shape[0].is_dynamic
    return bool(known and port.get_element_type().get_type_name() in types)


def _static_lengths(ports: Sequence[Any]) -> set[int]:
    return {shape[1].get_length() for port in ports if (shape := port.get_partial_shape())[1].is_static}


def _found(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> str:
    every = [*inputs.items(), *outputs.items()]
    return ", ".join(_describe(name, port) for name, port in every) or "no inputs"


def _describe(name: str, port: Any) -> str:
    return f"{name} {port.get_element_type().get_type_name()}{port.get_partial_shape()}".replace(
        "?", "length"
    )
