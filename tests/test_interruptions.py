"""What may befall a running command: Ctrl-C, a full disk, a pipe that closes, a folder that goes."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.command_line import COMMAND, HANDBOOK, call, environment, run, start
from tests.stores import puts


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="started with SIGINT ignored")
def test_ctrl_c_in_a_chat(handbook_home: Path) -> None:
    """Exit code 130 and one word, no traceback."""
    process = start("chat", home=handbook_home)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"When are laptops replaced?\n")
    process.stdin.flush()
    assert process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.split()) == (130, [b"interrupted"])


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="started with SIGINT ignored")
def test_ctrl_c_in_an_ingest(tmp_path: Path) -> None:
    """Exit code 130; what was stored by then is whole and stays."""
    process = start("ingest", HANDBOOK, home=tmp_path)
    deadline = time.monotonic() + 60
    while puts(tmp_path) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.split()) == (130, [b"interrupted"])
    assert 2 <= len(call("ls", "--json", home=tmp_path).json) < 40
    assert call("doctor", home=tmp_path).code == 0


def test_a_reader_of_our_output_that_leaves(handbook_home: Path) -> None:
    """`quoth ls | head -1` ends in silence, with exit code 1 at most."""
    process = start("ls", home=handbook_home)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 1
    for stream in (process.stdin, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_our_output(handbook_home: Path) -> None:
    """`quoth ls >/dev/full` says so in one line."""
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(
            [*COMMAND, "ls"],
            env=environment(handbook_home),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (said.returncode, said.stderr) == (1, b"quoth: No space left on device.\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_utf8(handbook_home: Path, encoding: str) -> None:
    """What it cannot show is replaced; nothing fails."""
    said = run("show", "company/glossary.html", home=handbook_home, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (said.code, said.err) == (0, "")


def test_a_folder_that_was_removed_under_us(tmp_path: Path) -> None:
    """The current folder may be gone; that is one line, too."""
    here = tmp_path / "here"
    here.mkdir()
    program = f"cd {here} && rmdir {here} && exec {' '.join(COMMAND)} ingest ."
    said = subprocess.run(
        ["sh", "-c", program],
        env=environment(tmp_path / "home"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr == b"quoth: No such file or directory.\n"
