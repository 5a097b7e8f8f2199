"""Our engine alone beside the package `matching-engine`: one flow, one run, each in its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.durable import ROOT, Wrong
from bench.order_flow import FlowTrade


@dataclass
class Contender:
    name: str
    command: list[str]
    per_second: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.per_second)


def contenders(peer_python: Path | None) -> list[Contender]:
    ours = Contender("ours, with balances, fees, refusals", [sys.executable, "-m", "bench.engine_alone"])
    if peer_python is None:
        return [ours]
    return [ours, Contender("matching-engine 0.1.1, book only", [str(peer_python), "-m", "bench.peer"])]


def race(racers: Iterable[Contender], flow: Path, trades: list[FlowTrade], resting: int, runs: int) -> None:
    """Every trade is checked first; then they take turns, so that both meet the same disturbances."""
    for racer in racers:
        found = _run(racer, flow, "--trades")
        if list(map(tuple, found["trades"])) != trades or found["resting"] != resting:
            raise Wrong(f"{racer.name}: other trades than the oracle's")
    for _ in range(runs):
        for racer in racers:
            racer.per_second.append(float(_run(racer, flow)["per_second"]))


def _run(racer: Contender, flow: Path, *options: str) -> dict[str, Any]:
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [*racer.command, str(flow), *options], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Wrong(f"{racer.name} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
