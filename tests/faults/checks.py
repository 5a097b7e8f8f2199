"""What must be true after any fault: the books agree with themselves and with what clients were told."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from exchange.engine.types import SHARD_SLOTS
from exchange.models import Market, Order
from exchange.order_answers import placed
from exchange.order_facts import facts_of_row
from exchange.rendering import render_order
from exchange.verification import verify_journal
from exchange.wire import Reply, decode_events
from ledger.selectors import identity_checks
from tests.faults.load import Record

_NOTHING = {
    "an account's trading money is not what the ledger says": """
        SELECT b.account_id, b.asset, b.free_atoms + b.locked_atoms, a.balance_atoms
          FROM exchange_balance AS b
          FULL JOIN (SELECT * FROM ledger_account WHERE purpose = 'TRADING') AS a
            ON (a.owner_id, a.asset_id, a.shard) = (b.account_id, b.asset, b.shard_id)
         WHERE coalesce(b.free_atoms + b.locked_atoms, 0) <> coalesce(a.balance_atoms, 0)""",
    "the journal has a gap": """
        SELECT s.sequence, count(j.id), max(j.sequence) FROM exchange_shard AS s
          LEFT JOIN exchange_journalentry AS j ON j.shard_id = s.number
         GROUP BY s.number
        HAVING s.sequence <> count(j.id) OR s.sequence <> coalesce(max(j.sequence), 0)""",
    "an old epoch wrote after a new one": """
        SELECT sequence FROM (
            SELECT sequence, epoch, lag(epoch) OVER (ORDER BY sequence) AS before FROM exchange_journalentry
        ) AS entry WHERE epoch < before""",
    "a client order id stands for two orders": """
        SELECT account_id, client_order_id, count(*) FROM exchange_order
         WHERE status <> 5 AND client_order_id <> '' GROUP BY 1, 2 HAVING count(*) > 1""",
    "an order's fills are not its trades": """
        SELECT o.id, o.filled_lots, coalesce(t.lots, 0) FROM exchange_order AS o
          LEFT JOIN (
            SELECT id, sum(lots) AS lots, sum(quote) AS quote, sum(fee) AS fee FROM (
                SELECT maker_order_id AS id, quantity_lots AS lots, notional_atoms AS quote,
                       maker_fee_atoms AS fee FROM exchange_trade
                UNION ALL
                SELECT taker_order_id, quantity_lots, notional_atoms, taker_fee_atoms FROM exchange_trade
            ) AS side GROUP BY id) AS t USING (id)
         WHERE (o.filled_lots, o.filled_quote_atoms, o.fee_atoms)
            <> (coalesce(t.lots, 0), coalesce(t.quote, 0), coalesce(t.fee, 0))""",
    "money in transit disagrees with its ledger transfer": """
        SELECT w.id, w.status, p.status FROM exchange_wallettransfer AS w
          JOIN ledger_pendingtransfer AS p ON p.id = w.pending_id
         WHERE (w.status, p.status)
               NOT IN (('PENDING', 'PENDING'), ('POSTED', 'POSTED'), ('REFUSED', 'VOIDED'))""",
}


def assert_books_agree(connection: psycopg.Connection[Any]) -> None:
    """The ledger with itself, the engine's tables with the ledger, the journal with the tables."""
    for check in identity_checks():
        assert connection.execute(check.offenders.encode()).fetchall() == [], check.meaning
    for meaning, statement in _NOTHING.items():
        assert connection.execute(statement).fetchall() == [], meaning
    assert verify_journal(connection, 0).problems == []


def assert_told_the_truth(connection: psycopg.Connection[Any], record: Record) -> None:
    """Every answer that a client got is what the tables say."""
    market = Market(**_rows(connection, "SELECT * FROM exchange_market")[0])
    by_client_id = _orders_by_client_id(connection, [*record.placed, *record.absent])
    journal = _events(connection, [int(told["order"]["order_id"]) for told in record.placed.values()])
    for client_order_id, told in record.placed.items():
        order_id = int(told["order"]["order_id"])
        assert by_client_id[client_order_id] == [order_id], f"{client_order_id} was told {told}"
        assert _as_answered(*journal[order_id], market) == told
    for client_order_id in record.absent:
        assert not by_client_id[client_order_id], f"{client_order_id} was said not to be there"
    rows = _rows(
        connection,
        "SELECT * FROM exchange_order WHERE id = ANY(%s)",
        [int(number) for number in record.canceled],
    )
    assert len(rows) == len(record.canceled)
    for row in rows:
        assert render_order(facts_of_row(Order(**row)), market) == record.canceled[str(row["id"])]


def _rows(connection: psycopg.Connection[Any], statement: str, *parameters: object) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), parameters).fetchall()


def _orders_by_client_id(connection: psycopg.Connection[Any], names: list[str]) -> dict[str, list[int]]:
    """The accepted orders under each name."""
    found: dict[str, list[int]] = defaultdict(list)
    statement = (
        "SELECT client_order_id, id FROM exchange_order WHERE client_order_id = ANY(%s) AND status <> 5"
    )
    for name, order_id in connection.execute(statement, [names]):
        found[name].append(order_id)
    return found


def _events(connection: psycopg.Connection[Any], order_ids: list[int]) -> dict[int, tuple[bytes, int]]:
    """What the journal says came of the command that placed each order, and when."""
    statement = "SELECT id, events, timestamp_ns FROM exchange_journalentry WHERE id = ANY(%s)"
    assert SHARD_SLOTS == 64, "an order has the id of its journal entry"
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement, [order_ids])}


def _as_answered(events: bytes, timestamp_ns: int, market: Market) -> dict[str, Any]:
    return placed(Reply(UUID(int=0), 0, timestamp_ns, decode_events(bytes(events))), market)
