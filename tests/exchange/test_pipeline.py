"""A transaction sent without waiting: all of it or nothing, and what failed says so at the end."""

import os
import signal
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from exchange.connections import engine_connection
from exchange.pipeline import Pipeline

pytestmark = pytest.mark.django_db(transaction=True)
INSERT = "INSERT INTO things SELECT %s, d.* FROM unnest(%s::text[], %b::bytea[]) AS d"


@pytest.fixture
def connection() -> Iterator[psycopg.Connection[Any]]:
    with engine_connection() as found:
        found.execute(
            "CREATE TEMPORARY TABLE things (number bigint, name text, content bytea, CHECK (number > 0))"
        )
        yield found


def things(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT * FROM things ORDER BY number, name").fetchall()


def test_it_commits_what_was_queued(connection: psycopg.Connection[Any]) -> None:
    pipeline = Pipeline(connection)
    pipeline.begin()
    pipeline.execute(INSERT, (7, '{"a","b"}', r'{"\\x01",NULL}'))
    pipeline.commit()
    pipeline.finish()
    assert things(connection) == [(7, "a", b"\x01"), (7, "b", None)]


def test_numbers_beyond_32_bits_and_text_with_odd_characters_arrive(
    connection: psycopg.Connection[Any],
) -> None:
    pipeline = Pipeline(connection)
    for number in (1, 2**62):
        pipeline.begin()
        pipeline.execute(INSERT, (number, '{"\\"ü%"}', "{NULL}"))
        pipeline.commit()
        pipeline.finish()
    assert things(connection) == [(1, '"ü%', None), (2**62, '"ü%', None)]


def test_bytes_are_sent_in_binary_form(connection: psycopg.Connection[Any]) -> None:
    wanted = uuid.uuid4()
    pipeline = Pipeline(connection)
    pipeline.begin()
    pipeline.execute("INSERT INTO things SELECT 1, %b::uuid::text, %b::bytea", (wanted.bytes, b"\x00\xff"))
    pipeline.commit()
    pipeline.finish()
    assert things(connection) == [(1, str(wanted), b"\x00\xff")]


def test_after_a_failure_nothing_of_it_is_there_and_the_next_transaction_works(
    connection: psycopg.Connection[Any],
) -> None:
    pipeline = Pipeline(connection)
    pipeline.begin()
    pipeline.execute(INSERT, (1, "{a}", "{NULL}"))
    pipeline.execute(INSERT, (-1, "{b}", "{NULL}"))
    pipeline.execute("INSERT INTO things (number) VALUES (%s)", (3,))
    pipeline.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        pipeline.finish()
    assert things(connection) == []
    pipeline.begin()
    pipeline.execute("INSERT INTO things (number) VALUES (%s)", (3,))
    pipeline.execute(INSERT, (4, "{c}", "{NULL}"))
    pipeline.commit()
    pipeline.finish()
    assert [row[0] for row in things(connection)] == [3, 4]


def test_more_than_the_connection_takes_at_once_is_sent_while_it_waits(
    connection: psycopg.Connection[Any],
) -> None:
    pipeline = Pipeline(connection)
    names = ",".join(["x" * 50] * 100_000)
    os.kill(connection.info.backend_pid, signal.SIGSTOP)  # first, or it reads while it is written to
    try:
        pipeline.begin()
        pipeline.execute("INSERT INTO things SELECT 1, d FROM unnest(%s::text[]) AS d", (f"{{{names}}}",))
        pipeline.commit()
        assert pipeline.waiting
        assert not pipeline.push()
    finally:
        os.kill(connection.info.backend_pid, signal.SIGCONT)
    pipeline.finish()
    assert len(things(connection)) == 100_000


def test_a_lost_connection_is_an_error(connection: psycopg.Connection[Any]) -> None:
    pipeline = Pipeline(connection)
    with engine_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        insert_until_it_fails(pipeline)


def insert_until_it_fails(pipeline: Pipeline) -> None:
    for _ in range(100):
        pipeline.begin()
        pipeline.execute("INSERT INTO things (number) VALUES (%s)", (3,))
        pipeline.commit()
        pipeline.finish()
