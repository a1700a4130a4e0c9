"""The command line under test: in this process, which is quick, or as a process of its own, which is real.

But: nothing here knows what a command should answer.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.demo import DATA, SampleQuestion, sample_questions

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "bot"]
HANDBOOK = DATA / "handbook"
DEMO = [sample for sample in sample_questions() if sample.demo]
QUOTED = re.compile("«(.+?)»", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error; fails where there is none or more than one."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"expected one line on standard error, found: {self.err!r}"
        return lines[0]

    @property
    def json(self) -> Any:
        """What is on standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


def call(*arguments: str | Path, home: Path | None = None, stdin: str | bytes = "") -> Said:
    """Run `quoth` in this process, the whole of it from `main` on."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["quoth", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(os, "setpriority", lambda *_: None)  # it would hold for all tests to come
        if home is not None:
            patch.setenv("QUOTH_HOME", str(home))
        with pytest.raises(SystemExit) as ended:
            main()
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    code = ended.value.code
    assert isinstance(code, int)
    return Said(code, *said)


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process of its own."""
    return {**os.environ, "QUOTH_HOME": str(home), "PYTHONPATH": str(ROOT)} | more


def start(*arguments: str | Path, home: Path, **more: str) -> subprocess.Popen[bytes]:
    """Start `python -m bot` with pipes to all three streams."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment(home, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(*arguments: str | Path, home: Path, stdin: bytes = b"", **more: str) -> Said:
    """Run `python -m bot` to its end."""
    process = start(*arguments, home=home, **more)
    out, err = process.communicate(stdin, timeout=60)
    return Said(process.returncode, out.decode(), err.decode())


def right(sample: SampleQuestion, quote: str) -> bool:
    """Is a quote the answer, or a part of it, or the answer and some words more?"""
    quote, answer = " ".join(quote.split()), sample.answer or ""
    return bool(quote) and (quote in answer or answer in quote)


def with_compiled_reader(home: Path, handbook_home: Path) -> Path:
    """A fresh home that need not compile the reader again."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(handbook_home / "cache")
    return home


def home_of_two(folder: Path, handbook_home: Path) -> Path:
    """A home with two pages, one for the staff and one for the board."""
    docs = folder / "docs"
    docs.mkdir()
    (docs / "staff.md").write_text("# Laptops\n\nLaptops are replaced after four years.\n")
    (docs / "board.md").write_text("# Secret plan\n\nLaptops are sold to Acme after two years.\n")
    home = with_compiled_reader(folder / "home", handbook_home)
    for name in ("staff", "board"):
        assert call("ingest", docs / f"{name}.md", "-c", name, home=home).code == 0
    return home
