"""Batches as the engine's worker sends them: on a connection of its own, in a psycopg pipeline."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from ledger import services
from ledger.batch import Settlement, post_batch, settle_pending
from ledger.rules import PendingEvent
from ledger.selectors import identity_violations
from tests.ledger.scene import entry, funding, hold, stands_at, trading

ASSETS_DIFFER = "BL103"


@pytest.fixture
def engine(committed_ledger: None, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as own:
        yield own


def test_a_batch_needs_no_answer_in_between(engine: psycopg.Connection[Any]) -> None:
    wallet, alice, bob = funding("alice", 100), trading("alice"), trading("bob", 10)
    deposit, refused = hold(wallet, alice, 40), hold(wallet, alice, 60)
    with engine.pipeline(), engine.transaction(), engine.cursor() as cursor:
        post_batch(cursor, [entry(alice, bob, 40)], [Settlement(deposit.pk, PendingEvent.POST)])
        settle_pending(cursor, [], [refused.pk])
    assert (stands_at(wallet), stands_at(alice), stands_at(bob)) == ((60, 0), (0, 0), (50, 0))
    assert identity_violations() == []


def test_a_refusal_of_the_database_undoes_the_callers_transaction(engine: psycopg.Connection[Any]) -> None:
    alice, dollars, bob = trading("alice", 50), trading("bob", asset="USDB"), trading("bob")
    mixed = [entry(alice, bob, 10), entry(alice, dollars, 10)]
    with pytest.raises(psycopg.Error) as caught, engine.pipeline(), engine.transaction():
        post_batch(engine.cursor(), mixed)
    assert caught.value.sqlstate == ASSETS_DIFFER
    assert stands_at(alice) == (50, 0)
    engine.execute("SELECT 1")  # the connection goes on


def test_what_a_service_returns_the_engine_may_settle(engine: psycopg.Connection[Any]) -> None:
    pending = hold(funding("alice", 100), trading("alice"), 40)
    with engine.transaction():
        settle_pending(engine.cursor(), [pending.pk], [])
    assert services.post_pending(pending_id=pending.pk).status == "POSTED"
