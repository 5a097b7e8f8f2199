"""Runs the flow through the package `matching-engine`, in a Python that it needs: `-m bench.core.peer FLOW`.

Its shortest way: commands made and numbered beforehand, then `MatchingEngine.process` alone, without its log.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matching_engine.domain import (  # type: ignore[import-not-found]
    CancelOrder,
    NewOrder,
    OrderType,
    SequencedCommand,
    Side,
    TimeInForce,
)
from matching_engine.engine import MatchingEngine  # type: ignore[import-not-found]
from matching_engine.events import Trade  # type: ignore[import-not-found]

from bench.order_flow import CANCEL, MARKET, SELL, FlowCommand, load, trader


def peer_commands(flow: Iterable[FlowCommand]) -> list[Any]:
    commands = []
    owners: dict[int, int] = {}
    for number, command in enumerate(flow, start=1):
        order_id = command.order_id
        if command.operation == CANCEL:
            inner = CancelOrder(order_id, owners[order_id])
        else:
            owners[order_id] = account = trader(command)
            side = Side.SELL if command.side == SELL else Side.BUY
            if command.operation == MARKET:
                terms = (0, command.quantity, OrderType.MARKET, TimeInForce.IOC)
            else:
                terms = (command.price, command.quantity, OrderType.LIMIT, TimeInForce.GTC)
            inner = NewOrder(order_id, account, side, *terms)
        commands.append(SequencedCommand(number, 1, inner))
    return commands


def main(path: Path, *, skip: int, with_trades: bool) -> None:
    engine = MatchingEngine()
    commands = peer_commands(load(path))
    process = engine.process
    if with_trades:
        events = [event for command in commands for event in process(command) if type(event) is Trade]
        trades = [(event.maker_order_id, event.taker_order_id, event.price, event.qty) for event in events]
        json.dump({"trades": trades, "resting": len(engine.book)}, sys.stdout)
        return
    for command in commands[:skip]:
        process(command)
    measured = commands[skip:]
    gc.collect()
    gc.freeze()
    gc.disable()
    started_at = time.process_time()
    for command in measured:
        process(command)
    seconds = time.process_time() - started_at
    json.dump({"per_second": len(measured) / seconds, "resting": len(engine.book)}, sys.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("flow", type=Path)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--trades", action="store_true")
    options = parser.parse_args()
    main(options.flow, skip=options.skip, with_trades=options.trades)
