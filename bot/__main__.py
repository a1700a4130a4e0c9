"""The command `quoth`: its root, its exit codes, its last line of defence.

Data goes to standard output, messages to standard error.  Exit codes: 0 fine, 1 failed, 2 wrong usage,
3 some files failed, 130 interrupted.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path

import click

from bot import __version__
from bot.commands.ask import ask, chat, search
from bot.commands.calibrate import calibrate
from bot.commands.collection import collection
from bot.commands.demo import demo
from bot.commands.doctor import doctor
from bot.commands.documents import inspect, ls, rm, show
from bot.commands.evaluate import evaluate
from bot.commands.explain import explain
from bot.commands.ingest import ingest
from bot.commands.model import model
from bot.commands.options import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from bot.commands.pin import pin_answer, pins
from bot.commands.reindex import reindex
from bot.commands.replay import replay_questions
from bot.commands.serve import print_manifest, serve
from bot.commands.settings import list_settings
from bot.commands.stats import forget, show_stats
from bot.commands.sync import source, sync
from bot.commands.synonyms import synonyms
from bot.errors import BotError, UsageError
from bot.views.style import printable
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="quoth")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is done.")
def quoth(verbose: bool) -> None:
    """Answer questions with words quoted from your own documents, and say where they stand."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )


COMMANDS = (
    *(ingest, inspect, source, sync, reindex, ls, show, rm, collection, synonyms, pin_answer, pins),
    *(search, ask, chat, demo, explain, replay_questions, model, doctor, evaluate, calibrate),
    *(serve, print_manifest, list_settings, show_stats, forget),
)
for command in COMMANDS:
    quoth.add_command(command)


def main() -> None:
    """Run the command line; every failure is one line on standard error."""
    _open_closed_streams()
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 is no reason to fail
    try:
        code = quoth.main(prog_name="quoth", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        help_at = f" Type: {error.ctx.command_path} --help" if error.ctx else ""
        _complain(_misplaced(error) or _without_quotes(error) or f"{error.format_message()}{help_at}")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except UsageError as error:
        _complain(str(error))
        sys.exit(EXIT_USAGE)
    except (BotError, EngineError, RetrievalError) as error:
        _complain(str(error))
        sys.exit(EXIT_FAILED)
    except OSError as error:  # click has seen to broken pipes; this is a full disk behind `>` and the like
        place = f"{error.filename}: " if error.filename else ""
        _complain(f"{place}{error.strerror or 'the system reports an error'}.")
        sys.exit(EXIT_FAILED)


def _open_closed_streams() -> None:
    """Give a stream that was closed for us nothing to read, or nowhere to write.

    Its number is taken by that, too: else the next file has it, and what is meant for the stream goes there.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until we end


def _misplaced(error: click.UsageError) -> str:
    """Where an option belongs that stands in front of the command; empty for what is wrong otherwise."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None or error.ctx.command is not quoth:
        return ""
    option = error.option_name
    if not any(option in param.opts for command in COMMANDS for param in command.params):
        return ""
    return f"{option} stands behind the command, as in: quoth ask QUESTION {option} ... Type: quoth --help"


def _without_quotes(error: click.UsageError) -> str:
    """What to type for a question that the shell took apart; empty for what is wrong otherwise."""
    taken_apart = error.message.startswith("Got unexpected extra argument")
    if not taken_apart or error.ctx is None:
        return ""
    if not any(param.name == "question" for param in error.ctx.command.params):
        return ""
    return f'Put the question in quotes: {error.ctx.command_path} "How many days of leave do I get?"'


def _complain(message: str) -> None:
    click.echo(f"quoth: {printable(message)}", err=True)


if __name__ == "__main__":
    main()
