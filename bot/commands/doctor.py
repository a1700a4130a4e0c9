"""quoth doctor: is everything sound, and if not, what to do."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from bot import __version__, messages, own_calibration
from bot.check import Check
from bot.commands.options import (
    EXIT_FAILED,
    home_option,
    json_option,
    model_option,
    open_workplace,
    print_json,
    style,
)
from bot.composition import Workplace
from bot.errors import BotError
from bot.records.records import Records
from bot.settings import DOTENV, TOML
from bot.slack.checks import slack_checks
from bot.sources import read_sources
from bot.views.style import printable
from qa_engine.cpus import available_cpus
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError

LEAST_FREE_BYTES = 200_000_000
WAL_RESET_FIXED = (3, 51, 3)
_SECRET = re.compile(r"xox[a-z]|xapp-|secret", re.IGNORECASE)


@click.command()
@model_option
@home_option
@json_option
def doctor(model: str | None, home: Path | None, as_json: bool) -> None:
    """Check home, store, index, reader and Slack, and name the fix.  Exit code 1: something is broken."""
    with open_workplace(home, model=model) as work:
        checks = list(_checks(work))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            state = style().strong(check.state) if check.state != "ok" else check.state
            click.echo(f"{state:<8} {check.name:<9} {check.detail}")
    if any(check.state == "failed" for check in checks):
        sys.exit(EXIT_FAILED)


def _checks(work: Workplace) -> Iterator[Check]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("quoth", "ok", f"{__version__}, Python {python}, {available_cpus()} processors to use")
    yield _sqlite()
    for name, look in (
        ("home", _home),
        ("store", _store),
        ("index", _index),
        ("reader", _reader),
        ("encoder", _encoder),
        ("sources", _sources),
    ):
        yield _guarded(name, look, work)
    yield _guarded("records", _records, work)
    yield from _readable_secrets(work)
    yield from _readable_documents(work)
    yield from slack_checks(work.settings.slack, work.settings.installs)
    yield from _collections(work)


def _guarded(name: str, look: Callable[[Workplace], Check], work: Workplace) -> Check:
    try:
        return look(work)
    except (RetrievalError, EngineError, BotError) as error:
        return Check(name, "failed", str(error))
    except OSError as error:
        return Check(name, "failed", f"{error.filename}: {error.strerror}")


def _home(work: Workplace) -> Check:
    home = work.settings.home
    existing = next(path for path in (home, *home.parents) if path.exists())
    if not existing.is_dir():
        return Check("home", "failed", f"{existing} is a file; name another folder with --home.")
    if not os.access(existing, os.W_OK):
        return Check("home", "failed", f"{home} may not be written; name another folder with --home.")
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE_BYTES:
        return Check("home", "warning", f"{home} has only {free / 1e6:,.0f} MB left; make room.")
    return Check("home", "ok", f"{home}, {free / 1e9:,.0f} GB free")


def _sqlite() -> Check:
    if sqlite3.sqlite_version_info < WAL_RESET_FIXED:
        # Quoth has one writer, which is what the defect needs two of; an ingest beside an ingest has two.
        return Check(
            "sqlite", "ok",
            f"{sqlite3.sqlite_version}; before 3.51.3 do not run two ingests at once (WAL reset defect)",
        )  # fmt: skip
    return Check("sqlite", "ok", sqlite3.sqlite_version)


def _store(work: Workplace) -> Check:
    if not work.settings.store.exists():
        return Check("store", "warning", "there is none yet; type: quoth ingest FOLDER")
    damages = work.store.database.check()
    if damages:
        return Check(
            "store", "failed", f"{damages[0]}; restore {work.settings.store} or ingest into a new --home."
        )
    documents = work.store.documents()
    counted = ", ".join(f"{name} {count:,}" for name, count in work.store.collections().items())
    return Check("store", "ok", f"{len(documents):,} documents ({counted or 'empty'})")


def _index(work: Workplace) -> Check:
    if not work.settings.store.exists():
        return Check("index", "ok", "nothing to index")
    stored = sum(document.passages for document in work.store.documents())
    indexed = len(work.index)
    if stored != indexed:
        return Check(
            "index", "failed", f"holds {indexed:,} of {stored:,} passages; run quoth ingest --force."
        )
    return Check("index", "ok", f"{indexed:,} passages")


def _encoder(work: Workplace) -> Check:
    loaded = work.encoder.loaded
    facts = f"{loaded.id}, golden pair right"
    missing = work.without_vectors() if work.settings.store.exists() else 0
    if missing:
        return Check("encoder", "warning", f"{facts}. {messages.WITHOUT_VECTORS.format(passages=missing)}")
    return Check("encoder", "ok", facts)


def _reader(work: Workplace) -> Check:
    loaded = work.model
    fixed = loaded.runtime.fixed_length
    facts = [
        f"{loaded.model.name} ({loaded.model.precision})",
        "golden question right",
        "any length" if fixed is None else f"{fixed} tokens a window",
    ]
    if not loaded.model.has_checksums:
        facts.append("no checksums to verify it by")
    own = work.calibration != loaded.calibration
    if own:
        facts.append("calibrated here")
    if work.confirmer is not None:
        facts.append(f"confirmed by {work.settings.answers.confirm}")
    told = ", ".join(facts)
    if not own:
        earlier = own_calibration.of_other_weights(work.settings.calibrations, loaded.model)
        if earlier is not None:
            return Check("reader", "warning", f"{told}. {messages.CALIBRATED_EARLIER.format(path=earlier)}")
        if not loaded.model.calibration:
            return Check("reader", "warning", f"{told}; {messages.NOT_CALIBRATED}")
    return Check("reader", "ok", told)


def _sources(work: Workplace) -> Check:
    followed = read_sources(work.settings.sources)
    told = f"{len(followed):,} followed by quoth sync"
    gone = [each.name for each in followed if isinstance(each.place, Path) and not each.place.exists()]
    if gone:
        return Check("sources", "warning", f"{told}. {messages.SOURCE_GONE.format(path=printable(gone[0]))}")
    return Check("sources", "ok", told)


def _records(work: Workplace) -> Check:
    path = work.settings.records
    if not path.exists():
        return Check("records", "ok", "none yet; the bot makes them")
    records = Records(path)
    try:
        damages = records.database.check()
        counts = records.counts()
    finally:
        records.close()
    if damages:
        return Check("records", "failed", f"{damages[0]}; move {path} away, the bot starts a new one.")
    return Check(
        "records", "ok",
        f"{counts.questions:,} questions, {counts.helpful:,} answers helpful, {counts.not_helpful:,} not",
    )  # fmt: skip


def _readable_secrets(work: Workplace) -> Iterator[Check]:
    """Files with tokens are for their owner only."""
    for path in (Path(DOTENV), work.settings.home / TOML):
        try:
            mode = path.stat().st_mode
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if _SECRET.search(text) and mode & 0o077:
            yield Check("secrets", "warning", f"others can read {path}; type: chmod 600 {path}")


def _readable_documents(work: Workplace) -> Iterator[Check]:
    """What stands in closed collections, and what people asked, is not for everybody with an account here.

    A group may share a home.
    """
    for path in (work.settings.store, work.settings.records):
        with suppress(OSError):
            if path.stat().st_mode & 0o007:
                yield Check("privacy", "warning", f"everybody here can read {path}; type: chmod 600 {path}")


def _collections(work: Workplace) -> Iterator[Check]:
    """Collections that the settings name and nobody has filled."""
    wanted = work.settings.slack.collections
    if wanted is None or not work.settings.store.exists():
        return
    try:
        stored = work.store.collections()
    except RetrievalError as error:
        yield Check("audience", "failed", str(error))
        return
    unknown = sorted(set(wanted) - set(stored))
    if unknown:
        names = ", ".join(stored)
        yield Check(
            "audience", "failed",
            f"QUOTH_SLACK_COLLECTIONS names {', '.join(unknown)}; there are {names or 'none'}.",
        )  # fmt: skip
