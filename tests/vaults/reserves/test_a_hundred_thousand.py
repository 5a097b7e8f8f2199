"""A hundred thousand customers: a snapshot in seconds, a proof in a moment."""

import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from tests.vaults.reserves.holders import crowd, proved
from vaults.reserves.snapshots import take_snapshot

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
COUNT = 100_000
pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.timeout(400)]


def test_a_hundred_thousand_customers_are_counted_in_seconds() -> None:
    people = crowd(COUNT)
    with connection.cursor() as cursor:  # what autovacuum does for rows that are committed
        cursor.execute("ANALYZE auth_user, ledger_account")
    began = time.perf_counter()
    taken = take_snapshot(NOON)
    took = time.perf_counter() - began
    assert (taken.customers, taken.depth, taken.parts.count()) == (COUNT, 17, 98)
    for place in (0, 1, 49_999, COUNT - 1):
        assert proved(people[place], taken) == {"BTC": place + 1, "USDB": 2 * (place + 1)}
    assert sum(len(bytes(part.leaves)) for part in taken.parts.all()) < 30 * COUNT
    assert took < 60
