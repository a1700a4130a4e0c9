"""quoth demo: the sample handbook, some questions about it, then a workspace to ask in."""

from __future__ import annotations

import json
import sys
import webbrowser
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from bot import messages
from bot.commands.ask import converse
from bot.commands.ingest import print_report, run_ingest
from bot.commands.options import home_option, model_option, note, open_workplace, style, threads_option, today
from bot.commands.signals import stopping
from bot.composition import Workplace
from bot.demo.cast import HANDBOOK, PEOPLE_TEAM
from bot.demo.local import LocalWorkspace
from bot.errors import BotError, NothingStored
from bot.exhibits import Exhibition
from bot.settings import Settings, has_display
from bot.views.answer import answer_lines
from qa_engine.answerer import PASSAGES_READ
from retrieval.discovery import absolute
from retrieval.files import storable

HERE = Path(__file__).resolve()
# Inside the wheel the data lies in the package; in a checkout it lies beside it.
DATA = next(
    (path for path in (HERE.parents[1] / "data", HERE.parents[2] / "data") if path.is_dir()),
    HERE.parents[2] / "data",
)
OWN = "yours"


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
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--terminal", is_flag=True, help="Ask at a prompt instead of in a browser.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where the page listens.  Other "
    "machines can open it only if you say so here, and only with the key in the address.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The page's port, 0 for any.  [default: the first free one "
    "from 8020 on]",
)  # fmt: skip
@model_option
@threads_option
@home_option
def demo(
    paths: tuple[Path, ...], *, terminal: bool, no_browser: bool, host: str, port: int | None,
    model: str | None, threads: int | None, home: Path | None,
) -> None:  # fmt: skip
    """Try Quoth without Slack: a small workspace in the browser, with the bot of quoth serve in it.

    It reads a sample handbook and answers eight questions about it here; then it prints the address of a
    page with channels, threads and /ask, and serves it until Ctrl-C.  Files that are dropped on the page are
    read, too.  With PATHS, your own documents take the place of the sample, and of those named before.

    The demo keeps its documents in a folder of its own (demo, below the home).  Nothing leaves this machine.
    """
    with open_workplace(home, model=model, threads=threads) as outer:
        settings = outer.settings.within("demo")
    if terminal:
        with Workplace(settings) as work:
            _prepare(work, paths)
            note(messages.DEMO_OWN)
            converse(work, [OWN if paths else HANDBOOK])
        return
    _serve(settings, paths, host=host, port=port, browser=not no_browser)


def _prepare(work: Workplace, paths: tuple[Path, ...]) -> None:
    """Read the documents, and answer some questions if they are the sample's."""
    collection = OWN if paths else HANDBOOK
    if paths:
        _forget_others(work, paths)
    report = run_ingest(work, paths or (DATA / "handbook",), collection=collection, prune=True)
    print_report(report, dry_run=False)
    if not work.store.documents([collection]):
        raise NothingStored(messages.NOTHING_STORED)
    if not paths:
        _show_samples(work)


def _forget_others(work: Workplace, paths: tuple[Path, ...]) -> None:
    """Remove what an earlier demo was given: only what is named now is asked.  Members lie below archives."""
    named = [storable(absolute(path)) for path in paths]
    work.store.remove_all(
        [
            record.id
            for record in work.store.documents([OWN])
            if not any(Path(record.source).is_relative_to(each) for each in named)
        ]
    )


def _show_samples(work: Workplace) -> None:
    click.echo(f"\n{messages.DEMO_ASKING}\n")
    for sample in sample_questions():
        if sample.demo:
            click.echo(style().strong(f"  {sample.question}"))
            outcome = work.ask(sample.question, collections=[HANDBOOK], passages=PASSAGES_READ)
            for line in answer_lines(Exhibition(work).shown(outcome), style(), today()):
                click.echo(line)
            click.echo()


def _serve(
    settings: Settings, paths: tuple[Path, ...], *, host: str, port: int | None, browser: bool
) -> None:
    """The workspace, until a signal comes."""
    local = LocalWorkspace()
    quoted = [OWN] if paths else [HANDBOOK, PEOPLE_TEAM]
    with Workplace(local.settings(settings, *quoted)) as work, closing(local):
        _prepare(work, paths)
        if not paths:
            run_ingest(work, (DATA / PEOPLE_TEAM,), collection=PEOPLE_TEAM, prune=True)
        suggestions = [] if paths else [sample.question for sample in sample_questions() if sample.demo]
        with stopping() as told_to_stop:
            try:
                local.open(work, suggestions=suggestions, host=host, port=port)
            except OSError as error:
                where = host if port is None else messages.address(host, port)
                raise BotError(f"Cannot listen on {where}: {error.strerror}. Name another: --port.") from None
            click.echo(messages.DEMO_ADDRESS.format(address=local.page.address))
            note(messages.DEMO_SERVING)
            if browser and sys.stdout.isatty() and has_display():
                with suppress(webbrowser.Error):
                    webbrowser.open(local.page.address)
            told_to_stop.wait()
            local.close()
    note(messages.DEMO_STOPPED)
