"""A model's file as it should be: its name, its size, its checksum, and where it comes from.

Open Model Zoo publishes SHA-384, which is checked at download; what is installed is described by
SHA-256.  Both are of FIPS 180-4.

But: a checksum finds damage, not malice; whoever can change a file can change a manifest beside it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Algorithm = Literal["sha256", "sha384"]

DIGITS: dict[Algorithm, int] = {"sha256": 64, "sha384": 96}
"""How many hexadecimal digits a checksum has."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """A digest in lower-case hexadecimal.  Raises ValueError for one that its algorithm cannot give."""

    algorithm: Algorithm
    hex: str

    def __post_init__(self) -> None:
        digits = DIGITS.get(self.algorithm)
        if digits is None or re.fullmatch(rf"[0-9a-f]{{{digits}}}", self.hex) is None:
            raise ValueError(f"no {self.algorithm} checksum: {self.hex!r}")

    @classmethod
    def of(cls, path: Path, algorithm: Algorithm = "sha256") -> Checksum:
        """The checksum of the file at `path`, read in blocks.  Raises OSError."""
        with path.open("rb") as file:
            return cls(algorithm, hashlib.file_digest(file, algorithm).hexdigest())

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file: `size` in bytes; `url` is None for what is installed.

    Raises ValueError for a name that is not a plain file name: a manifest must not point out of its folder.
    """

    name: str
    size: int
    checksum: Checksum
    url: str | None = None

    def __post_init__(self) -> None:
        if self.name in ("", ".", "..") or any(character in self.name for character in "/\\\0"):
            raise ValueError(f"not a plain file name: {self.name!r}")
        if type(self.size) is not int or self.size < 0:
            raise ValueError(f"no size in bytes: {self.size!r}")
