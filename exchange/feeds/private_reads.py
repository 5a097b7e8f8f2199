"""Reads what an account is told from PostgreSQL. Everything here blocks: call it in a thread."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection, transaction

from exchange.engine.order_state import OPEN_STATUSES
from exchange.models import AccountMessage, Balance, Order, Shard

REPLAY_PAGE = 100
REPLAY_LIMIT = 1_000
_OF_SHARDS = """
    SELECT number, COALESCE((SELECT max(sequence) FROM exchange_accountmessage
                             WHERE account_id = %s AND shard_id = number), 0)
    FROM exchange_shard ORDER BY number
"""


class Message(NamedTuple):
    """A private message as its row has it."""

    shard: int
    sequence: int
    timestamp_ns: int
    content: bytes


class Picture(NamedTuple):
    """What an account has after the messages `numbers`."""

    numbers: dict[int, int]
    orders: list[Order]
    balances: list[Balance]


def last_numbers(account: int) -> dict[int, int]:
    """Of every shard, the number of the account's last message; 0 where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_SHARDS, [account])
        return dict(cursor.fetchall())


def messages_after(account: int, numbers: Mapping[int, int]) -> list[Message]:
    """The next messages of every shard, in their order; a page of each."""
    found: list[Message] = []
    for shard in Shard.objects.order_by("number").values_list("number", flat=True):
        rows = AccountMessage.objects.filter(
            account_id=account, shard_id=shard, sequence__gt=numbers.get(shard, 0)
        ).order_by("sequence")
        columns = ("shard_id", "sequence", "timestamp_ns", "content")
        found += [
            Message(number, sequence, timestamp_ns, bytes(content))
            for number, sequence, timestamp_ns, content in rows.values_list(*columns)[:REPLAY_PAGE]
        ]
    return found


def picture_of(account: int) -> Picture:
    """Of one moment: the numbers say which messages it already holds."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        orders = Order.objects.filter(account_id=account, status__in=sorted(OPEN_STATUSES)).order_by("id")
        balances = Balance.objects.filter(account_id=account).order_by("shard_id", "asset")
        return Picture(last_numbers(account), list(orders), list(balances))
