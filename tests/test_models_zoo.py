"""The readers that Quoth knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine import models
from qa_engine.errors import ModelNotFound
from qa_engine.models import PRECISIONS, Checksum, ModelFile, find, zoo


def test_every_row_is_a_whole_reader() -> None:
    """Each variant has one .xml, the .bin of the same name and the vocabulary, by https, with a SHA-384."""
    assert len(zoo()) == 5
    assert [spec.name for spec in zoo()] == sorted({spec.name for spec in zoo()})
    for spec in zoo():
        assert (spec.licence, spec.input_shape, spec.outputs) == (
            "Apache-2.0",
            (1, 384),
            ("output_s", "output_e"),
        )
        assert {"input_ids", "attention_mask", "token_type_ids"} <= set(spec.inputs)
        assert 0 < spec.em < spec.f1 < 100
        for variant in spec.variants:
            assert variant.precision in PRECISIONS
            assert {file.name for file in variant.files} == {
                f"{spec.name}.xml",
                f"{spec.name}.bin",
                "vocab.txt",
            }
            for file in variant.files:
                assert file.checksum.algorithm == "sha384"
                assert file.url is not None
                assert file.url.startswith(
                    "https://storage.openvinotoolkit.org/repositories/open_model_zoo/2023.0/"
                )
                assert file.url.endswith(f"/{file.name}")


def test_the_reader_of_the_field() -> None:
    """The published figures of the model that the others are measured against."""
    spec = find("bert-large-uncased-whole-word-masking-squad-0001")
    assert (spec.f1, spec.em, spec.gops, spec.mparams) == (93.21, 87.2, 246.93, 333.96)
    assert spec.precisions == ("FP32", "FP16")
    assert spec.variant("fp32").size == 231_508 + 820_026 + 1_336_377_548
    assert spec.variant() == spec.variant("FP16")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bert-large", "bert-large-uncased-whole-word-masking-squad-int8-0001"),
        (
            "bert-smal-uncased-whole-word-masking-squad-0002",
            "bert-small-uncased-whole-word-masking-squad-0002",
        ),
        ("", "quoth model ls"),
        ("gpt", "quoth model ls"),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, hint: str) -> None:
    """A name that is not known gets the nearest ones, or where to look."""
    with pytest.raises(ModelNotFound, match=hint):
        find(name)


def test_an_unknown_precision_gets_the_known() -> None:
    """A precision that a model does not come in gets those that it does."""
    with pytest.raises(ModelNotFound, match="FP32 and FP16"):
        zoo()[0].variant("INT4")


@given(name=st.sampled_from(["", ".", "..", "a/b", "../a", "/a", "a\\b", "a\0b"]))
def test_a_file_name_stays_in_its_folder(name: str) -> None:
    """No manifest can name a file outside of its folder."""
    with pytest.raises(ValueError, match="plain file name"):
        ModelFile(name, 1, Checksum("sha256", "0" * 64))


@given(text=st.text(max_size=70))
def test_a_checksum_is_hexadecimal(text: str) -> None:
    """What no algorithm can give is no checksum: it would never match, and the model be called damaged."""
    with pytest.raises(ValueError, match="checksum"):
        Checksum("sha384", text)


def test_the_public_surface() -> None:
    """`__all__` is sorted as people look for it and names only what is there."""
    assert all(hasattr(models, name) for name in models.__all__)
    assert len(models.__all__) == len(set(models.__all__))
