"""How many processors there are to use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa_engine.cpus import available_cpus

PROCESSORS = 8


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of eight processors, whatever the tests run on."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(PROCESSORS)), raising=False)


def version_2(folder: Path, text: str) -> Path:
    (folder / "cpu.max").write_text(text)
    return folder


def version_1(folder: Path, quota: str, period: str) -> Path:
    (folder / "cpu").mkdir()
    (folder / "cpu/cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu/cpu.cfs_period_us").write_text(period)
    return folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("10000 100000\n", 1),
        ("0 100000\n", 1),
        ("6400000 100000\n", PROCESSORS),
        ("max 100000\n", PROCESSORS),
    ],
)
def test_version_2(text: str, expected: int, tmp_path: Path) -> None:
    """Quota by period, rounded up, never more than the machine has and never less than one."""
    assert available_cpus(version_2(tmp_path, text)) == expected


@pytest.mark.parametrize(
    ("quota", "period", "expected"),
    [("300000\n", "100000\n", 3), ("50000\n", "100000\n", 1), ("-1\n", "100000\n", PROCESSORS)],
)
def test_version_1(quota: str, period: str, expected: int, tmp_path: Path) -> None:
    """The same from two files; -1 is no quota."""
    assert available_cpus(version_1(tmp_path, quota, period)) == expected


def test_version_2_goes_before_version_1(tmp_path: Path) -> None:
    """Where both are mounted, the newer is in force."""
    assert available_cpus(version_2(version_1(tmp_path, "100000", "100000"), "400000 100000")) == 4


@pytest.mark.parametrize("text", ["", "\n", "max", "many 100000", "1 2 3", "100000 0", "\x00\x01", "1.5 1"])
def test_garbage_is_no_quota(text: str, tmp_path: Path) -> None:
    """What cannot be understood limits nothing and breaks nothing."""
    assert available_cpus(version_2(tmp_path, text)) == PROCESSORS


def test_unreadable_files_are_no_quota(tmp_path: Path) -> None:
    """Not text, a folder in the file's place, half of version 1, or no control groups at all."""
    (tmp_path / "bytes").mkdir()
    (tmp_path / "bytes/cpu.max").write_bytes(b"\xff\xfe")
    (tmp_path / "folder/cpu.max").mkdir(parents=True)
    (tmp_path / "half/cpu").mkdir(parents=True)
    (tmp_path / "half/cpu/cpu.cfs_quota_us").write_text("100000")
    for name in ("bytes", "folder", "half", "none"):
        assert available_cpus(tmp_path / name) == PROCESSORS


def test_without_affinity_the_machine_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS and Windows have no affinity to ask for, and may not even know their processors."""
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert available_cpus(tmp_path) == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cpus(tmp_path) == 1


def test_this_machine() -> None:
    """The real files give a number that a thread pool can have."""
    assert 1 <= available_cpus() <= PROCESSORS
