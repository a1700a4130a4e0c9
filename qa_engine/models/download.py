"""Bring a model onto this machine: whole, checked, in one step, or not at all.

    models/bert-...-0002-FP16.part/     while it comes: kept after a failure and gone on with
    models/bert-...-0002-FP16.old/      an old one, for the moment between two renames
    models/bert-...-0002-FP16/          once every file has its size and its SHA-384
    models/.bert-...-0002-FP16.lock     held by the one process that pulls it

The folder is renamed at the end; a model that is there already stays until then, and one that is whole
is not fetched again.

But: only models of the zoo, and only on file systems with `flock`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qa_engine.errors import DownloadError, ModelError
from qa_engine.models.fetch import PATIENT, Patience, fetch
from qa_engine.models.files import Checksum, ModelFile
from qa_engine.models.manifest import InstalledModel, describe, read_manifest, write_manifest
from qa_engine.models.verify import check_file
from qa_engine.models.zoo import ModelSpec, ModelVariant

SPARE = 1 << 24
"""Bytes of the disk that a download leaves alone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of the `total` bytes of a model are there; those of `file` are coming."""

    file: str
    done: int
    total: int


def pull(
    spec: ModelSpec,
    precision: str | None,
    folder: Path,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    patience: Patience = PATIENT,
) -> InstalledModel:
    """Install `spec` in `precision` (None: the smallest) into a folder of its own below `folder`.

    A KeyboardInterrupt leaves what has come, for the next pull.

    Raises DownloadError with one line for people, ModelNotFound for a precision that there is not.
    """
    variant = spec.variant(precision)
    final = folder / variant.folder
    part = folder / (variant.folder + ".part")

    def tell(name: str, before: int, now: int) -> None:
        progress(Progress(name, before + now, variant.size))

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder / f".{variant.folder}.lock", variant.folder):
            _restore(final)
            if all(check_file(final / file.name, file).ok for file in variant.files):
                shutil.rmtree(part, ignore_errors=True)
                return _described(final, spec, variant)
            part.mkdir(exist_ok=True)
            _need_room(part, variant)
            done = 0
            for file in variant.files:
                _bring(file, part, partial(tell, file.name, done), patience)
                done += file.size
            _drop_others(part, variant)
            _described(part, spec, variant)
            _put_in_place(part, final)
            return read_manifest(final)
    except OSError as error:
        raise DownloadError(
            f"{variant.folder} cannot be written to {folder}: {error.strerror or type(error).__name__}. "
            "What has come is kept; run the same command again once that is mended."
        ) from error


def _bring(file: ModelFile, folder: Path, progress: Callable[[int], None], patience: Patience) -> None:
    """Fetch one file and check it; it gets its name only then."""
    whole, part = folder / file.name, folder / (file.name + ".part")
    if not check_file(whole, file).ok:
        whole.unlink(missing_ok=True)
        fetch(file, part, patience=patience, progress=progress)
        found = Checksum.of(part, file.checksum.algorithm)
        if found != file.checksum:
            part.unlink()
            raise DownloadError(
                f"{file.name} came damaged: found {found.algorithm} {found.hex[:16]}..., expected "
                f"{file.checksum.hex[:16]}.... It was deleted; run the same command again to fetch it anew."
            )
        part.replace(whole)
    progress(file.size)


def _described(folder: Path, spec: ModelSpec, variant: ModelVariant) -> InstalledModel:
    """The model in `folder`, whose files are right, with a manifest that says so."""
    model = describe(
        folder,
        name=spec.name,
        precision=variant.precision,
        licence=spec.licence,
        source=(variant.files[0].url or "").rpartition("/")[0],
    )
    try:
        if read_manifest(folder) == model:
            return model
    except ModelError:
        pass  # none, or a damaged one: the files are what counts
    write_manifest(model)
    return model


def _need_room(part: Path, variant: ModelVariant) -> None:
    there = sum(path.stat().st_size for path in part.iterdir())
    need, free = max(variant.size - there, 0) + SPARE, shutil.disk_usage(part).free
    if need > free:
        raise DownloadError(
            f"{variant.folder} needs {need / 1e6:,.0f} MB in {part.parent}; found {free / 1e6:,.0f} MB. "
            "Make room, or choose another folder."
        )


def _drop_others(part: Path, variant: ModelVariant) -> None:
    """Delete what an older list of files left behind."""
    names = {file.name for file in variant.files}
    for path in part.iterdir():
        if path.name not in names:
            path.unlink()


def _put_in_place(part: Path, final: Path) -> None:
    """Rename `part` to `final`.

    A folder cannot replace another in one step: one that is there steps aside first, and comes back if
    the second rename fails, now or, if the process was killed, at the next pull (`_restore`).
    """
    _sync(part)
    if final.exists():
        final.rename(_aside(final))
    try:
        part.rename(final)
    finally:
        _restore(final)
    _sync(final.parent)


def _restore(final: Path) -> None:
    """Put back a model that stepped aside for one that never came; delete one that was replaced."""
    old = _aside(final)
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
    elif old.exists():
        old.rename(final)


def _aside(final: Path) -> Path:
    return final.with_name(final.name + ".old")


def _sync(folder: Path) -> None:
    """Make the names in `folder` lasting."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lock(path: Path, name: str) -> Iterator[None]:
    """Hold the lock file; the system lets go of it when the process ends, however it ends.

    The file stays: to delete it would let two processes lock two files of one name.
    """
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DownloadError(f"{name} is being pulled by another process; wait for it to end.") from None
        yield
