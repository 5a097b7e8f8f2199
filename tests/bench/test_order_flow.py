"""The benchmark's flow is the same for everybody, and the engine does with it what the oracle says."""

from pathlib import Path

import pytest

from bench.core.alone import engine_commands, stage
from bench.order_flow import CANCEL, LIMIT, MARKET, FlowTrade, generate, load, save
from exchange.engine.engine import Engine
from exchange.engine.events import EventKind
from exchange.engine.types import SHARD_SLOTS


def test_a_shorter_flow_is_the_beginning_of_a_longer_one() -> None:
    shorter, longer = generate(3_000), generate(4_000)
    assert longer[0][:3_000] == shorter[0]
    assert longer[1][:3_000] == shorter[1]
    assert generate(3_000, seed=1)[0] != shorter[0]


def test_a_saved_flow_is_loaded_as_it_was(tmp_path: Path) -> None:
    commands, _, _ = generate(100)
    save(tmp_path / "flow.bin", commands)
    assert list(load(tmp_path / "flow.bin")) == commands


@pytest.mark.long
def test_the_engine_makes_the_oracles_trades_and_keeps_its_book() -> None:
    flow, totals, trades = generate(30_000)
    assert {command.operation for command in flow} == {LIMIT, CANCEL, MARKET}
    engine = Engine()
    engine.apply_batch(stage(), 1)
    first = engine.sequence + 1
    order_ids = {(first + index) * SHARD_SLOTS: command.order_id for index, command in enumerate(flow)}
    results = engine.apply_batch(engine_commands(flow, first), 2)
    events = [event for result in results for event in result]
    assert all(event[0] != EventKind.REJECTED for event in events)
    assert trades == [
        FlowTrade(order_ids[event[3]], order_ids[event[4]], event[8], event[9])
        for event in events
        if event[0] == EventKind.TRADE
    ]
    assert (len(trades), len(engine.open_orders())) == (totals[-1].trades, totals[-1].resting)
