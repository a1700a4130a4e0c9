"""From files to a reader that may be trusted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qa_engine.calibration import Calibration
from qa_engine.errors import ModelCorrupt, ModelMismatch
from qa_engine.loading import GOLDEN, Golden, best_span, load
from qa_engine.models import EMBEDDED, InstalledModel, open_model, read_manifest
from tests.tiny_reader import SHAPE, WORDS, install

ANY_ANSWER = {"question": "a?", "passage": "b.", "answer": ""}
"""A golden question that every model passes: the empty answer is in every span."""


def copy_of_embedded(folder: Path) -> InstalledModel:
    shutil.copytree(EMBEDDED, folder)
    return read_manifest(folder)


def test_the_reader_that_ships_loads_and_passes_its_golden_question() -> None:
    """As installed: files intact, parts fitting, the golden question answered."""
    loaded = load(read_manifest(EMBEDDED))
    assert loaded.runtime.vocabulary == loaded.reader.tokenizer.size == 30_522
    assert loaded.runtime.fixed_length is None
    assert GOLDEN.answer in best_span(loaded.reader, GOLDEN.question, GOLDEN.passage)


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("suffix", [".bin", ".xml"])
def test_a_flipped_bit_is_found(suffix: str, place: float, tmp_path: Path) -> None:
    """OpenVINO would load and run it without a word; the checksum does not."""
    model = install(tmp_path / "model", golden=ANY_ANSWER)
    load(model)
    path = model.xml.with_suffix(suffix)
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelCorrupt, match=f"reader{suffix} of tiny .* is damaged: found sha256:"):
        load(model)


def test_a_flipped_bit_of_the_reader_that_ships_is_found(tmp_path: Path) -> None:
    """The same for the real weights: one bit of 23 MB."""
    model = copy_of_embedded(tmp_path / "model")
    with model.bin.open("r+b") as file:
        file.seek(12_345_678)
        byte = file.read(1)[0]
        file.seek(12_345_678)
        file.write(bytes([byte ^ 16]))
    with pytest.raises(ModelCorrupt, match=rf"reader\.bin of {model.name} .* is damaged"):
        load(model)


def test_a_cut_file_is_found_without_reading_it(tmp_path: Path) -> None:
    """The size tells."""
    model = install(tmp_path / "model", golden=ANY_ANSWER)
    model.bin.write_bytes(model.bin.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match=r"reader\.bin .* found [\d,]+ bytes, expected [\d,]+ bytes"):
        load(model)


def test_a_vocabulary_of_another_model_is_a_mismatch(tmp_path: Path) -> None:
    """Whole, and not the one whose numbers the model learned: both sizes are named."""
    install(tmp_path / "model")
    (tmp_path / "model/manifest.json").unlink()  # nothing to hold the checksum against
    vocabulary = tmp_path / "model/vocab.txt"
    for words in ([*WORDS, "more"], WORDS[:-1]):
        vocabulary.write_text("\n".join(words) + "\n")
        expected = rf"vocab\.txt has {len(words)} tokens and .* {SHAPE.vocabulary} embeddings"
        with pytest.raises(ModelMismatch, match=expected):
            load(open_model(tmp_path / "model"), golden=False)


def test_a_model_that_answers_nonsense_is_corrupt(tmp_path: Path) -> None:
    """Random weights are a valid BERT; only the golden question tells, in one line with both answers."""
    model = install(tmp_path / "model")
    with pytest.raises(ModelCorrupt, match=r"tiny fails its golden question: found '.*', expected '25'"):
        load(model)
    assert load(model, golden=False).model is model


def test_a_golden_question_of_one_s_own(tmp_path: Path) -> None:
    """The manifest's question is asked in place of ours; one without its parts is corrupt."""
    assert load(install(tmp_path / "good", golden=ANY_ANSWER)).runtime.size == 384
    hard = {**ANY_ANSWER, "answer": "what is not there"}
    with pytest.raises(ModelCorrupt, match="expected 'what is not there'"):
        load(install(tmp_path / "hard", golden=hard))
    with pytest.raises(ModelCorrupt, match="lacks its answer"):
        load(install(tmp_path / "half", golden={"question": "a?", "passage": "b."}))
    assert Golden.of(None) is GOLDEN


def test_calibration_comes_from_the_manifest(tmp_path: Path) -> None:
    """The model's own weights, or the defaults; nonsense is found at load, not at the first question."""
    own = install(tmp_path / "own", golden=ANY_ANSWER, calibration={"threshold": 0.9})
    assert load(own).calibration == Calibration(threshold=0.9)
    assert load(install(tmp_path / "none", golden=ANY_ANSWER)).calibration == Calibration()
    with pytest.raises(ModelCorrupt, match="expected numbers"):
        load(install(tmp_path / "odd", calibration={"threshold": "high"}))


def test_options_reach_the_runtime(tmp_path: Path) -> None:
    """Threads, precision and cache are handed on."""
    model, cache = install(tmp_path / "model", golden=ANY_ANSWER), tmp_path / "cache"
    load(model, threads=1, precision="f32", cache=cache)
    assert any(cache.iterdir())
