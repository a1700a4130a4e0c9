"""What all tests share: no network but loopback, a home with the sample handbook, a local Slack, somebody
without rights.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from bot.commands.demo import DATA
from bot.composition import Workplace
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.slack.socket_mode import WATCHDOG
from tests.slack_stand_in import Slack, running

# How long an example takes is the machine's business: speed lives in `benchmarks/`.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

# What a shell starts with "&" is deaf to Ctrl-C, and so is all that it starts: some tests would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LAW_BESIDE_A_BOT = """a Slack connection is alive: slack_sdk masks its pings with numbers of `random`'s one
generator, and hypothesis takes these, when they fall between two of its draws, for a strategy's.  Laws go into
a file whose tests keep no bot at work."""

LOOPBACK = ("127.", "::1", "localhost")
NOBODY = 65534
SECRET = re.compile(r"xox[a-z]-[0-9a-f]{8}|xapp-[0-9a-f]{8}")


def _only_loopback(name: str) -> Any:
    real = getattr(socket.socket, name)

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test wants to reach {address[0]}; only loopback is allowed")
        return real(self, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Sockets of this process reach loopback only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_loopback(name))
        yield


@pytest.fixture(scope="session", autouse=True)
def settings_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No QUOTH_ variable of whoever runs the tests reaches them, and no `.env` in their folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("nobody"))
        for name in [name for name in os.environ if name.startswith("QUOTH_")]:
            patch.delenv(name)
        yield


class _SecretsSeen(logging.Handler):
    """Notes which loggers let a token of Slack's through."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if SECRET.search(self.format(record)):
            self.found.append(record.name)


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    """Whatever the tests do, at whatever level: no token in any line of the log."""
    handler, ours = _SecretsSeen(), logging.getLogger("bot")
    logging.getLogger().addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield
    logging.getLogger().removeHandler(handler)
    assert handler.found == []


def pytest_runtest_setup(item: pytest.Item) -> None:
    """No law beside a bot at work: once in some hundred runs it would fail for nothing."""
    if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
        assert WATCHDOG not in [thread.name for thread in threading.enumerate()], LAW_BESIDE_A_BOT


@pytest.fixture(scope="session")
def handbook_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the sample handbook, in the collection "handbook"; not to be changed."""
    home = tmp_path_factory.mktemp("handbook")
    with Workplace(Settings(home=home)) as work:
        report = work.ingest([DATA / "handbook"], collection="handbook")
        assert report.counts["failed"] == 0
        _ = work.model  # compiled once, into the cache
    return home


@pytest.fixture(scope="session")
def ipv6() -> None:
    """This machine has a loopback address of IPv6; not every container does."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, made for this run."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl command to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, "req", "-x509", *curve, *names, "-keyout", str(path), "-out", f"{path}.crt"],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """A folder of our own while we have no rights beyond those of an ordinary user."""
    folder = Path(tempfile.mkdtemp(prefix="quoth-test-"))
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace by Socket Mode, whose limits nobody may have broken."""
    with running(manifest("socket")) as started:
        yield started
        assert started.complaints == []
