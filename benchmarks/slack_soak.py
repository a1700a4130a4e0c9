"""Many people at once: `python -m benchmarks.slack_soak`.

Twenty people ask ten questions each at the same moment, in a channel, in direct messages and with /ask; the
bot is the real one with the embedded reader and the sample handbook, Slack is the local workspace, on
the same machine.  Several rounds: every question must get exactly one visible reply, and memory must not
grow.

But: the workspace shares the processors with the bot, so that real answers come sooner than these.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe, p50_p99, resident_bytes
from bot.commands.demo import DATA, sample_questions
from bot.composition import Workplace
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.slack.service import Mode, Service
from bot.slack_settings import SlackSettings
from tests.slack_stand_in import Channel, Message, Person, Slack, running


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round.  `latencies`: seconds from a question to its reply."""

    seconds: float
    slowest_ack: float
    latencies: list[float]
    wrong: int
    resident: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mode", choices=["socket", "http"], default="socket")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--each", type=int, default=10)
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        rounds = soak(Path(folder), arguments.mode, arguments.rounds, arguments.people, arguments.each)
    for number, each in enumerate(rounds, 1):
        p50, p99 = p50_p99(each.latencies)
        print(
            f"round {number}: {len(each.latencies)} questions in {each.seconds:.1f} s, "
            f"replies p50 {p50:.1f} s p99 {p99:.1f} s, "
            f"slowest acknowledgement {each.slowest_ack * 1000:.0f} ms, "
            f"without exactly one reply: {each.wrong}, resident {each.resident / 1e6:.0f} MB"
        )
    growth = (rounds[-1].resident - rounds[0].resident) / 1e6
    print(f"memory from the first round to the last: {growth:+.1f} MB")


def soak(home: Path, mode: Mode, rounds: int, people: int, each: int) -> list[Round]:
    """Run the rounds against one bot."""
    url = "https://quoth.example" if mode == "http" else None
    with running(manifest(mode, url=url)) as slack:
        settings = SlackSettings(
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            signing_secret=slack.signing_secret,
            api_url=slack.api_url,
            port=0,
            per_minute=10 * each,  # rounds follow each other within the minute
            waiting=people * each,
        )
        with Workplace(Settings(home=home, slack=settings)) as work:
            work.ingest([DATA / "handbook"], collection="handbook")
            service = Service(work, mode)
            service.open()
            try:
                if mode == "http":
                    host, port = service.address
                    slack.http_address = f"http://{host}:{port}/slack/events"
                else:
                    slack.wait_connected()
                crowd = [slack.person(f"P{number:02d}") for number in range(people)]
                general = slack.channel("general", *crowd)
                return [play(slack, service, crowd, general, each) for _ in range(rounds)]
            finally:
                slack.app_is_stopping = True
                service.close()


def play(slack: Slack, service: Service, crowd: list[Person], general: Channel, each: int) -> Round:
    """One round."""
    slack.deliveries.clear()
    slack.calls.clear()
    slack.workspace.messages.clear()
    questions = itertools.cycle([sample.question for sample in sample_questions()])
    public: list[tuple[Person, Message, float]] = []
    private: list[tuple[Person, float]] = []
    begun = time.monotonic()
    for number in range(each):
        for person in crowd:
            question, now = next(questions), time.monotonic()
            if number % 3 == 0:
                public.append((person, person.says(general, f"@quoth {question}"), now))
            elif number % 3 == 1:
                public.append((person, person.says(person.dm, question), now))
            else:
                person.commands(general, question)
                private.append((person, now))
    slack.workspace.wait(
        lambda: (
            all(person.replies(message) for person, message, _ in public)
            and sum(len(person.sees(general)) for person in crowd) >= len(private)
        ),
        seconds=600,
    )
    assert service.desk.questions.wait_idle(60)
    seconds = time.monotonic() - begun
    latencies, wrong = [], 0
    for person, message, asked in public:
        replies = person.replies(message)
        wrong += len(replies) != 1
        latencies.append(replies[0].posted - asked)
    for person in crowd:
        seen = person.sees(general)
        asked_at = [at for who, at in private if who is person]
        wrong += abs(len(seen) - len(asked_at))
        latencies += [message.posted - at for message, at in zip(seen, asked_at, strict=False)]
    assert slack.complaints == [], slack.complaints[:3]
    return Round(seconds, slack.slowest_ack(), latencies, wrong, resident_bytes())


if __name__ == "__main__":
    main()
