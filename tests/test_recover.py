"""A checkpoint that is read back out of a reader's graph."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tiny_reader import random_weights, tiny_model

pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("transformers", reason="the extra `train` is not installed")

from training.recover import ONE_A_LAYER, recover


def test_every_weight_comes_back_as_it_was_put_in() -> None:
    """Of all layers, the embeddings and the head."""
    found = recover(tiny_model())
    assert {name for name in found if name.startswith("bert.embeddings")} == {
        f"bert.embeddings.{part}"
        for part in (
            "word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
            "LayerNorm.weight", "LayerNorm.bias",
        )
    }  # fmt: skip
    assert sum(name.endswith(ONE_A_LAYER) for name in found) == 2
    for name, values in found.items():
        np.testing.assert_allclose(values, random_weights(name), atol=1e-6, err_msg=name)
