"""Co-signers as real processes with databases of their own, which tests start, kill and start again."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Role
from custody.signers.remote import RemoteSigner
from custody.signers.seal import sealed
from tests.custody.support.wallets import cold_wallet, seed_of
from tests.support.waiting import wait_for

SECRET = "a secret of tests, which everybody may know"
_ROOT = Path(__file__).parents[3]


@dataclass(slots=True)
class Cosigner:
    """`seed` names one of the seeds of the tests' wallets."""

    folder: Path
    roles: str
    seed: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        own = {
            "ROLES": self.roles,
            "BIND": f"127.0.0.1:{self.port}",
            "SECRET": SECRET,
            "DATABASE": str(self.folder / "cosigner.sqlite"),
            "SEED_FILE": str(self._seed_file()),
            "NETWORK": "regtest",
            "PARTY": "tests",
            "COLD_KEY": key_text(cold_wallet().keys[0]),
            **self.settings,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "SOFTHSM2_CONF") if name in os.environ}
        return {**kept, **{f"BALLAST_COSIGNER_{name}": value for name, value in own.items()}}

    def start(self, fault: str = "") -> "Cosigner":
        """`fault` names the point at which it dies, as `admitted:1`."""
        self.port = self.port or _free_port()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "custody.cosigner"],
                cwd=_ROOT,
                env={**self.environment(), "BALLAST_CUSTODY_FAULT": fault},
                stdout=log,
                stderr=log,
            )
        wait_for("the co-signer to answer", self._answers)
        return self

    def deed(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What its operator does beside the process: `stop REASON`, `go`."""
        return subprocess.run(
            [sys.executable, "-m", "custody.cosigner", *words],
            cwd=_ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.await_end()

    def await_end(self) -> int:
        assert self.process is not None
        return self.process.wait(30)

    def signer(self, role: Role) -> RemoteSigner:
        return RemoteSigner(role, self.url, SECRET)

    def journal(self, query: str = "") -> list[dict[str, Any]]:
        """What it says that it was asked, newest first."""
        target = f"/v1/journal{query}"
        headers = sealed(SECRET, "GET", target, b"", int(time.time())).headers()
        answer = httpx.get(self.url + target, headers=headers, trust_env=False).json()
        rows: list[dict[str, Any]] = answer["requests"]
        return rows

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def _seed_file(self) -> Path:
        path = self.folder / "seed"
        if not path.exists():
            path.touch(0o600)
            path.write_text(seed_of(self.seed).hex())
        return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
