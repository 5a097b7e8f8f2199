"""What the exchange decides outside the engine: where to resume the queue, how decimals become integers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

STREAM_START = "0-0"
TRADE_ID_BITS = 40  # a trade's primary key is market * 2^40 + trade id
CANDLE_MARKET_BITS = 12
CANDLE_START_BITS = 40
STORED_INTERVALS_S = (1, 60, 3_600, 86_400)  # what candles are kept for; the place here is part of their key


class TransferDirection(StrEnum):
    TO_TRADING = "TO_TRADING"
    TO_FUNDING = "TO_FUNDING"


class TransferStatus(StrEnum):
    PENDING = "PENDING"
    POSTED = "POSTED"
    REFUSED = "REFUSED"


class RequestStatus(StrEnum):
    PENDING = "PENDING"
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"


def candle_id(market_id: int, interval_s: int, start_s: int) -> int:
    """The primary key of a candle: market, stored interval, start of the interval (seconds UTC)."""
    interval = STORED_INTERVALS_S.index(interval_s)
    return (market_id * 16 + interval << CANDLE_START_BITS) + start_s


@dataclass(frozen=True, slots=True)
class TierRule:
    """An account belongs to the tier if it has traded at least so much of the asset."""

    tier: int
    quote_asset: str
    volume_atoms: int


def tier_of(volumes: Mapping[str, int], rules: Iterable[TierRule]) -> int:
    """The highest fee tier that these volumes (atoms by quote asset) reach; 0 for none."""
    return max(
        (rule.tier for rule in rules if volumes.get(rule.quote_asset, 0) >= rule.volume_atoms), default=0
    )


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """How far the queue has been applied: the stream's generation and the last entry's id."""

    generation: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class ResumeAfter:
    """Read on after this entry. With `suspect`, what is read up to `until` may have been applied before."""

    entry_id: str
    suspect: bool
    until: str = STREAM_START


def entry_order(entry_id: str) -> tuple[int, int]:
    """A stream entry's id as something that can be compared: "12-3" -> (12, 3)."""
    milliseconds, _, counter = entry_id.partition("-")
    return int(milliseconds), int(counter or 0)


def next_entry_id(entry_id: str) -> str:
    """The smallest id after this one."""
    milliseconds, counter = entry_order(entry_id)
    return f"{milliseconds}-{counter + 1}"


def resume_point(*, stored: StreamPosition, generation: str, last_generated_id: str) -> ResumeAfter:
    """Where to go on reading, given what was committed and what is found in the queue.

    Another generation means another history of the stream (flushed, restarted, replaced); a last id
    below the stored one means a lost tail or a clock that went back. Either way ids no longer say what
    was applied: read all there is and let the journal's command ids say it.
    """
    lost = entry_order(last_generated_id) < entry_order(stored.entry_id)
    if generation != stored.generation or lost:
        return ResumeAfter(STREAM_START, suspect=True, until=last_generated_id)
    return ResumeAfter(stored.entry_id, suspect=False)


def scaled(text: str, decimals: int) -> int | None:
    """A plain decimal string times 10^decimals, or None where it has more places than that.

    "61234.57", 2 -> 6123457. `text` has been checked for form; trailing zeros do not count.
    """
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        return None
    return int(whole + fraction.ljust(decimals, "0"))
