"""The command `quoth`: its root, its exit codes, its last line of defence.

Data goes to standard output, messages to standard error.  Exit codes: 0 fine, 1 failed, 2 wrong usage,
3 some files failed, 130 interrupted.
"""

from __future__ import annotations

import logging
import os
import sys

import click

from bot import __version__
from bot.commands.ask import ask, chat, search
from bot.commands.demo import demo
from bot.commands.doctor import doctor
from bot.commands.documents import ingest, ls, rm, show
from bot.commands.evaluate import evaluate
from bot.commands.model import model
from bot.commands.options import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
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


for command in (ingest, ls, show, rm, search, ask, chat, demo, model, doctor, evaluate):
    quoth.add_command(command)


def main() -> None:
    """Run the command line; every failure is one line on standard error."""
    try:
        code = quoth.main(prog_name="quoth", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except UsageError as error:
        _complain(error)
        sys.exit(EXIT_USAGE)
    except (BotError, EngineError, RetrievalError) as error:
        _complain(error)
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:
        # Whoever read our output has gone (`quoth ls | head`); what is still buffered has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)


def _complain(error: Exception) -> None:
    click.echo(f"quoth: {printable(str(error))}", err=True)


if __name__ == "__main__":
    main()
