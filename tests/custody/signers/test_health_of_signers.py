"""Health asks each signer for itself: one that hangs is told of alone, and in time."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from custody.bitcoin.types import Role
from custody.signer_checks import _asked, signers
from health.registry import Finding
from health.rules import Status
from tests.custody.support.cosigners import SECRET
from tests.custody.support.wallets import seed_of

LIMIT_S = 0.7  # of a check of health


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes a question, and says nothing for ever."""
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    lines.append(server.accept()[0])

        Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for line in lines:
            line.close()
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def named(transactional_db: None, settings: Settings, tmp_path: Path, silent: str) -> Iterator[Settings]:
    _asked.clear()
    settings.CUSTODY, settings.BITCOIN_NETWORK = True, "regtest"
    files = {name: tmp_path / name for name in ("hot", "protocol")}
    for name, file in files.items():
        file.write_text(seed_of(name).hex())
    settings.SIGNERS = {name: (f"memory:{file}", "") for name, file in files.items()}
    settings.SIGNERS["backup"] = (silent, SECRET)
    yield settings
    _asked.clear()


def found() -> dict[str, Finding]:
    begun = time.monotonic()
    findings = {one.subject: one for one in signers()}
    assert time.monotonic() - begun < LIMIT_S
    return findings


def test_a_backup_that_hangs_stops_nothing_and_hides_nobody(named: Settings) -> None:
    for _ in range(2):
        findings = found()
        assert findings[Role.HOT].status is findings[Role.PROTOCOL].status is Status.OK
        assert findings[Role.BACKUP].status is Status.WARN
        assert findings[Role.BACKUP].message.startswith("no answer for")


def test_a_hot_signer_that_hangs_stops_withdrawals(named: Settings, silent: str) -> None:
    named.SIGNERS["hot"] = (silent, SECRET)
    assert found()[Role.HOT].status is Status.FAIL


def test_without_custody_nobody_is_asked(settings: Settings) -> None:
    settings.CUSTODY = False
    assert signers() == []
