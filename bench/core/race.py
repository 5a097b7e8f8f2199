"""Our engine alone beside the package `matching-engine`: one flow, one run, each in its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.house import ROOT, Wrong
from bench.order_flow import FlowTrade
from bench.peer_environment import NoPeer, peer_python
from exchange.compiled.build import NoCompiler, compiled_engine

PEER = "matching-engine 0.1.1, book only"


@dataclass
class Contender:
    name: str
    command: list[str]
    per_second: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.per_second)


def contenders(say: Callable[[str], object]) -> list[Contender]:
    """The last one is what the others are compared with. `say` is told of those that cannot take part."""
    ours = [sys.executable, "-m"]
    alone = "bench.core.alone"
    found = [Contender("ours, with balances, fees and all rules", [*ours, alone])]
    peer = _peer(say)
    try:
        compiled_engine()
        compiled = [*ours, "exchange.compiled.run", alone]
        found.append(Contender("ours, the same sources compiled by mypyc", compiled))
    except NoCompiler as error:
        say(f"not compiled: {error}")
    return [*found, *peer]


def _peer(say: Callable[[str], object]) -> list[Contender]:
    try:
        return [Contender(PEER, [str(peer_python()), "-m", "bench.core.peer"])]
    except NoPeer as error:
        say(f"no comparison: {error}")
        return []


def race(
    racers: Iterable[Contender],
    flow: Path,
    trades: list[FlowTrade],
    resting: int,
    runs: int,
    skip: int = 0,
) -> None:
    """Every trade is checked first; then they take turns, so that all meet the same disturbances."""
    for racer in racers:
        found = _run(racer, flow, "--trades")
        if list(map(tuple, found["trades"])) != trades or found["resting"] != resting:
            raise Wrong(f"{racer.name}: other trades than the oracle's")
        racer.per_second.clear()
    for _ in range(runs):
        for racer in racers:
            racer.per_second.append(float(_run(racer, flow, "--skip", str(skip))["per_second"]))


def _run(racer: Contender, flow: Path, *options: str) -> dict[str, Any]:
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*racer.command, str(flow), *options], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Wrong(f"{racer.name} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
