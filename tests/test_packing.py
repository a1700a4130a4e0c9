"""Windows behind one another: each is read as it would be alone, and what is learned is the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("transformers", reason="the extra `train` is not installed")

from torch import Tensor  # noqa: E402
from transformers import BertConfig, BertForQuestionAnswering  # noqa: E402

from training.packing import Packing, by_length  # noqa: E402
from training.student import Student  # noqa: E402

WORDS, WIDTH = 40, 40
lengths = st.lists(st.integers(1, WIDTH), min_size=1, max_size=8)
steps = st.integers(1, 16)


def held(lengths: list[int]) -> Tensor:
    """A mask of windows of these lengths."""
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()


@pytest.fixture(scope="module")
def student() -> Student:
    """A reader of random weights."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=WORDS, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, initializer_range=0.3, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, max_position_embeddings=WIDTH,
    )  # fmt: skip
    student: Student = Student(config).eval()
    return student


@pytest.fixture(scope="module")
def oracle(student: Student) -> BertForQuestionAnswering:
    """The library's own forward pass over the same weights, each window filled up."""
    model = BertForQuestionAnswering(student.config).eval()
    model.load_state_dict(student.state_dict())
    return model


@given(lengths, steps)
def test_what_is_packed_comes_back(lengths: list[int], step: int) -> None:
    """Each token once, the shortest windows first, in whole steps; behind the windows there is 0."""
    mask = held(lengths)
    packing = Packing(mask, step)
    values = torch.arange(1, mask.numel() + 1).view_as(mask) * mask
    packed = packing.pack(values)
    assert len(packed) % step == 0
    assert len(packed) - packing.empty == sum(lengths)
    assert torch.equal(packing.unpack(packed[:, None].float())[:, :, 0].long(), values)
    apart = [bucket.apart(packed[:, None].float()) for bucket in packing.buckets]
    assert [part.shape[1] for part in apart] == sorted({-(-n // step) * step for n in lengths})
    together = [bucket.together(part) for bucket, part in zip(packing.buckets, apart, strict=True)]
    assert torch.equal(torch.cat(together)[:, 0].long(), packed[: sum(lengths)])


@given(lengths, steps)
def test_each_window_is_in_one_bucket(lengths: list[int], step: int) -> None:
    """In the one that it needs, with no more than a step of what fills it up."""
    found = by_length(held(lengths), step)
    assert sorted(row for rows, _ in found for row in rows.tolist()) == list(range(len(lengths)))
    for rows, length in found:
        assert all(length - step < lengths[row] <= length for row in rows.tolist())


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), lengths)
def test_the_library_reads_and_learns_the_same(
    student: Student, oracle: BertForQuestionAnswering, seed: int, lengths: list[int]
) -> None:
    """Logits and gradients of windows of any lengths, in float32."""
    torch.manual_seed(seed)
    mask = held(lengths)
    ids, types = torch.randint(WORDS, mask.shape), torch.randint(2, mask.shape)
    aim = torch.randn(*mask.shape, 2) * mask[..., None]
    says = student(ids, types, mask)
    found = oracle(input_ids=ids, token_type_ids=types, attention_mask=mask)
    said = torch.stack((found.start_logits, found.end_logits), dim=-1) * mask[..., None]
    torch.testing.assert_close(says, said, atol=1e-4, rtol=1e-4)
    for model, logits in ((student, says), (oracle, said)):
        model.zero_grad()
        (logits * aim).sum().backward()
    theirs = dict(oracle.named_parameters())
    for name, parameter in student.named_parameters():
        torch.testing.assert_close(parameter.grad, theirs[name].grad, atol=2e-3, rtol=1e-3, msg=name)


@pytest.mark.parametrize("fused", [True, False])
def test_bfloat16_reads_nearly_the_same(student: Student, fused: bool) -> None:
    """To that type's precision, in either attention."""
    torch.manual_seed(2)
    mask = held([5, 40, 17, 33])
    ids, types = torch.randint(WORDS, mask.shape), torch.zeros_like(mask)
    with torch.no_grad():
        said = student(ids, types, mask)
        student.precision, student.fused = torch.bfloat16, fused
        try:
            says = student(ids, types, mask)
        finally:
            student.precision, student.fused = torch.float32, True
    assert says.dtype == torch.float32
    assert float((says - said).abs().mean()) < 0.05 * float(said.abs().mean())
