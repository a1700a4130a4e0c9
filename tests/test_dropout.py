"""Dropout: how much of it, and what of it is the same again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from training.dropout import ByteDropout, with_byte_dropout  # noqa: E402


@settings(deadline=None, max_examples=20)
@given(st.floats(0.05, 0.9), st.integers(0, 10_000), st.sampled_from(["float32", "bfloat16"]))
def test_a_share_drops_out_and_the_mean_stays(share: float, seed: int, kind: str) -> None:
    """In every byte of the numbers drawn; the same seed drops the same."""
    torch.manual_seed(seed)
    ones = torch.ones(4_000, 8, dtype=getattr(torch, kind))
    part = ByteDropout(share)
    dropped = part(ones)
    assert dropped.dtype == ones.dtype
    assert (dropped == 0).float().mean(dim=0).tolist() == pytest.approx([share] * 8, abs=0.05)
    assert float(dropped.float().mean()) == pytest.approx(1.0, abs=0.1)
    torch.manual_seed(seed)
    assert torch.equal(part(ones), dropped)


def test_the_gradient_goes_where_the_values_went() -> None:
    """As PyTorch's does; and outside of training, or with a share of 0, nothing happens."""
    values = torch.randn(33, 7, requires_grad=True)
    part = ByteDropout(0.5)
    part(values).sum().backward()
    assert set(values.grad.flatten().tolist()) == {0.0, 2.0}
    assert (part.p, part.eval()(values) is values) == (0.5, True)
    assert ByteDropout(0.0)(values) is values


def test_every_dropout_of_a_model_is_exchanged() -> None:
    """However deep it lies; the weights keep their names."""
    inner = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Dropout(0.25))
    model = torch.nn.Sequential(inner, torch.nn.Dropout(0.1))
    names = list(model.state_dict())
    changed = with_byte_dropout(model)
    assert [each.kept for each in changed.modules() if isinstance(each, ByteDropout)] == [192, 230]
    assert not any(isinstance(each, torch.nn.Dropout) for each in changed.modules())
    assert list(changed.state_dict()) == names


@pytest.mark.parametrize("share", [-0.1, 0.9999, 1.0])
def test_what_cannot_drop_out(share: float) -> None:
    """Less than nothing, and all."""
    with pytest.raises(ValueError, match="cannot drop out"):
        ByteDropout(share)
