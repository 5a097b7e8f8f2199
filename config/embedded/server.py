"""What both embedded servers share: a foreground child that is started, awaited, stopped and killed."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from config.children import spawn, tail
from config.embedded.account import give
from config.embedded.errors import ServerError
from config.embedded.leftovers import evict
from config.embedded.state import Place, socket_folder

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.01


class Server(ABC):
    """One server over one data folder. `start` may be called again after it stopped, died or was killed."""

    name: str
    program: str
    stop_signal: signal.Signals

    def __init__(self, place: Place, folder: str) -> None:
        self.place = place
        self.folder = place.data / folder
        self.log = place.data / f"{self.name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str | Path]: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder ready for a start; nothing runs in it."""

    @abstractmethod
    def is_ready(self) -> bool: ...

    @property
    def sockets(self) -> Path:
        return socket_folder(self.folder, self.place.account)

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} was never started"
        return self._child.pid

    def poll(self) -> int | None:
        """None while it runs, else its exit code."""
        return 0 if self._child is None else self._child.poll()

    def start(self) -> None:
        evict(self.folder, self.program, self.stop_signal, self.place.account)
        self.prepare()
        self._child = spawn(
            self.command(),
            log=self.log,
            dies_with=self.stop_signal,
            cwd=self.folder,
            account=self.place.account,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_ready():
            if self.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start; the end of {self.log}:\n{tail(self.log)}")
            time.sleep(_POLL_SECONDS)

    def terminate(self) -> None:
        if self._child is not None and self.poll() is None:
            self._child.send_signal(self.stop_signal)

    def stop(self) -> None:
        """End it cleanly, or after a while at once: that loses no data, the next start only takes longer."""
        if self._child is None or self.poll() is not None:
            return
        self.terminate()
        try:
            self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self._child is not None, f"{self.name} was never started"
        self._child.kill()
        self._child.wait()

    def own(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        give(folder, self.place.account)
