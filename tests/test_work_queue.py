"""The bounded queue, the locks and the token buckets: laws first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.token_bucket import TokenBuckets
from bot.work_queue import KeyedLocks, WorkQueue


def behind(gate: threading.Event, done: list[int]) -> Callable[[int], None]:
    """Work that waits at a gate, and then notes that it is done."""

    def work(job: int) -> None:
        gate.wait(5)
        done.append(job)

    return work


def test_every_job_is_done_once_in_order() -> None:
    """With one worker in the order in which they came; `ahead` counts those before."""
    done: list[int] = []
    gate = threading.Event()
    queue: WorkQueue[int] = WorkQueue("t", behind(gate, done), workers=1, room=9)
    assert [queue.offer(number) for number in range(10)] == list(range(10))
    assert queue.offer(10) is None
    gate.set()
    assert queue.wait_idle(5)
    assert done == list(range(10))
    assert queue.drain(1) == []
    assert queue.join(5)


def test_the_bound_holds_from_many_threads() -> None:
    """However many offer at once: no more wait than there is room for, and nothing is lost or done twice."""
    done: list[int] = []
    gate = threading.Event()
    queue: WorkQueue[int] = WorkQueue("t", behind(gate, done), workers=2, room=5)
    with ThreadPoolExecutor(20) as pool:
        taken = [
            number for number, ahead in enumerate(pool.map(queue.offer, range(100))) if ahead is not None
        ]
    assert len(taken) == 7
    gate.set()
    assert queue.wait_idle(5)
    assert sorted(done) == taken
    queue.drain(0)
    assert queue.join(5)


def test_a_job_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next one is done."""
    done: list[int] = []

    def work(job: int) -> None:
        if job == 1:
            raise ValueError("no")
        done.append(job)

    queue: WorkQueue[int] = WorkQueue("t", work, workers=1, room=9)
    for number in range(3):
        queue.offer(number)
    assert queue.wait_idle(5)
    assert done == [0, 2]
    assert [record.getMessage() for record in caplog.records] == ["t: a job failed"]
    queue.drain(0)
    assert queue.join(5)


def test_drained_in_no_time() -> None:
    """What was not begun comes back; what was, is waited for; nothing more is taken."""
    done: list[int] = []
    gate, begun = threading.Event(), threading.Event()

    def work(job: int) -> None:
        begun.set()
        gate.wait(5)
        done.append(job)

    queue: WorkQueue[int] = WorkQueue("t", work, workers=1, room=9)
    for number in range(4):
        queue.offer(number)
    assert begun.wait(5)
    assert queue.drain(0) == [1, 2, 3]
    assert queue.offer(9) is None
    assert not queue.join(0)
    gate.set()
    assert queue.join(5)
    assert done == [0]


def test_a_job_for_later() -> None:
    """It comes when its time has come, after those that came meanwhile; at the end it comes back undone."""
    done: list[int] = []
    queue: WorkQueue[int] = WorkQueue("t", done.append, workers=1, room=9)
    assert queue.offer_later(1, 0.2)
    assert queue.offer_later(2, 0.1)
    queue.offer(3)
    deadline = time.monotonic() + 5
    while len(done) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done == [3, 2, 1]
    assert queue.offer_later(4, 60)
    assert queue.drain(0) == [4]
    assert not queue.offer_later(5, 0)
    assert queue.join(5)


def test_a_lock_a_key() -> None:
    """The same key excludes, another one does not, and nothing is kept of keys that nobody holds."""
    locks = KeyedLocks()
    inside: list[int] = []
    most: list[int] = []

    def visit(key: int) -> None:
        locks.acquire(key)
        inside.append(key)
        most.append(inside.count(key))
        inside.remove(key)
        locks.release(key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, [number % 3 for number in range(300)]))
    assert max(most) == 1
    assert len(locks) == 0


@given(
    per_minute=st.integers(1, 30),
    pauses=st.lists(st.floats(0, 30), max_size=60),
)
def test_no_more_than_the_rate(per_minute: int, pauses: list[float]) -> None:
    """In any time t no more than the bucket and t's refill get through; a refusal names a wait that helps."""
    now = [0.0]
    buckets = TokenBuckets(per_minute, clock=lambda: now[0])
    taken = 0
    for pause in pauses:
        now[0] += pause
        wait = buckets.take("ann")
        taken += wait == 0
        assert taken <= per_minute + now[0] * per_minute / 60 + 1e-6
        assert wait <= 60 / per_minute
        if wait:
            now[0] += wait + 1e-6
            assert buckets.take("ann") == 0
            taken += 1


def test_buckets_are_people_s_own() -> None:
    """One's flood is not another's."""
    buckets = TokenBuckets(2, clock=lambda: 0.0)
    assert [buckets.take("ann") > 0 for _ in range(3)] == [False, False, True]
    assert buckets.take("ben") == 0


def test_buckets_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full one is forgotten, one in use is not."""
    monkeypatch.setattr("bot.token_bucket.MOST_PEOPLE", 100)
    now = [0.0]
    buckets = TokenBuckets(1, clock=lambda: now[0])
    for number in range(100):
        buckets.take(str(number))
    now[0] = 61.0
    buckets.take("x")
    assert len(buckets._buckets) == 1
    assert buckets.take("x") > 0
