"""quoth model ls, pull, verify: the readers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot import messages
from bot.commands.options import (
    EXIT_FAILED,
    home_option,
    json_option,
    note,
    open_workplace,
    print_json,
    style,
)
from bot.commands.progress import progress
from bot.views.style import printable
from qa_engine.models import (
    EMBEDDED,
    PRECISIONS,
    InstalledModel,
    find,
    installed,
    pull,
    read_manifest,
    resolve,
    verify,
    zoo,
)


@click.group()
def model() -> None:
    """List, download and check readers."""


@model.command("ls")
@home_option
@json_option
def list_models(home: Path | None, as_json: bool) -> None:
    """List the readers that are here and those of Open Model Zoo that can be pulled."""
    with open_workplace(home) as work:
        here = [read_manifest(EMBEDDED), *installed(work.settings.models)]
        owned = {(each.name, each.precision) for each in here}
        offered = [(spec, variant) for spec in zoo() for variant in spec.variants]
        if as_json:
            print_json(
                {
                    "installed": [_installed_record(each) for each in here],
                    "available": [
                        {"name": spec.name, "precision": variant.precision, "bytes": variant.size,
                         "f1": spec.f1, "exact_match": spec.em, "licence": spec.licence}
                        for spec, variant in offered
                    ],
                }
            )  # fmt: skip
            return
        click.echo(style().strong("Installed"))
        for each in here:
            name = "embedded" if each.folder == EMBEDDED else each.name
            click.echo(f"  {name:<58} {each.precision or '?':<10} {each.size / 1e6:>7,.0f} MB")
        click.echo(style().strong("Open Model Zoo: quoth model pull NAME --precision P"))
        for spec, variant in offered:
            if (spec.name, variant.precision) not in owned:
                click.echo(
                    f"  {spec.name:<58} {variant.precision:<10} {variant.size / 1e6:>7,.0f} MB  "
                    f"F1 {spec.f1:.1f}  EM {spec.em:.1f}"
                )


@model.command("pull")
@click.argument("name")
@click.option(
    "--precision", type=click.Choice(PRECISIONS, case_sensitive=False),
    help="Of which kind the weights are.  [default: the smallest]",
)  # fmt: skip
@home_option
@json_option
def pull_model(name: str, precision: str | None, home: Path | None, as_json: bool) -> None:
    """Download reader NAME from Open Model Zoo and check it; a broken download is resumed."""
    with open_workplace(home) as work:
        spec = find(name)
        wanted = spec.variant(precision).precision
        with progress(f"{spec.name} {wanted}") as show_progress:
            model = pull(
                spec, wanted, work.settings.models, progress=lambda p: show_progress(p.done, p.total)
            )
        if as_json:
            print_json(_installed_record(model))
        else:
            chosen = f"--model {model.name}@{wanted}"
            note(
                f"{model.name} ({model.precision}) is in {model.folder}. "
                f"Use it: {chosen}; {messages.NOT_CALIBRATED} {chosen}"
            )


@model.command("verify")
@click.argument("name", metavar="NAME|PATH", default="embedded")
@home_option
@json_option
def verify_model(name: str, home: Path | None, as_json: bool) -> None:
    """Check every file of a reader against its checksum.  Exit code 1: one does not fit."""
    with open_workplace(home) as work:
        model = resolve(name, models_folder=work.settings.models)
        checks = verify(model)
        if as_json:
            print_json(
                [{"name": c.name, "state": c.state, "found": c.found, "expected": c.expected} for c in checks]
            )
        else:
            for check in checks:
                detail = "" if check.ok else f": found {check.found}, expected {check.expected}"
                click.echo(f"{check.state:<10} {printable(check.name)}{detail}")
        if not all(check.ok for check in checks):
            sys.exit(EXIT_FAILED)


def _installed_record(model: InstalledModel) -> dict[str, object]:
    return {
        "name": "embedded" if model.folder == EMBEDDED else model.name,
        "precision": model.precision,
        "bytes": model.size,
        "licence": model.licence,
        "source": model.source,
        "folder": str(model.folder),
        "figures": model.figures,
    }
