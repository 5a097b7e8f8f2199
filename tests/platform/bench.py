"""A supervisor over real children and a clock that only the test moves."""

import os
import signal
from pathlib import Path

from config.children import ChildProcess
from config.supervisor import Child, Ended, Restarted, Supervisor
from tests.platform.processes import await_end


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.told: list[Ended | Restarted] = []
        self.children: list[ChildProcess] = []

    def child(self, name: str, command: str) -> ChildProcess:
        child = ChildProcess(
            name, command, log=self.folder / f"{name}.log", env=dict(os.environ), cwd=self.folder
        )
        self.children.append(child)
        return child

    def supervise(self, *children: Child) -> Supervisor:
        supervisor = Supervisor(children, tell=self.told.append, clock=self.clock)
        supervisor.start()
        return supervisor

    def delays(self) -> list[float]:
        return [event.delay_seconds for event in self.told if isinstance(event, Ended)]


def end(child: ChildProcess) -> None:
    os.kill(child.pid, signal.SIGKILL)
    await_end(child.pid)
