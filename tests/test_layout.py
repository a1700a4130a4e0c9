"""The house: which package may know what, what an import does, and what the wheel holds."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "qa_engine", "retrieval")
SHIPPED = (
    ".py",
    ".json",
    "py.typed",
    "MODEL_CARD.md",
    ".html",
    ".css",
    ".js",
    ".svg",
    "LICENSE.htm",
    "LICENSE.preact",
)
EMBEDDED = "qa_engine/models/embedded"
ENCODER = "qa_engine/models/encoder"

TRACER = """
import importlib, json, os, pkgutil, sys

root, names = sys.argv[1], sys.argv[2:]
opened = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        path = os.path.abspath(os.fsdecode(path))
        writes = flags is not None and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        ours = path.startswith(root + os.sep) and not path.startswith(sys.prefix + os.sep)
        if writes or (ours and not path.endswith((".py", ".pyc"))):
            opened.append(path)
    elif event.startswith(("socket.connect", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen")):
        opened.append(event)

sys.path.insert(0, root)
sys.addaudithook(watch)
for name in names:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
        importlib.import_module(found.name)
print(json.dumps({"opened": opened, "modules": sorted({name.partition(".")[0] for name in sys.modules if sys.modules[name]})}))
"""
"""Imports modules, and all below those that are packages, and tells what was opened and imported."""


def imported(*names: str) -> tuple[set[str], list[str]]:
    """The top-level modules that a fresh Python has after importing `names`, and what it opened for it."""
    done = subprocess.run(
        [sys.executable, "-c", TRACER, str(ROOT), *names],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return set(told["modules"]), told["opened"]


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_an_import_opens_nothing() -> None:
    """No module of ours opens a file, a database, a socket or a process when it is imported, nor lets a
    library do so: OpenVINO reports its users if it is let.  And none needs what is for training only."""
    modules, opened = imported(*PACKAGES)
    assert opened == []
    assert set(PACKAGES) <= modules
    assert modules.isdisjoint({"openvino_telemetry", "torch", "transformers", "nncf", "safetensors"})


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("retrieval", {"openvino", "tokenizers", "torch", "qa_engine", "bot"}),
        ("retrieval.store", {"openvino", "tokenizers", "torch", "qa_engine", "bot"}),
        ("qa_engine", {"sqlite_utils", "sqlite3", "torch", "retrieval", "bot", "click"}),
        ("qa_engine.windows", {"sqlite_utils", "sqlite3", "openvino", "torch", "retrieval", "bot"}),
    ],
)
def test_a_package_brings_no_stranger(name: str, foreign: set[str]) -> None:
    """Whoever uses one half alone does not load the other half's dependencies."""
    modules, _ = imported(name)
    assert modules & foreign == set()


def test_the_layers_hold() -> None:
    """The contracts of pyproject.toml, as import-linter sees them."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed(package: str) -> None:
    """Each tells type checkers so."""
    assert (ROOT / package / "py.typed").is_file()


def test_every_module_says_what_it_is() -> None:
    """A docstring at the top, except in an empty __init__.py."""
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES, "tests", "benchmarks", "training")
        if (text := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


def test_one_module_reads_the_environment() -> None:
    """Only bot/settings.py: a setting that is read elsewhere is a setting that nobody finds."""
    readers = {
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.alias) and node.name in ("environ", "environb", "getenv"))
    }
    assert readers == {"bot/settings.py"}


def test_data_holds_no_python() -> None:
    """data/ is what the demo reads, never code; and every file in it is one that a reader can read or the
    demo needs."""
    assert list((ROOT / "data").rglob("*.py")) == []


@pytest.mark.skipif(
    find_spec("hatchling") is None, reason="hatchling, which builds the wheel, is not installed"
)
def test_the_wheel_holds_what_runs_and_nothing_else(tmp_path: Path) -> None:
    """The three packages with py.typed, their JSON, the reader and the encoder with their cards, and the
    sample data; no tests, no training, no caches; and the command."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        metadata = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
        (entry_points,) = (name for name in metadata if name.endswith("/entry_points.txt"))
        commands = archive.read(entry_points).decode()
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.name.endswith(SHIPPED)
    }
    expected |= {f"{EMBEDDED}/{name}" for name in ("manifest.json", "reader.bin", "reader.xml", "vocab.txt")}
    expected |= {f"{ENCODER}/{name}" for name in ("manifest.json", "encoder.bin", "encoder.xml", "vocab.txt")}
    expected |= {
        f"bot/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "data").rglob("*") if path.is_file()
    }
    assert names - metadata == expected
    assert {f"{package}/py.typed" for package in PACKAGES} < names
    assert "quoth = bot.__main__:main" in commands
    assert {name.rpartition("/")[2] for name in metadata} >= {"LICENSE", "NOTICE", "METADATA", "RECORD"}
