"""Pulls of a small model from a real, misbehaving HTTP server on loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_engine.models import Checksum, InstalledModel, ModelFile, ModelSpec, ModelVariant, Patience, pull
from tests.model_server import ModelServer, running

BIN = "/m/x.bin"
CONTENT = {
    "x.xml": b"<net/>" * 9,
    "x.bin": bytes(range(256)) * 40,
    "vocab.txt": b"[PAD]\n[UNK]\n",
}


class Waits(list[float]):
    """A clock that passes at once and remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@contextmanager
def serving() -> Iterator[ModelServer]:
    """A server that has the model's files."""
    with running() as server:
        server.files = {f"/m/{name}": content for name, content in CONTENT.items()}
        yield server


def spec_of(server: ModelServer, scheme: str = "http", content: dict[str, bytes] = CONTENT) -> ModelSpec:
    """A model whose files are the server's."""
    files = tuple(
        ModelFile(
            name,
            len(body),
            Checksum("sha384", hashlib.sha384(body).hexdigest()),
            server.url(f"/m/{name}", scheme),
        )
        for name, body in content.items()
    )
    variant = ModelVariant("x", "FP16", files)
    return ModelSpec("x", "a test", "Apache-2.0", 90.0, 80.0, 1.0, 1.0, (), (), (1, 384), (variant,))


def bring(
    server: ModelServer,
    folder: Path,
    waits: Waits | None = None,
    delays: tuple[float, ...] = (1.0, 2.0, 4.0),
    timeout: float = 5.0,
) -> InstalledModel:
    sleep = Waits() if waits is None else waits
    return pull(spec_of(server), "FP16", folder, patience=Patience(timeout, delays, sleep))
