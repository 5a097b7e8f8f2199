"""verify_journal finds any damage to the journal or to what the tables make of it."""

from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from exchange.connections import engine_connection
from exchange.engine.commands import amend_order, cancel_order, set_switch
from exchange.engine.events import OrderAccepted
from exchange.models import Market
from exchange.services.requests import request_account_tier, request_fee_tier
from exchange.verification import verify_journal
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, settle

TABLES = (
    "exchange_shard",
    "exchange_order",
    "exchange_trade",
    "exchange_balance",
    "exchange_journalentry",
    "exchange_market",
    "exchange_feetier",
    "exchange_accounttier",
    "exchange_deadmansswitch",
    "exchange_candle",
    "exchange_accountmessage",
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
    "a refused order's reason": "UPDATE exchange_order SET reject_reason = 1 WHERE status = 5",
    "a closed order's reason": "UPDATE exchange_order SET close_reason = 9 WHERE status = 3",
    "when an order was made": "UPDATE exchange_order SET created_ns = created_ns - 1 WHERE status = 3",
    "what an order was placed with": """
        UPDATE exchange_order SET original_quantity_lots = original_quantity_lots + 1
         WHERE original_quantity_lots IS NOT NULL""",
    "where an order entered its queue": """
        UPDATE exchange_order SET queued_sequence = queued_sequence + 1 WHERE queued_sequence > 0""",
    "a refused order is gone": "DELETE FROM exchange_order WHERE status = 5",
    "a candle's volume": "UPDATE exchange_candle SET volume_lots = volume_lots + 1 WHERE interval_s = 60",
    "a candle's first trade": "UPDATE exchange_candle SET first_trade_id = 9 WHERE interval_s = 86400",
    "a candle's close": "UPDATE exchange_candle SET close_ticks = close_ticks + 1 WHERE interval_s = 3600",
    "a candle is gone": "DELETE FROM exchange_candle WHERE interval_s = 1",
    "a message's events": """
        UPDATE exchange_accountmessage AS e SET content = o.content FROM exchange_accountmessage AS o
         WHERE e.sequence = 3 AND o.sequence = 2 AND e.account_id = o.account_id""",
    "a message's bytes": """
        UPDATE exchange_accountmessage SET content = substring(content FOR 9) WHERE sequence = 3""",
    "a message's time": """
        UPDATE exchange_accountmessage SET timestamp_ns = timestamp_ns + 1 WHERE sequence = 3""",
    "a message's balance": """
        UPDATE exchange_accountmessage
           SET content = set_byte(content, length(content) - 1, 99)
         WHERE sequence = (SELECT max(sequence) FROM exchange_accountmessage)""",
    "a message between is gone": "DELETE FROM exchange_accountmessage WHERE sequence = 3",
    "an account's newest message is gone": """
        DELETE FROM exchange_accountmessage AS m WHERE sequence = (
            SELECT max(sequence) FROM exchange_accountmessage AS o WHERE o.account_id = m.account_id)""",
    "all messages are gone": "DELETE FROM exchange_accountmessage",
    "a message of somebody else": """
        UPDATE exchange_accountmessage SET account_id = account_id + 1000 WHERE sequence = 1""",
    "a switch's time": "UPDATE exchange_deadmansswitch SET due_ns = due_ns + 1",
    "a switch is gone": "DELETE FROM exchange_deadmansswitch",
    "a switch too many": """
        INSERT INTO exchange_deadmansswitch (shard_id, account_id, market, due_ns)
        SELECT shard_id, account_id, 'BTC-USDB', due_ns FROM exchange_deadmansswitch""",
    "an account's tier": "UPDATE exchange_accounttier SET tier = tier + 1",
    "a tier's rate": "UPDATE exchange_feetier SET taker_fee_ppm = taker_fee_ppm - 1",
    "a tier is gone": "DELETE FROM exchange_feetier",
    "a market's status": "UPDATE exchange_market SET status = 'HALTED'",
    "a market's fee": "UPDATE exchange_market SET taker_fee_ppm = taker_fee_ppm + 1",
    "a market's breaker": "UPDATE exchange_market SET breaker_price_ticks = 1, breaker_since_ns = 1",
    "a market's reference": "UPDATE exchange_market SET reference_price_ticks = 7",
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
    scene.tell(limit(scene.alice, BUY, "40000", 10**9))  # more than she has
    amended = scene.tell(limit(scene.alice, BUY, "47000")).events[0]
    assert isinstance(amended, OrderAccepted)
    scene.tell(amend_order(account=scene.alice, order_id=amended.order_id, price_ticks=4_600_000))
    scene.tell(set_switch(account=scene.alice, timeout_ns=3_600 * 10**9))
    why: dict[str, Any] = {"reason": "a drill", "requested_by": None}
    market = Market.objects.get()
    request_fee_tier(market=market, tier=1, maker_fee_ppm=0, taker_fee_ppm=100, **why)
    request_account_tier(shard=0, account=scene.alice, tier=1, **why)
    settle(scene.worker)
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


def test_messages_that_were_kept_long_enough_may_be_gone_but_for_the_newest(traded: Scene) -> None:
    with engine_connection() as connection:
        for sequence in range(1, 9):
            connection.execute(
                "DELETE FROM exchange_accountmessage AS m WHERE sequence = %s AND sequence <"
                " (SELECT max(sequence) FROM exchange_accountmessage AS o WHERE o.account_id = m.account_id)",
                [sequence],
            )
            assert _problems() == []
