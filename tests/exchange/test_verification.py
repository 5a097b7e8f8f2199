"""verify_journal finds any damage to the journal or to what the tables make of it."""

from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from exchange.connections import engine_connection
from exchange.engine.commands import cancel_order
from exchange.engine.events import OrderAccepted
from exchange.verification import verify_journal
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL

TABLES = (
    "exchange_shard",
    "exchange_order",
    "exchange_trade",
    "exchange_balance",
    "exchange_journalentry",
)
DAMAGES = {
    "a trade's price": "UPDATE exchange_trade SET price_ticks = price_ticks + 1 WHERE trade_id = 1",
    "a trade's fee": "UPDATE exchange_trade SET taker_fee_atoms = taker_fee_atoms - 1 WHERE trade_id = 2",
    "a trade is gone": "DELETE FROM exchange_trade WHERE trade_id = 1",
    "a trade too many": """
        INSERT INTO exchange_trade
            (id, market_id, trade_id, sequence, timestamp_ns, maker_order_id, taker_order_id, maker_account,
             taker_account, taker_side, price_ticks, quantity_lots, notional_atoms, maker_fee_atoms,
             taker_fee_atoms)
        SELECT id + 100, market_id, trade_id + 100, sequence, timestamp_ns, maker_order_id, taker_order_id,
               maker_account, taker_account, taker_side, price_ticks, quantity_lots, notional_atoms,
               maker_fee_atoms, taker_fee_atoms FROM exchange_trade WHERE trade_id = 1""",
    "what is filled of an order": "UPDATE exchange_order SET filled_lots = filled_lots - 1 WHERE status = 1",
    "an open order's price": "UPDATE exchange_order SET price_ticks = price_ticks + 1 WHERE status = 0",
    "an open order is closed": "UPDATE exchange_order SET status = 3 WHERE status = 0",
    "a closed order is open": "UPDATE exchange_order SET status = 0 WHERE status = 3",
    "a balance": "UPDATE exchange_balance SET free_atoms = free_atoms + 1 WHERE asset = 'BTC'",
    "a hold": "UPDATE exchange_balance SET locked_atoms = locked_atoms + 1 WHERE asset = 'USDB'",
    "the last entry is gone": """
        DELETE FROM exchange_journalentry
         WHERE sequence = (SELECT max(sequence) FROM exchange_journalentry)""",
    "an entry is gone": "DELETE FROM exchange_journalentry WHERE sequence = 3",
    "an entry's events": """
        UPDATE exchange_journalentry AS e SET events = o.events FROM exchange_journalentry AS o
         WHERE e.sequence = 3 AND o.sequence = 1""",
    "an entry's command": """
        UPDATE exchange_journalentry AS e SET command = o.command FROM exchange_journalentry AS o
         WHERE e.sequence = 3 AND o.sequence = 1""",
    "an epoch went back": "UPDATE exchange_journalentry SET epoch = 0 WHERE sequence = 4",
    "the shard's sequence": "UPDATE exchange_shard SET sequence = sequence + 1",
}


@pytest.fixture
def traded(scene: Scene) -> Scene:
    """Trades, an order filled in part, one untouched, one canceled."""
    scene.tell(limit(scene.bob, SELL, "50000"))
    scene.tell(limit(scene.bob, SELL, "50001"))
    scene.tell(limit(scene.alice, BUY, "50001", 1_500))
    scene.tell(limit(scene.alice, BUY, "49000"))
    accepted = scene.tell(limit(scene.alice, BUY, "48000")).events[0]
    assert isinstance(accepted, OrderAccepted)
    scene.tell(cancel_order(account=scene.alice, order_id=accepted.order_id))
    return scene


def _problems() -> list[str]:
    """A state that an engine would refuse to start from is a finding too."""
    with engine_connection() as connection:
        try:
            return verify_journal(connection, 0).problems
        except AssertionError as error:
            return [f"no engine starts from this: {error}"]


def test_it_finds_every_planted_damage(traded: Scene) -> None:
    with engine_connection() as connection:
        for table in TABLES:
            connection.execute(f"CREATE TEMP TABLE whole_{table} AS TABLE {table}".encode())
        assert _problems() == []
        missed = []
        for damage, statement in DAMAGES.items():
            _plant(connection, statement)
            if not _problems():
                missed.append(damage)
            _restore(connection)
        assert missed == []
        assert _problems() == []


def test_a_shard_that_is_not_there_does_not_agree(scene: Scene) -> None:
    call_command("verify_journal", "--shard", "0")
    with pytest.raises(CommandError, match="no shard 7"):
        call_command("verify_journal", "--shard", "7")


def _plant(connection: psycopg.Connection[Any], statement: str) -> None:
    """Past the triggers that keep history, as a hand or a broken disk would."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        assert connection.execute(statement.encode()).rowcount > 0, statement


def _restore(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in TABLES:
            connection.execute(f"DELETE FROM {table}".encode())
            connection.execute(f"INSERT INTO {table} SELECT * FROM whole_{table}".encode())
