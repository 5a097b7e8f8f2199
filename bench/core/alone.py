"""Runs the flow through the engine alone, in this process: `python -m bench.core.alone FLOW`.

Prints commands per second of CPU time as JSON, of those after the first --skip. With --trades it prints every
trade instead and times nothing.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from bench.order_flow import ACCOUNTS, CANCEL, MARKET, FlowCommand, load, trader
from exchange.engine.commands import (
    Command,
    cancel_order,
    create_market,
    deposit,
    place_order,
    set_reference_price,
)
from exchange.engine.engine import Engine
from exchange.engine.events import Event, EventKind
from exchange.engine.types import SHARD_SLOTS, OrderType, Side

SYMBOL = "BTC-USDB"
FUNDS_ATOMS = 10**15
MIDDLE = 100_000  # where the flow's prices begin
BATCH = 1_000


def engine_commands(flow: Iterable[FlowCommand], first_sequence: int) -> list[Command]:
    """The flow as commands of ours. An order's id follows from the sequence that its command will have."""
    commands: list[Command] = []
    placed: dict[int, tuple[int, int]] = {}
    for sequence, command in enumerate(flow, start=first_sequence):
        if command.operation == CANCEL:
            account, order_id = placed[command.order_id]
            commands.append(cancel_order(account=account, order_id=order_id))
            continue
        placed[command.order_id] = (trader(command), sequence * SHARD_SLOTS)
        is_market = command.operation == MARKET
        commands.append(
            place_order(
                account=trader(command),
                market=SYMBOL,
                side=Side(command.side),
                order_type=OrderType.MARKET if is_market else OrderType.LIMIT,
                price_ticks=0 if is_market else command.price,
                quantity_lots=command.quantity,
            )
        )
    return commands


def stage() -> list[Command]:
    """A market with fees, a price band and a circuit breaker, and money for everybody's two accounts."""
    market = create_market(
        market=SYMBOL,
        base_asset="BTC",
        quote_asset="USDB",
        base_atoms_per_lot=1_000,
        quote_atoms_per_tick_lot=10,
        max_open_orders=1_000_000,
        band_ppm=500_000,
        breaker_ppm=500_000,
        breaker_window_ns=60 * 10**9,
        breaker_halt_ns=60 * 10**9,
    )
    reference = set_reference_price(market=SYMBOL, price_ticks=MIDDLE)
    deposits = [
        deposit(account=2 * account + side, asset=asset, amount_atoms=FUNDS_ATOMS, transfer_id=0)
        for account in range(1, ACCOUNTS + 1)
        for side, asset in ((Side.BUY, "USDB"), (Side.SELL, "BTC"))
    ]
    return [market, reference, *deposits]


def _trades(events: Iterable[Event], order_ids: dict[int, int]) -> list[tuple[int, ...]]:
    return [
        (order_ids[event[3]], order_ids[event[4]], event[8], event[9])
        for event in events
        if event[0] == EventKind.TRADE
    ]


def main(path: Path, *, skip: int, with_trades: bool) -> None:
    flow = list(load(path))
    engine = Engine()
    engine.apply_batch(stage(), 1)
    first = engine.sequence + 1
    commands = engine_commands(flow, first)
    if with_trades:
        order_ids = {(first + index) * SHARD_SLOTS: command.order_id for index, command in enumerate(flow)}
        events = chain.from_iterable(engine.apply_batch(commands, 2))
        json.dump({"trades": _trades(events, order_ids), "resting": len(engine.open_orders())}, sys.stdout)
        return
    engine.apply_batch(commands[:skip], 2)
    batches = [commands[start : start + BATCH] for start in range(skip, len(commands), BATCH)]
    gc.collect()
    gc.freeze()
    gc.disable()
    started_at = time.process_time()
    for batch in batches:
        engine.apply_batch(batch, 2)
    seconds = time.process_time() - started_at
    json.dump(
        {"per_second": (len(commands) - skip) / seconds, "resting": len(engine.open_orders())}, sys.stdout
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("flow", type=Path)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--trades", action="store_true")
    options = parser.parse_args()
    main(options.flow, skip=options.skip, with_trades=options.trades)
