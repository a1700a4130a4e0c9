"""quoth settings: what can be set, and what each setting is.

But: what is set is not told, since a name that is misspelt is what brings people here.
"""

from __future__ import annotations

import click

from bot.commands.options import json_option, print_json
from bot.settings import VARIABLES


@click.command("settings")
@json_option
def list_settings(as_json: bool) -> None:
    """List all settings with what each is.

    Each is read from the environment, else from .env, else from quoth.toml in the home, where QUOTH_THREADS=2
    is written as threads = 2, and QUOTH_SLACK_PORT=3000 as port = 3000 under [slack].
    """
    if as_json:
        print_json(VARIABLES)
        return
    width = max(map(len, VARIABLES))
    for name, text in VARIABLES.items():
        click.echo(f"{name:{width}}  {text}")
