"""A batch is committed whole or not at all, and its connection stays fit for the next one."""

import psycopg
import pytest

from exchange.batch_rows import BatchRows
from exchange.connections import engine_connection
from exchange.journal import FENCED, Fence, write_batch
from exchange.models import Balance, Shard
from exchange.pipeline import Pipeline
from exchange.services.markets import open_shard

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = 7
EARN = (ALICE, "BTC", 1, 0)
OWE = (ALICE, "BTC", -1, 0)  # refused by a constraint


def _write(connection: psycopg.Connection, *balances: tuple[int, str, int, int], epoch: int = 0) -> None:
    sequence = Shard.objects.get(number=0).sequence
    fence = Fence(0, epoch, sequence, sequence + 1, 1, "generation", "1-1", 3.0)
    pipeline = Pipeline(connection)
    write_batch(
        pipeline, fence=fence, rows=BatchRows(), balances=balances, post_to_ledger=lambda cursor: None
    )
    pipeline.finish()


def test_a_failed_statement_leaves_nothing_of_the_batch_and_a_connection_that_works() -> None:
    open_shard(number=0)
    with engine_connection() as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            _write(connection, OWE)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert (Shard.objects.get(number=0).sequence, Balance.objects.count()) == (0, 0)
        _write(connection, EARN)
    assert Shard.objects.get(number=0).sequence == 1
    assert Balance.objects.get().free_atoms == 1


def test_another_epoch_writes_nothing() -> None:
    open_shard(number=0)
    with engine_connection() as connection:
        with pytest.raises(psycopg.Error) as raised:
            _write(connection, EARN, epoch=1)
        assert raised.value.sqlstate == FENCED
    assert (Shard.objects.get(number=0).sequence, Balance.objects.count()) == (0, 0)


def test_what_is_written_can_be_seen_as_soon_as_the_call_returns() -> None:
    open_shard(number=0)
    with engine_connection() as connection:
        for number in range(1, 20):
            _write(connection, (ALICE, "BTC", number, 0))
            assert Balance.objects.get().free_atoms == number


def test_a_failure_of_the_caller_is_rolled_back_too() -> None:
    open_shard(number=0)

    def fail(cursor: object) -> None:
        raise LookupError

    with engine_connection() as connection:
        fence = Fence(0, 0, 0, 1, 1, "generation", "1-1", 3.0)
        with pytest.raises(LookupError):
            write_batch(
                Pipeline(connection), fence=fence, rows=BatchRows(), balances=[EARN], post_to_ledger=fail
            )
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert Balance.objects.count() == 0
