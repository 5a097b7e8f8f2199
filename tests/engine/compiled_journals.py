"""Prints what an engine says of random journals, for a test that compares one process with another."""

import json
import sys

from exchange.compiled.loading import running
from exchange.engine.engine import Engine
from tests.engine.flows import journal

LENGTH = 300


def told(seed: int) -> str:
    """Every event of a journal, and the digest of an engine that was restored half-way."""
    engine = Engine()
    said: list[object] = []
    for number, (command, now) in enumerate(journal(seed, LENGTH)):
        if number == LENGTH // 2:
            engine = Engine.restore(engine.snapshot())
        said.append(engine.apply(command, now))
    return json.dumps([said, engine.state_digest()])


if __name__ == "__main__":
    journals = [told(seed) for seed in range(int(sys.argv[1]))]
    json.dump({"compiled": running().is_compiled, "journals": journals}, sys.stdout)
