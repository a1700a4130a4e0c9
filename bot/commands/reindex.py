"""quoth reindex: vectors for what has none of this version's encoder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.options import chosen_collections, home_option, json_option, open_workplace, print_json
from bot.commands.priority import give_way
from bot.commands.progress import progress


@click.command()
@click.option("--all", "everything", is_flag=True, help="Encode all passages anew.")
@home_option
@json_option
def reindex(everything: bool, home: Path | None, as_json: bool) -> None:
    """Let documents be found by their meaning, too.

    Encodes the passages that were stored without vectors, or by a version of Quoth with another encoder.
    It may be stopped and called again, and a bot that runs meanwhile uses each document's vectors at once.
    """
    give_way()
    with open_workplace(home, gives_way=True) as work:
        chosen_collections(work, ())  # there must be some
        with progress("Encoding") as show:
            done = work.reindex(everything=everything, progress=show)
        if as_json:
            print_json(asdict(done) | {"without": work.without_vectors()})
            return
        click.echo(f"{done.passages:,} passages of {done.documents:,} documents encoded.")
        if done.overtaken:
            click.echo(f"{done.overtaken:,} documents changed meanwhile; call it again.")
