"""int8 by NNCF's post-training quantisation, of weights and activations.

But: the same windows give the same file; whether the reader still answers well is measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import nncf
import numpy as np
import openvino as ov

from qa_engine.windows import Window


def quantise(model: ov.Model, calibration: Sequence[Window]) -> ov.Model:
    """`model` in int8, its activations' ranges as seen on the windows; a static length is padded to."""
    lengths = [port.get_partial_shape()[1] for port in model.inputs]
    fixed = lengths[0].get_length() if lengths[0].is_static else None
    inputs = [
        {
            "input_ids": _row(window.ids, fixed),
            "attention_mask": _row(np.ones_like(window.ids), fixed),
            "token_type_ids": _row(window.types, fixed),
        }
        for window in calibration
    ]
    return nncf.quantize(
        model,
        nncf.Dataset(inputs),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,  # activations may be asymmetric: GELU's are
        subset_size=len(inputs),
    )


def _row(values: np.ndarray, length: int | None) -> np.ndarray:
    """[1, length] of int64, filled up with zeros."""
    padding = 0 if length is None else length - len(values)
    return np.pad(values, (0, padding))[np.newaxis].astype(np.int64)
