"""From a name or a path to a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.errors import ModelCorrupt, ModelNotFound
from qa_engine.models import installed, resolve
from tests.test_models_manifest import install

LARGE = "bert-large-uncased-whole-word-masking-squad-0001"


def place(folder: Path, name: str, precision: str) -> Path:
    return install(folder / f"{name}-{precision}", name, precision).folder


def test_installed_lists_whole_models_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By name, the most exact first; what is unfinished is passed over, what is damaged is logged."""
    for name, precision in [(LARGE, "FP16"), (LARGE, "FP32"), ("a", "odd")]:
        place(tmp_path, name, precision)
    place(tmp_path, LARGE, "FP16.part")
    damaged = place(tmp_path, "damaged", "FP16")
    (damaged / "manifest.json").write_text("{")
    (tmp_path / "a file").write_text("")
    found = [(model.name, model.precision) for model in installed(tmp_path)]
    assert found == [("a", "odd"), (LARGE, "FP32"), (LARGE, "FP16")]
    assert "damaged-FP16 is left out" in caplog.text
    assert installed(tmp_path / "none") == []


def test_a_name_means_the_most_exact_precision(tmp_path: Path) -> None:
    """NAME is the best that is installed, NAME@PRECISION that one, in any case of letters."""
    half, full = place(tmp_path, LARGE, "FP16"), None
    assert resolve(LARGE, models_folder=tmp_path).folder == half
    full = place(tmp_path, LARGE, "FP32")
    assert resolve(LARGE, models_folder=tmp_path).folder == full
    assert resolve(f"{LARGE}@fp16", models_folder=tmp_path).folder == half


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or an .xml file, absolute or relative; one with an @ in it, too."""
    models = tmp_path / "models"
    model = install(tmp_path / "a@b" / "mine")
    for path in (model.folder, model.xml):
        assert resolve(str(path), models_folder=models) == model
    monkeypatch.chdir(tmp_path / "a@b")
    with pytest.raises(ModelNotFound, match="no such user"):
        resolve("~nobody-of-this-name/model", models_folder=models)
    for relative in ("mine", "./mine", "mine/reader.xml"):
        assert resolve(relative, models_folder=models).name == "ours"
    with pytest.raises(ModelNotFound, match="expected a folder"):
        resolve("./none", models_folder=models)
    with pytest.raises(ModelNotFound):
        resolve("x" * 5000, models_folder=models)
    with pytest.raises(ModelNotFound):
        resolve("/" + "x" * 5000, models_folder=models)


def test_the_embedded_reader(tmp_path: Path) -> None:
    """ "embedded" is the folder given for it; without one the way out is named."""
    model = install(tmp_path / "embedded", "small")
    assert resolve("embedded", models_folder=tmp_path / "no", embedded_folder=model.folder) == model
    with pytest.raises(ModelNotFound, match="Install Quoth again"):
        resolve("embedded", models_folder=tmp_path, embedded_folder=tmp_path / "none")


def test_what_to_type_next(tmp_path: Path) -> None:
    """Every refusal ends in what to do."""
    with pytest.raises(ModelNotFound, match=rf"Type: quoth model pull {LARGE}$"):
        resolve(LARGE, models_folder=tmp_path)
    place(tmp_path, LARGE, "FP16")
    with pytest.raises(ModelNotFound, match=rf"in FP32 .*quoth model pull {LARGE} --precision FP32$"):
        resolve(f"{LARGE}@FP32", models_folder=tmp_path)
    with pytest.raises(ModelNotFound, match="it comes in FP32 and FP16"):
        resolve(f"{LARGE}@INT4", models_folder=tmp_path)
    with pytest.raises(ModelNotFound, match=f"Did you mean .*{LARGE}.* path"):
        resolve(LARGE.replace("squad", "squat"), models_folder=tmp_path)


def test_a_damaged_manifest_is_said_to_be_damaged(tmp_path: Path) -> None:
    """A model that is there and unreadable is not called absent."""
    folder = place(tmp_path, LARGE, "FP16")
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(ModelCorrupt, match="is no manifest"):
        resolve(LARGE, models_folder=tmp_path)
