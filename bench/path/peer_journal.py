"""The durable loop of the package `matching-engine`: its engine behind its own journal.

As its gateway does it: append, make durable with one fsync for each 512 commands, then apply. In one process,
without a queue, replies, balances or rows. Wall clock, as everything durable.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from matching_engine.engine import MatchingEngine  # type: ignore[import-not-found]
from matching_engine.journal import Journal  # type: ignore[import-not-found]

from bench.core.peer import peer_commands
from bench.order_flow import load

FSYNC_EVERY = 512


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("flow", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--skip", type=int, default=0)
    options = parser.parse_args()
    engine, journal = MatchingEngine(), Journal(options.folder, fsync=True)
    commands = peer_commands(load(options.flow))
    for command in commands[: options.skip]:
        engine.process(command)
    measured = commands[options.skip :]
    journal.open(options.skip + 1)
    started_at = time.perf_counter()
    for start in range(0, len(measured), FSYNC_EVERY):
        batch = measured[start : start + FSYNC_EVERY]
        for command in batch:
            journal.append(command)
        journal.sync()
        for command in batch:
            engine.process(command)
    seconds = time.perf_counter() - started_at
    journal.close()
    json.dump({"per_second": len(measured) / seconds, "resting": len(engine.book)}, sys.stdout)


if __name__ == "__main__":
    main()
