"""The teacher: it sees the reader's tokens, and what it thinks of them is a distribution to come near to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("transformers", reason="the extra `train` is not installed")

from safetensors.torch import save_file  # noqa: E402

from training.distillation import TEMPERATURE, divergence  # noqa: E402
from training.models import load_model  # noqa: E402
from training.teacher import _ids, _Layer, relative_buckets  # noqa: E402

LEAD, LENGTH = 4, 9


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(LEAD + 1, LENGTH))
def test_nothing_to_learn_from_oneself_and_else_as_pytorch_has_it(seed: int, end: int) -> None:
    """0 for the same logits, never less; over [CLS] and the passage alone the same as PyTorch's own."""
    torch.manual_seed(seed)
    own, told = torch.randn(3, LENGTH, 2), torch.randn(3, LENGTH, 2)
    allowed = torch.zeros(3, LENGTH, dtype=torch.bool)
    allowed[:, LEAD:end] = True
    places = [0, *range(LEAD, end)]
    assert divergence(own, own, allowed) == pytest.approx(0.0, abs=1e-6)
    expected = sum(
        torch.nn.functional.kl_div(
            torch.log_softmax(own[row, places, side] / TEMPERATURE, 0),
            torch.softmax(told[row, places, side] / TEMPERATURE, 0),
            reduction="sum",
        )
        for row in range(3)
        for side in (0, 1)
    )
    found = float(divergence(own, told, allowed))
    assert found >= 0
    assert found == pytest.approx(float(expected) / 6 * TEMPERATURE**2, abs=1e-4)


@pytest.mark.parametrize("length", [1, 20, 300])
def test_distances_are_mpnet_s(length: int) -> None:
    """Buckets as the library that MPNet comes with has them."""
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    places = torch.arange(length)
    oracle = MPNetEncoder.relative_position_bucket(places[None] - places[:, None])
    assert torch.equal(relative_buckets(length), oracle)


def test_words_are_moved_and_marks_exchanged() -> None:
    """MPNet's vocabulary is BERT's behind four marks of its own, with one more at the end."""
    ids = _ids(30_527)
    assert [int(ids[bert]) for bert in (0, 101, 102)] == [1, 0, 2]
    assert int(ids[1_996]) == 2_000
    assert len(ids) == 30_522


def test_both_attentions_are_one() -> None:
    """PyTorch's own, for cards, and ours in bfloat16, to that type's precision."""
    torch.manual_seed(1)
    layers = [_Layer(64, 4, 128, 1e-5, dropout=0.0, fused=fused) for fused in (True, False)]
    layers[1].load_state_dict(layers[0].state_dict())
    hidden, bias = torch.randn(2, 7, 64), torch.randn(1, 4, 7, 7)
    bias = bias + (torch.arange(7) > 5).float() * -1e4
    one, other = (layer(hidden, bias) for layer in layers)
    assert torch.allclose(one, other, atol=0.02)


def test_the_teacher_reads_each_window_as_alone(tmp_path: Path) -> None:
    """Among longer and shorter ones, in whatever order."""
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(4)
    config = MPNetConfig(
        vocab_size=160, hidden_size=32, num_hidden_layers=7, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=80,
    )  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config.to_dict()))
    save_file(MPNetModel(config).state_dict(), tmp_path / "model.safetensors")
    teacher = load_model(tmp_path, dropout=0.0).eval()
    lengths = [30, 5, 64, 17]
    mask = (torch.arange(64) < torch.tensor(lengths)[:, None]).long()
    ids = torch.randint(10, 50, mask.shape) * mask
    with torch.no_grad():
        together = teacher(ids, mask, mask)
        for row, length in enumerate(lengths):
            alone = teacher(
                ids[row : row + 1, :length], mask[row : row + 1, :length], mask[row : row + 1, :length]
            )
            torch.testing.assert_close(together[row, :length], alone[0], atol=1e-4, rtol=1e-4)
