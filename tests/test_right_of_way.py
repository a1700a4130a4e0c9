"""Work that can wait does so while somebody answers, in whichever process, and never for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.composition import Workplace
from bot.right_of_way import MOST, PATIENCE, RightOfWay
from bot.settings import Settings


class Clock:
    """Time that passes by sleeping, and by whatever is planned to happen meanwhile."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way(tmp_path: Path, clock: Clock) -> RightOfWay:
    return RightOfWay(tmp_path / "answering", clock=clock, sleep=clock.sleep)


def test_nobody_waits_where_nobody_answers(way: RightOfWay, clock: Clock) -> None:
    """Neither before an answer nor after it, nor for others who wait."""
    way.wait()
    with way.answering():
        pass
    way.wait()
    assert clock.slept == 0


def test_work_waits_until_the_last_answer_is_given(tmp_path: Path, clock: Clock) -> None:
    """Two answer at once; the wait ends with the second."""
    answers = RightOfWay(tmp_path / "answering")
    first, second = answers.answering(), answers.answering()
    ends = {1001.0: first, 1002.0: second}

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        for due in [at for at in ends if at <= clock.now]:
            ends.pop(due).__exit__(None, None, None)

    first.__enter__()
    second.__enter__()
    RightOfWay(tmp_path / "answering", clock=clock, sleep=sleep).wait()
    assert clock.now == pytest.approx(1002, abs=0.1)


@given(worked=st.lists(st.floats(0.01, 0.5), min_size=1, max_size=20))
def test_beside_a_bot_that_always_answers_work_goes_on(
    tmp_path_factory: pytest.TempPathFactory, worked: list[float]
) -> None:
    """It waits no longer than what it could save up, and `PATIENCE` times as long as it works."""
    clock = Clock()
    way = RightOfWay(tmp_path_factory.getbasetemp() / "always", clock=clock, sleep=clock.sleep)
    with way.answering():
        way.wait()
        for seconds in worked:
            clock.now += seconds
            way.wait()
    assert MOST <= clock.slept <= MOST + PATIENCE * sum(worked) + 0.1


def test_a_killed_process_holds_nobody_up(way: RightOfWay, tmp_path: Path, clock: Clock) -> None:
    """While it lives and answers it does, as any other process."""
    script = (
        "import sys, time; from pathlib import Path; from bot.right_of_way import RightOfWay\n"
        "with RightOfWay(Path(sys.argv[1])).answering():\n    print('answering', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "answering")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "answering\n"
        way.wait()
        assert clock.slept >= MOST
        process.kill()
        process.wait()
    slept = clock.slept
    clock.now += 60
    way.wait()
    assert clock.slept == slept


@pytest.mark.parametrize("file", [None, Path("no-such-folder/answering")])
def test_without_a_lock_nobody_waits(file: Path | None, clock: Clock) -> None:
    """And everybody may answer."""
    way = RightOfWay(file, clock=clock, sleep=clock.sleep)
    with way.answering():
        way.wait()
    assert clock.slept == 0


def test_what_gives_way_looks_before_each_inference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two long texts at the most, so that no answer waits long; what answers never looks."""
    looks = list[None]()
    monkeypatch.setattr(RightOfWay, "wait", lambda _: looks.append(None))
    texts = ["leave " * 250] * 20
    with Workplace(Settings(home=tmp_path), gives_way=True) as work:
        work.encoder.encode(texts)
    assert len(looks) >= len(texts) / 2
    looks.clear()
    with Workplace(Settings(home=tmp_path)) as work:
        work.encoder.encode(texts)
    assert looks == []


def test_an_answer_has_the_right_of_way_as_long_as_it_is_looked_for(
    handbook_home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the documents and among the pinned answers; afterwards nobody waits."""
    question = "How many days of leave do I get?"
    with Workplace(Settings(home=handbook_home)) as work:
        assert work.cache is not None
        other = RightOfWay(work.cache / "answering", clock=clock, sleep=clock.sleep)
        waited = list[bool]()

        def noticed(object_: object, name: str) -> None:
            real = getattr(object_, name)

            def called(*arguments: Any, **options: Any) -> Any:
                before = clock.slept
                other.wait()
                waited.append(clock.slept > before)
                clock.now += 60
                return real(*arguments, **options)

            monkeypatch.setattr(object_, name, called)

        noticed(work.pins, "find")
        noticed(work.library, "search")
        work.pinned(question)
        work.ask(question)
    assert waited == [True, True]
    before = clock.slept
    other.wait()
    assert clock.slept == before
