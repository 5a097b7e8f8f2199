"""What the exchange hands in: the prices of its own books, shown beside the others and never counted."""

from collections.abc import Sequence

from django.conf import settings

from access.redis_client import brief_redis
from oracle.rules.names import HOUSE, read_name
from oracle.sources.handed import KEPT_S, Handed, encode_handed, handed_key


def house_markets() -> Sequence[str]:
    """The markets whose price is wanted, by symbol."""
    named = [read_name(name) for name in settings.ORACLE_SOURCES]
    return [one.label for one in named if one.kind == HOUSE]


def hand_in(*, market: str, price_e8: int, time_ms: int) -> None:
    """Raises redis.RedisError."""
    data = encode_handed(Handed(price_e8, time_ms))
    brief_redis().set(handed_key(f"{HOUSE}:{market}"), data, ex=KEPT_S)
