"""Weight per address and orders per account, in Binance's fixed windows; who goes on regardless is banned.

When Redis is away reads go on with windows of this process alone, and whatever changes something is refused.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from access.limits import PAUSE_SECONDS, block_of
from access.meters import RATE_LIMITED
from exchange.compat.binance import refusals
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.windows import (
    BANNED,
    COUNTED,
    DAY_MS,
    MINUTE_MS,
    NO_PROOF,
    TEN_SECONDS_MS,
    TOO_HEAVY,
    TOO_MANY_IN_10S,
    USED_OTHERWISE,
    Proof,
    Question,
    Verdict,
    Windows,
)
from exchange.rendering import NS_PER_MS

logger = logging.getLogger(__name__)

MAX_LOCAL_ENTRIES = 50_000
BAN_BELIEVED_SECONDS = 5.0  # without asking Redis again, which may have been told otherwise


@dataclass(frozen=True, slots=True)
class Counted:
    """What is used up in the windows that this request counts in, itself included. `epoch`: of the keys,
    None: unknown. `orders`: how many it counted itself."""

    epoch: bytes | None
    weight: int
    orders_10s: int
    orders_1d: int
    orders: int = 0

    def headers(self) -> list[tuple[str, str]]:
        weight = str(self.weight)
        headers = [("x-mbx-used-weight", weight), ("x-mbx-used-weight-1m", weight)]
        if self.orders:
            headers.append(("x-mbx-order-count-10s", str(self.orders_10s)))
            headers.append(("x-mbx-order-count-1d", str(self.orders_1d)))
        return headers

    def rate_limits(self) -> list[dict[str, Any]]:
        """As the websocket API answers them."""
        weight = rate_limits()[0]
        return [*(self.order_limits() if self.orders else ()), {**weight, "count": self.weight}]

    def order_limits(self) -> list[dict[str, Any]]:
        """What `rateLimit/order` answers."""
        _, ten_seconds, day = rate_limits()
        return [{**ten_seconds, "count": self.orders_10s}, {**day, "count": self.orders_1d}]


NOTHING_COUNTED = Counted(None, 0, 0, 0)


def rate_limits() -> list[dict[str, Any]]:
    """As `exchangeInfo` says them."""
    most = settings.BINANCE_LIMITS
    return [
        _limit("REQUEST_WEIGHT", "MINUTE", 1, most["weight"]),
        _limit("ORDERS", "SECOND", 10, most["orders_10s"]),
        _limit("ORDERS", "DAY", 1, most["orders_1d"]),
    ]


def _limit(kind: str, interval: str, number: int, limit: int) -> dict[str, Any]:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}


class CountedRefusal(Refusal):
    """Of what has been looked at where requests are counted. `counted` is what is used up."""

    def __init__(
        self,
        number: int,
        message: str,
        counted: Counted,
        *,
        status: int = 400,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(number, message, status=status, retry_after=retry_after)
        self.counted = counted

    def headers(self) -> list[tuple[str, str]]:
        return [*super().headers(), *self.counted.headers()]


class LimitReached(CountedRefusal):
    def __init__(
        self, number: int, message: str, counted: Counted, wait_ms: int, *, status: int = 429
    ) -> None:
        wait_s = max(1, -(-wait_ms // 1000))
        super().__init__(number, message, counted, status=status, retry_after=wait_s)


class Limits:
    """One for each web process."""

    def __init__(self, url: str) -> None:
        self._windows = Windows(url)
        self._paused_until = 0.0
        self._local: dict[str, tuple[int, int]] = {}
        self._bans: dict[str, tuple[float, int, Counted]] = {}  # believed until, banned until, what was used

    async def count(
        self,
        ip: str,
        account: int,
        weight: int,
        orders: int,
        *,
        is_safe: bool = True,
        proof: Proof = NO_PROOF,
    ) -> Counted:
        """Raises LimitReached: -1003 (429, then 418), -1015; CountedRefusal: -1021 for what was signed for
        something else; and -1001 for what is not safe while Redis is away. `account` 0 has no orders."""
        address = block_of(ip)
        self._refuse_banned(address)
        if time.monotonic() >= self._paused_until:
            try:
                verdict = await self._windows.ask(Question(address, account, weight, orders, proof))
            except RedisError as error:
                self._pause(error)
            else:
                return self._counted(address, verdict, orders)
        if not is_safe:
            raise refusals.unavailable()
        return self._count_here(address, weight)

    def _counted(self, address: str, verdict: Verdict, orders: int) -> Counted:
        is_counted = verdict.verdict == COUNTED
        counted = Counted(
            verdict.epoch, verdict.weight, verdict.orders_10s, verdict.orders_1d, orders if is_counted else 0
        )
        if is_counted:
            return counted
        if verdict.verdict == BANNED:
            raise self._banned(address, verdict, counted)
        if verdict.verdict == TOO_HEAVY:
            raise _too_heavy(counted, verdict.now_ms)
        if verdict.verdict == USED_OTHERWISE:
            raise CountedRefusal(-1021, "Timestamp for this request was used for another operation.", counted)
        raise _too_many_orders(verdict, counted)

    def _banned(self, address: str, verdict: Verdict, counted: Counted) -> LimitReached:
        believed = min(BAN_BELIEVED_SECONDS, (verdict.banned_until_ms - verdict.now_ms) / 1000)
        if len(self._bans) >= MAX_LOCAL_ENTRIES:
            del self._bans[next(iter(self._bans))]
        self._bans[address] = (time.monotonic() + believed, verdict.banned_until_ms, counted)
        return _ban(counted, verdict.banned_until_ms, verdict.now_ms)

    def _refuse_banned(self, address: str) -> None:
        """Without asking Redis: whoever goes on for days must not cost a round trip each time."""
        known = self._bans.get(address)
        if known is None:
            return
        believed_until, until_ms, counted = known
        if time.monotonic() < believed_until:
            raise _ban(counted, until_ms, time.time_ns() // NS_PER_MS)
        del self._bans[address]

    def _count_here(self, address: str, weight: int) -> Counted:
        now_ms = time.time_ns() // NS_PER_MS
        minute, used = self._local.pop(address, (0, 0))
        used = used if minute == now_ms // MINUTE_MS else 0
        fits = used + weight <= settings.BINANCE_LIMITS["weight"]
        used += weight if fits else 0
        self._local[address] = (now_ms // MINUTE_MS, used)
        if len(self._local) > MAX_LOCAL_ENTRIES:
            del self._local[next(iter(self._local))]
        counted = Counted(None, used, 0, 0)
        if not fits:
            raise _too_heavy(counted, now_ms)
        return counted

    def _pause(self, error: RedisError) -> None:
        """Said once a pause, not once for each request that waited."""
        if time.monotonic() >= self._paused_until:
            logger.warning("Redis does not answer, reads fall back on local windows: %s", error)
        self._paused_until = time.monotonic() + PAUSE_SECONDS

    async def close(self) -> None:
        await self._windows.close()


_shared: Limits | None = None


def shared_limits() -> Limits:
    """Of this web process: what comes over HTTP and over sockets counts together."""
    global _shared
    if _shared is None:
        _shared = Limits(settings.REDIS_URL)
    return _shared


async def close_limits() -> None:
    global _shared
    if _shared is not None:
        await _shared.close()
        _shared = None


def _too_heavy(counted: Counted, now_ms: int) -> LimitReached:
    RATE_LIMITED.labels("binance_weight").inc()
    most = settings.BINANCE_LIMITS["weight"]
    message = (
        f"Too much request weight used; current limit is {most} request weight per 1 MINUTE."
        " Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return LimitReached(-1003, message, counted, MINUTE_MS - now_ms % MINUTE_MS)


def _ban(counted: Counted, until_ms: int, now_ms: int) -> LimitReached:
    RATE_LIMITED.labels("binance_ban").inc()
    message = (
        f"Way too much request weight used; IP banned until {until_ms}."
        " Please use WebSocket Streams for live updates to avoid bans."
    )
    return LimitReached(-1003, message, counted, until_ms - now_ms, status=418)


def _too_many_orders(verdict: Verdict, counted: Counted) -> LimitReached:
    RATE_LIMITED.labels("binance_orders").inc()
    if verdict.verdict == TOO_MANY_IN_10S:
        window, interval, most = TEN_SECONDS_MS, "10 SECOND", settings.BINANCE_LIMITS["orders_10s"]
    else:
        window, interval, most = DAY_MS, "1 DAY", settings.BINANCE_LIMITS["orders_1d"]
    message = f"Too many new orders; current limit is {most} orders per {interval}."
    return LimitReached(-1015, message, counted, window - verdict.now_ms % window)
