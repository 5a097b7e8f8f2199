"""The same journal gives the same digest, whatever the seed of Python's string hashes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPLAY = """
from exchange.engine.engine import Engine
from tests.engine.flows import journal
for seed in range(8):
    engine = Engine()
    for command, now in journal(seed, 200):
        engine.apply(command, now)
    print(engine.state_digest())
"""


def digests(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", REPLAY], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return run.stdout


def test_three_hash_seeds_give_one_digest() -> None:
    first, second, third = (digests(seed) for seed in ("0", "1", "4242"))
    assert len(set(first.split())) == 8
    assert first == second == third
