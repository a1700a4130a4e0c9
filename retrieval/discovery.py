"""Which files an ingest looks at, and why it leaves others alone.

Folders are walked in the order of names.  A link is followed to a file inside the folder that was
named, never to a folder and never out of it: what an admin did not point at is not read, and no loop
can form.  Hidden files and what is no regular file (a pipe would block for ever) are left out; each
is a row of the report.

But: no file is opened here, and whether a kind of file can be read is the readers' to know.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file.  `shown` is its path relative to the folder that was named; `named`: it was itself."""

    path: Path
    shown: str
    size: int
    mtime_ns: int
    named: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What was not looked at, and why.  `failed`: it was asked for by name."""

    path: Path
    shown: str
    reason: str
    failed: bool


def discover(paths: Iterable[Path]) -> Iterator[FoundFile | Obstacle]:
    """The files among `paths` and in the folders among them, each once; all paths are made absolute."""
    seen: set[Path] = set()
    for path in paths:
        root = absolute(path)
        for found in _walk(root) if is_folder(root) else [_look(root, root.name, named=True)]:
            if found.path not in seen:
                seen.add(found.path)
                yield found


def fills(found: FoundFile | Obstacle) -> bool:
    """Does it keep its folder from being empty?  What hides there can be the mount point's own."""
    return isinstance(found, FoundFile) or found.failed


def absolute(path: Path) -> Path:
    """The path without `..` in it, links not followed: a link that was named is known by its own name."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (resolve would follow it)


def is_folder(path: Path) -> bool:
    """Is there a folder (or a link to one)?  False, too, for what cannot be looked at."""
    return os.path.isdir(path)  # noqa: PTH112  (Path.is_dir raises for a name that is too long)


def _walk(root: Path) -> Iterator[FoundFile | Obstacle]:
    errors: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=errors.append):
        here = Path(folder)
        for name in sorted(folders):
            reason = _why_not_enter(here / name)
            if reason:
                folders.remove(name)
                yield Obstacle(here / name, _shown(here / name, root) + "/", reason, failed=False)
        folders.sort()
        for name in sorted(files):
            path = here / name
            if name.startswith("."):
                yield Obstacle(path, _shown(path, root), "hidden", failed=False)
            elif path.is_symlink() and not _stays_inside(path, root):
                yield Obstacle(path, _shown(path, root), "a link that leads out of the folder", failed=False)
            else:
                yield _look(path, _shown(path, root), named=False)
    for error in errors:
        path = Path(error.filename)
        yield Obstacle(path, _shown(path, root), f"cannot be opened: {error.strerror}", failed=True)


def _look(path: Path, shown: str, *, named: bool) -> FoundFile | Obstacle:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return Obstacle(path, shown, "does not exist" if named else "a link that leads nowhere", failed=named)
    except (OSError, ValueError) as error:  # a loop of links, a forbidden folder, a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Obstacle(path, shown, f"cannot be opened: {reason}", failed=True)
    if not stat.S_ISREG(facts.st_mode):
        return Obstacle(path, shown, "no regular file", failed=named)
    return FoundFile(path, shown, facts.st_size, facts.st_mtime_ns, named)


def _why_not_enter(folder: Path) -> str | None:
    if folder.name.startswith("."):
        return "hidden"
    return "a link to a folder" if folder.is_symlink() else None


def _stays_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=False).is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop: `_look` will say so
        return True


def _shown(path: Path, root: Path) -> str:
    # A name that is no UTF-8 reaches us with surrogates, which could neither be stored nor printed.
    return path.relative_to(root).as_posix().encode("utf-8", "replace").decode("utf-8")
