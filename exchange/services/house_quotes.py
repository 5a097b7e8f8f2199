"""Hands the middle of the house's own books to the oracle, which shows it and never counts it."""

import logging
from collections.abc import Iterable
from typing import cast

import msgspec

from access.redis_client import brief_redis
from exchange.broadcast import BookSnapshot, decode_book
from exchange.models import Market, MarketStatus
from exchange.queue import alive_key, book_key
from oracle.rules.quotes import PRICE_DECIMALS
from oracle.services.handing import hand_in, house_markets

logger = logging.getLogger(__name__)


def hand_in_house_quotes(*, now_ms: int) -> int:
    """Of every market that the oracle asks for, whose engine keeps its book and that has both sides.

    Gives how many. Raises redis.RedisError.
    """
    wanted = house_markets()
    if not wanted:
        return 0
    markets = Market.objects.filter(symbol__in=wanted).exclude(status=MarketStatus.PENDING)
    return sum(1 for market in markets if _hand_in(market, now_ms))


def _hand_in(market: Market, now_ms: int) -> bool:
    """A book without its engine is what the engine left: nobody could trade at it."""
    is_kept, data = cast(
        Iterable[bytes | None], brief_redis().mget([alive_key(market.shard_id), book_key(market.symbol)])
    )
    if is_kept is None or data is None:
        return False
    try:
        price_e8 = middle_e8(decode_book(data), market.price_decimals)
    except msgspec.MsgspecError as error:  # of another release, perhaps; it keeps no other market's out
        logger.warning("the book of %s cannot be read: %s", market.symbol, error)
        return False
    if price_e8 is None:
        return False
    hand_in(market=market.symbol, price_e8=price_e8, time_ms=now_ms)
    return True


def middle_e8(book: BookSnapshot, price_decimals: int) -> int | None:
    """Between the best bid and the best ask, rounded down; None where a side is empty."""
    if not book.bids or not book.asks:
        return None
    return int((book.bids[0][0] + book.asks[0][0]) * 10**PRICE_DECIMALS // (2 * 10**price_decimals))
