"""An account's orders of a span of time, against a naive reading of them."""

import itertools

import pytest
from django.db import connection

from exchange.engine.types import SHARD_SLOTS
from exchange.models import JournalEntry, Market, Shard
from exchange.selectors_orders import orders_in_span

SHARD, ACCOUNT, LAST = 3, 7, 40
KEPT = range(6, LAST + 1)  # of the journal; what is older is gone
MARKET = Market(pk=1, shard_id=SHARD)
ORDERS = """
INSERT INTO exchange_order (id, account_id, market_id, client_order_id, side, order_type, time_in_force,
  post_only, price_ticks, quantity_lots, budget_atoms, self_trade_prevention, maker_fee_ppm, taker_fee_ppm,
  status, close_reason, reject_reason, filled_lots, prevented_lots, filled_quote_atoms, taker_quote_atoms,
  fee_atoms, created_ns, updated_ns)
SELECT n * 64 + 3, 7, 1, '', 0, 0, 0, false, 100, 100, 0, 0, 0, 0, 2, 1, 0, 100, 0, 0, 0, 0, n, n
  FROM generate_series(1, 40) AS n"""


def time_of(sequence: int) -> int:
    """Three commands at a time."""
    return 100 + sequence // 3 * 10


@pytest.fixture
def _history(db: None) -> None:
    Shard.objects.update_or_create(number=SHARD, defaults={"sequence": LAST})
    JournalEntry.objects.bulk_create(
        JournalEntry(
            id=sequence * SHARD_SLOTS + SHARD,
            shard_id=SHARD,
            sequence=sequence,
            epoch=1,
            timestamp_ns=time_of(sequence),
            command_id=f"00000000-0000-0000-0000-{sequence:012d}",
            command=b"",
            events=b"",
        )
        for sequence in KEPT
    )
    with connection.cursor() as cursor:
        cursor.execute(ORDERS)


@pytest.mark.usefixtures("_history")
def test_a_span_has_the_orders_of_its_time() -> None:
    times = [0, 119, 120, 121, 130, 225, 229, 230, 231, 300, 2**63 - 1]
    for start, end in itertools.combinations_with_replacement(times, 2):
        found = orders_in_span(account=ACCOUNT, market=MARKET, limit=100, start_ns=start, end_ns=end)
        wanted = [n for n in KEPT if start <= time_of(n) < end]
        assert [order.id // SHARD_SLOTS for order in found] == wanted, (start, end)


@pytest.mark.usefixtures("_history")
def test_a_span_without_a_start_ends_with_its_latest() -> None:
    found = orders_in_span(account=ACCOUNT, market=MARKET, limit=4, end_ns=230)
    latest = [n for n in KEPT if time_of(n) < 230][-4:]
    assert [order.id // SHARD_SLOTS for order in found] == latest


@pytest.mark.usefixtures("_history")
def test_a_span_is_found_with_one_statement_for_each_end(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        orders_in_span(account=ACCOUNT, market=MARKET, limit=100, start_ns=120, end_ns=230)
