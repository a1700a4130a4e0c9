"""quoth demo: the sample handbook, some questions about it, then yours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click

from bot import messages
from bot.commands.ask import converse
from bot.commands.documents import print_report, run_ingest
from bot.commands.options import home_option, model_option, note, open_workplace, style, threads_option
from bot.composition import Workplace
from bot.errors import NothingStored
from bot.views.answer import answer_lines
from qa_engine.answerer import PASSAGES_READ

HERE = Path(__file__).resolve()
# Inside the wheel the data lies in the package; in a checkout it lies beside it.
DATA = next(
    (path for path in (HERE.parents[1] / "data", HERE.parents[2] / "data") if path.is_dir()),
    HERE.parents[2] / "data",
)


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question about the sample handbook; `answer` None: the handbook does not say."""

    question: str
    answer: str | None
    document: str | None
    demo: bool


def sample_questions() -> list[SampleQuestion]:
    """All questions that come with the sample handbook."""
    lines = (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [SampleQuestion(**json.loads(line)) for line in lines if line]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@model_option
@threads_option
@home_option
def demo(paths: tuple[Path, ...], model: str | None, threads: int | None, home: Path | None) -> None:
    """Answer questions about a sample handbook, then yours.

    With PATHS, your own documents take the place of the sample.

    The demo keeps its documents in a folder of its own (demo, below the home).
    """
    with open_workplace(home, model=model, threads=threads) as outer:
        settings = outer.settings.within("demo")
    with Workplace(settings) as work:
        collection = "yours" if paths else "handbook"
        report = run_ingest(work, paths or (DATA / "handbook",), collection=collection, prune=True)
        print_report(report, dry_run=False)
        if not work.store.documents([collection]):
            raise NothingStored(messages.NOTHING_STORED)
        if not paths:
            _show_samples(work)
        note(messages.DEMO_OWN)
        converse(work, [collection])


def _show_samples(work: Workplace) -> None:
    click.echo(f"\n{messages.DEMO_ASKING}\n")
    for sample in sample_questions():
        if sample.demo:
            click.echo(style().strong(f"  {sample.question}"))
            outcome = work.ask(sample.question, collections=["handbook"], passages=PASSAGES_READ)
            for line in answer_lines(outcome, work.cite, style()):
                click.echo(line)
            click.echo()
