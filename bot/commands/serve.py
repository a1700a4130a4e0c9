"""quoth serve: the Slack bot, until it is told to stop; quoth manifest: what Slack must know of it."""

from __future__ import annotations

from pathlib import Path

import click

from bot import messages
from bot.answer_settings import AnswerSettings
from bot.commands.options import (
    confirm_option,
    home_option,
    max_wrong_option,
    model_option,
    note,
    open_workplace,
    print_json,
    seconds_option,
    threads_option,
)
from bot.commands.signals import stopping
from bot.errors import UsageError
from bot.slack.manifest import Mode, manifest
from bot.slack.service import Service


@click.command()
@click.option("--http", is_flag=True, help="Listen for Slack over HTTP instead of Socket Mode.")
@click.option("--host", help="Address to listen on.  [env: QUOTH_SLACK_HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port.  [env: QUOTH_SLACK_PORT; default: 3000]")
@max_wrong_option
@seconds_option
@confirm_option
@model_option
@threads_option
@home_option
def serve(
    *, http: bool, host: str | None, port: int | None, max_wrong: float | None, seconds: float | None,
    confirm: str | None, model: str | None, threads: int | None, home: Path | None,
) -> None:  # fmt: skip
    """Answer questions in Slack until SIGTERM or Ctrl-C.

    Socket Mode needs QUOTH_SLACK_BOT_TOKEN and QUOTH_SLACK_APP_TOKEN; with --http it is
    QUOTH_SLACK_BOT_TOKEN and QUOTH_SLACK_SIGNING_SECRET, and a proxy in front that speaks TLS.
    For many workspaces, QUOTH_SLACK_CLIENT_ID and QUOTH_SLACK_CLIENT_SECRET take the bot token's place.
    They are read from the environment, from .env in the current folder, or from quoth.toml in the home.

    When it is stopped, questions under way are answered first; those that it does not get to are told.
    """
    answers = AnswerSettings(max_wrong=max_wrong, seconds=seconds, confirm=confirm)
    slack = {"QUOTH_SLACK_HOST": host, "QUOTH_SLACK_PORT": None if port is None else str(port)}
    with open_workplace(home, model=model, threads=threads, answers=answers, flags=slack) as work:
        service = Service(work, "http" if http else "socket")
        with stopping() as told_to_stop:
            try:
                service.open()
                note(_greeting(service, http=http))
                if work.settings.slack.shared_channels:
                    note(messages.SERVE_SHARED)
                told_to_stop.wait()
                note(messages.SERVE_STOPPING)
            finally:
                told = service.close()
        note(messages.SERVE_STOPPED.format(told=told))


def _greeting(service: Service, *, http: bool) -> str:
    documents = messages.documents(len(service.desk.work.store.documents()))
    if http:
        return messages.SERVE_HTTP.format(documents=documents, address=messages.address(*service.address))
    return messages.SERVE_SOCKET.format(documents=documents)


@click.command("manifest")
@click.option(
    "--mode", type=click.Choice(["socket", "http"]), default="socket", show_default=True,
    help="How events reach Quoth.",
)  # fmt: skip
@click.option("--url", metavar="URL", help="With --mode http: where Slack reaches Quoth, https://...")
@click.option("--name", default="Quoth", show_default=True, help="The app's name in Slack.")
@click.option(
    "--oauth", is_flag=True, help="With --mode http: for many workspaces, which install it themselves."
)
def print_manifest(mode: Mode, url: str | None, name: str, *, oauth: bool) -> None:
    """Print the manifest of the Slack app, to be pasted at api.slack.com/apps.

    It asks for the least scopes.  The README says where it goes: Connect it to Slack.
    """
    if mode == "http" and (url is None or not url.startswith("https://")):
        raise UsageError("--mode http needs --url https://..., the address at which Slack reaches Quoth.")
    if mode == "socket" and url is not None:
        raise UsageError("--url is for --mode http; Socket Mode needs no address.")
    if oauth and mode == "socket":
        raise UsageError("--oauth needs --mode http: workspaces install the app in the browser.")
    if not 0 < len(name) <= 35:
        raise UsageError("--name: Slack takes names of 1 to 35 characters.")
    print_json(manifest(mode, url=url, name=name, oauth=oauth))
