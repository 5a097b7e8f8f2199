"""The house under test: `manage.py up` as a person starts it, with a state folder and a port of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from conformance.people import Person

ROOT = Path(__file__).resolve().parent.parent
STARTING_SECONDS = 120
# Clients that are tried all at once come from one address with few keys: only the tests of limits meet any.
PLENTY = {
    "BALLAST_RATE_KEY": "100000:1000000",
    "BALLAST_RATE_USER": "100000:1000000",
    "BALLAST_RATE_IP": "100000:1000000",
    "BALLAST_SOCKETS_IP": "500",
    "BALLAST_SOCKETS_KEY": "500",
    "BALLAST_SOCKETS_USER": "500",
    "BALLAST_BINANCE_LIMITS": "weight=1000000,orders_10s=10000,orders_1d=1000000",
    "BALLAST_BOTS": "0",
    "BALLAST_CUSTODY": "0",
}


class House:
    """A running `manage.py up`. `people` have keys and money."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.people: dict[str, Person] = {}
        self._log = folder / "up.log"
        self._up: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        kept = {"PATH", "HOME", "LANG", "TMPDIR"}
        env = {name: value for name, value in os.environ.items() if name in kept}
        env |= {"BALLAST_STATE_DIR": str(self.folder), "PYTHONUNBUFFERED": "1", **PLENTY}
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self._up = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self._await(lambda: "Ballast runs" in self._log.read_text(errors="replace"))
        self.people = open_everything(self.folder)
        self.await_answers()

    def stop(self) -> None:
        if self._up is None:
            return
        self._up.send_signal(signal.SIGTERM)
        try:
            self._up.wait(30)
        except subprocess.TimeoutExpired:
            self._up.kill()
            self._up.wait()

    def manage(self, *words: str) -> str:
        """What a command of `manage.py` prints that must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=shell(self.folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def process(self, name: str) -> int:
        """The process of that line of the process table."""
        assert self._up is not None
        for child in children_of(self._up.pid):
            if environment_of(child).get("BALLAST_PROCESS") == name:
                return child
        raise AssertionError(f"no {name} runs:\n{self.log('up')}")

    def kill(self, name: str) -> None:
        """With -9, as nobody asks a process that is out of memory."""
        os.kill(self.process(name), signal.SIGKILL)

    def log(self, name: str) -> str:
        path = self._log if name == "up" else self.folder / "logs" / f"{name}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else f"(no {path})"

    def await_answers(self, url: str = "") -> None:
        self._await(lambda: answers(url or self.url))

    @contextmanager
    def another_web(self, **changes: str) -> Iterator[str]:
        """The URL of a second web process of the same house, with other settings."""
        port = free_port()
        env = {**environment_of(self.process("web")), "PORT": str(port), **changes}
        command = [
            *("uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)),
            *("--http", "access.guard:GuardedHttp", "--ws", "access.sockets.guard:GuardedSocket"),
            *("--no-proxy-headers", "--no-access-log", "--no-server-header"),
        ]
        with (self.folder / "logs" / "web-other.log").open("ab") as log:
            web = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._await(lambda: answers(f"http://127.0.0.1:{port}"))
            yield f"http://127.0.0.1:{port}"
        finally:
            web.kill()
            web.wait()

    def _await(self, condition: Callable[[], bool]) -> None:
        assert self._up is not None
        ends = time.monotonic() + STARTING_SECONDS
        while not condition():
            assert self._up.poll() is None, self.log("up")
            assert time.monotonic() < ends, self.log("up") + self.log("web")
            time.sleep(0.05)


@contextmanager
def running_house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="ballast-conformance-"))
    folder.chmod(0o711)  # the servers' account passes through
    house = House(folder)
    try:
        house.start()
        yield house
    finally:
        house.stop()
        for link in folder.rglob("servers"):
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def open_everything(folder: Path) -> dict[str, Person]:
    """Markets to trade in beside the demo's, and people with keys and money."""
    done = subprocess.run(
        [sys.executable, "-m", "conformance.opening"],
        cwd=ROOT,
        env=shell(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: Person(name, **known) for name, known in json.loads(done.stdout).items()}


def shell(folder: Path) -> dict[str, str]:
    """The environment of another terminal: the state folder says where the servers are."""
    others = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**others, "BALLAST_STATE_DIR": str(folder), "PYTHONPATH": str(ROOT)}


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/time", timeout=5).is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def environment_of(pid: int) -> Mapping[str, str]:
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:  # another account's: a server
        return {}
    return dict(line.partition("=")[::2] for line in raw.split("\0") if "=" in line)
