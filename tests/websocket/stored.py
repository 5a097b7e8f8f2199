"""What the database says, to hold a client's picture against."""

from decimal import Decimal

from django.db import connection

from tests.websocket.keeper import Side

_BOOK = """
    SELECT o.side, o.price_ticks, sum(o.quantity_lots - o.prevented_lots - o.filled_lots),
           m.price_decimals, m.quantity_decimals
    FROM exchange_order o JOIN exchange_market m ON m.id = o.market_id
    WHERE m.symbol = %s AND o.status IN (0, 1)
    GROUP BY 1, 2, 4, 5
"""


def stored_book(market: str) -> tuple[Side, Side]:
    sides: tuple[Side, Side] = ({}, {})
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, [market])
        for side, ticks, lots, price_decimals, quantity_decimals in cursor.fetchall():
            price = Decimal(ticks).scaleb(-price_decimals)
            sides[side][price] = Decimal(lots).scaleb(-quantity_decimals)
    return sides


def stored_sequence() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence FROM exchange_shard WHERE number = 0")
        return int(cursor.fetchone()[0])


def stored_numbers(account: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shard_id, max(sequence) FROM exchange_accountmessage WHERE account_id = %s GROUP BY 1",
            [account],
        )
        return {str(shard): number for shard, number in cursor.fetchall()}
