"""Installed models: the manifest beside them, and whether their files are what it says."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_engine.errors import ModelCorrupt, ModelError, ModelNotFound
from qa_engine.models import (
    EMBEDDED,
    InstalledModel,
    describe,
    open_model,
    read_manifest,
    require_intact,
    verify,
    write_manifest,
)

FILES = {"reader.xml": b"<net/>", "reader.bin": b"\x01\x02\x03\x04", "vocab.txt": b"[PAD]\n[UNK]\n"}


def install(folder: Path, name: str = "ours", precision: str = "FP32", **more: Any) -> InstalledModel:
    """A model of four bytes with a manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in FILES.items():
        (folder / file).write_bytes(content)
    model = describe(folder, name=name, precision=precision, licence="Apache-2.0", source="here", **more)
    write_manifest(model)
    return model


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
words = st.text(st.characters(codec="utf-8"), min_size=1)


@settings(max_examples=40, deadline=None)
@given(
    name=words,
    precision=words,
    extras=st.fixed_dictionaries(
        {},
        optional={
            key: st.dictionaries(words, st.text(st.characters(codec="utf-8")) | st.floats(allow_nan=False))
            for key in ("golden", "calibration", "figures")
        },
    ),
)
def test_a_manifest_round_trips(name: str, precision: str, extras: dict[str, Any]) -> None:
    """What is written is read again, the mappings of other modules included."""
    with tempfile.TemporaryDirectory() as folder:
        model = install(Path(folder), name, precision, **extras)
        assert read_manifest(Path(folder)) == model == open_model(Path(folder))
        assert all(check.state == "ok" for check in verify(model))


@settings(deadline=None)
@given(content=st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_manifest_is_read_or_refused(content: bytes) -> None:
    """Whatever bytes stand in a manifest, the outcome is a model or a ModelError."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_bytes(content)
        with pytest.raises(ModelError):
            read_manifest(Path(folder))


@settings(deadline=None)
@given(st.data())
def test_any_changed_entry_is_read_or_refused(data: st.DataObject) -> None:
    """A manifest with one value replaced or removed is a model or a ModelCorrupt, never another error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder, golden={"question": "?"})
        manifest = json.loads((folder / "manifest.json").read_text())
        place = data.draw(st.sampled_from([manifest, *manifest["files"]]))
        key = data.draw(st.sampled_from(sorted(place)))
        if data.draw(st.booleans()):
            place[key] = data.draw(json_values)
        else:
            del place[key]
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with suppress(ModelCorrupt):
            assert read_manifest(folder).folder == folder


@pytest.mark.parametrize("name", ["../../etc/passwd.xml", "/etc/x.xml", "a/b.xml"])
def test_a_manifest_does_not_point_out_of_its_folder(tmp_path: Path, name: str) -> None:
    """Only plain names are files of a model."""
    install(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace("reader.xml", name))
    with pytest.raises(ModelCorrupt):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("2", "format 2; this Quoth reads format 1"),
        ("0", "no manifest of format 1"),
        ('"1"', "no manifest of format 1"),
    ],
)
def test_another_format_is_refused(tmp_path: Path, version: str, line: str) -> None:
    """A manifest of a later Quoth is not guessed at, and is told from a damaged one."""
    install(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', f'"format": {version}'))
    with pytest.raises(ModelCorrupt, match=line):
        read_manifest(tmp_path)


@settings(max_examples=50, deadline=None)
@given(file=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_flipped_bit_anywhere_is_found(file: str, data: st.DataObject) -> None:
    """OpenVINO runs a model with one flipped bit: `verify` has to see it, in each file, at each place."""
    with tempfile.TemporaryDirectory() as folder:
        model = install(Path(folder))
        content = bytearray(FILES[file])
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        content[bit // 8] ^= 1 << bit % 8
        (Path(folder) / file).write_bytes(content)
        assert {check.name: check.state for check in verify(model) if not check.ok} == {file: "checksum"}
        with pytest.raises(ModelCorrupt, match=rf"{file} of ours .* found sha256:.*, expected sha256:"):
            require_intact(model)


@pytest.mark.parametrize("file", sorted(FILES))
def test_a_missing_or_cut_file_is_found(tmp_path: Path, file: str) -> None:
    """A file that is gone, cut or grown has a state of its own, and the message says both sizes."""
    model = install(tmp_path)
    for content in (FILES[file] + b"x", FILES[file][:-1]):
        (tmp_path / file).write_bytes(content)
        assert [check.state for check in verify(model) if not check.ok] == ["size"]
    with pytest.raises(
        ModelCorrupt, match=f"found {len(FILES[file]) - 1} bytes, expected {len(FILES[file])} bytes"
    ):
        require_intact(model)
    (tmp_path / file).unlink()
    assert [check.state for check in verify(model) if not check.ok] == ["missing"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_found(tmp_path: Path) -> None:
    """A file without the right to read it is told, not raised."""
    model = install(tmp_path)
    model.bin.chmod(0)
    assert [check.state for check in verify(model) if not check.ok] == ["unreadable"]


def test_the_remedy_fits_the_model(tmp_path: Path) -> None:
    """A model of the zoo is pulled again; the embedded one comes with Quoth; another is the user's own."""
    zoo_model = install(tmp_path / "a", "bert-small-uncased-whole-word-masking-squad-0002", "FP16")
    zoo_model.bin.unlink()
    with pytest.raises(ModelCorrupt, match=r"quoth model pull bert-small-.*-0002 --precision FP16$"):
        require_intact(zoo_model)
    own = install(tmp_path / "b")
    own.bin.unlink()
    with pytest.raises(ModelCorrupt, match="from where it came"):
        require_intact(own)
    ours = dataclasses.replace(own, xml=EMBEDDED / "no.xml")
    with pytest.raises(ModelCorrupt, match="Install Quoth again"):
        require_intact(ours)


@pytest.mark.parametrize("above", [False, True])
def test_a_model_without_a_manifest_is_taken(tmp_path: Path, above: bool) -> None:
    """A user's own Open Model Zoo folder works by its folder or its .xml, unchecked and said to be so."""
    folder = tmp_path / "FP16-INT8"
    folder.mkdir()
    (folder / "x.xml").write_bytes(b"<net/>")
    (folder / "x.bin").write_bytes(b"1")
    (tmp_path if above else folder).joinpath("vocab.txt").write_bytes(b"[PAD]\n")
    for path in (folder, folder / "x.xml"):
        model = open_model(path)
        assert (model.name, model.precision, model.has_checksums, model.size) == ("x", "FP16-INT8", False, 0)
        assert model.xml == folder / "x.xml"
        assert model.bin == folder / "x.bin"
        assert model.vocab == (tmp_path if above else folder) / "vocab.txt"
        assert [check.state for check in verify(model)] == ["unchecked"] * 3
        require_intact(model)
    with pytest.raises(ValueError, match="no checksums"):
        write_manifest(model)
    model.bin.unlink()
    with pytest.raises(ModelCorrupt, match="no file"):
        require_intact(model)


def test_half_a_model_without_a_manifest_is_refused(tmp_path: Path) -> None:
    """What is missing is named."""
    with pytest.raises(ModelNotFound, match=r"found 0 \.xml files"):
        open_model(tmp_path)
    (tmp_path / "x.xml").write_bytes(b"")
    with pytest.raises(ModelCorrupt, match=r"x\.bin"):
        open_model(tmp_path)
    (tmp_path / "x.bin").write_bytes(b"")
    with pytest.raises(ModelCorrupt, match=r"vocab\.txt"):
        open_model(tmp_path / "x.xml")
    (tmp_path / "y.xml").write_bytes(b"")
    with pytest.raises(ModelNotFound, match=r"found 2 \.xml files"):
        open_model(tmp_path)
    for path in (tmp_path / "none", tmp_path / "x.bin", tmp_path / "none.xml"):
        with pytest.raises(ModelNotFound, match=r"expected a folder or an \.xml file"):
            open_model(path)


def test_an_xml_beside_another_models_manifest_is_itself(tmp_path: Path) -> None:
    """A manifest speaks for the .xml that it lists and for no other."""
    listed = install(tmp_path)
    for name in ("other.xml", "other.bin"):
        (tmp_path / name).write_bytes(b"1")
    assert open_model(tmp_path / "reader.xml") == listed
    assert not open_model(tmp_path / "other.xml").has_checksums
