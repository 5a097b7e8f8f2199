"""What is decided of a spend: its life as one table, and what the chain's facts about its coins come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from custody.rules.statuses import SpendStatus


class SpendEvent(StrEnum):
    ASK = "ASK"  # a signer is about to be asked
    SIGN = "SIGN"
    DROP = "DROP"  # given up; no signature exists
    SETTLE = "SETTLE"
    UNSETTLE = "UNSETTLE"  # a reorg took its block away
    CONTEST = "CONTEST"  # a transaction that is not ours spends its coins
    GIVE_UP = "GIVE_UP"  # none of its versions can ever confirm


_S, _E = SpendStatus, SpendEvent

# A pair that is missing is refused. SETTLE may overtake SIGN, and ends a contest that a version of ours won.
TRANSITIONS: dict[tuple[SpendStatus, SpendEvent], SpendStatus] = {
    (_S.PLANNED, _E.ASK): _S.SIGNING,
    (_S.PLANNED, _E.DROP): _S.DROPPED,
    (_S.PLANNED, _E.CONTEST): _S.CONTESTED,
    (_S.SIGNING, _E.ASK): _S.SIGNING,
    (_S.SIGNING, _E.SIGN): _S.BROADCAST,
    (_S.SIGNING, _E.DROP): _S.DROPPED,
    (_S.SIGNING, _E.SETTLE): _S.SETTLED,
    (_S.SIGNING, _E.CONTEST): _S.CONTESTED,
    (_S.BROADCAST, _E.SIGN): _S.BROADCAST,  # a replacement
    (_S.BROADCAST, _E.SETTLE): _S.SETTLED,
    (_S.BROADCAST, _E.CONTEST): _S.CONTESTED,
    (_S.CONTESTED, _E.SETTLE): _S.SETTLED,
    (_S.CONTESTED, _E.GIVE_UP): _S.DROPPED,
    (_S.SETTLED, _E.UNSETTLE): _S.BROADCAST,
}
OPEN = (_S.PLANNED, _S.SIGNING, _S.BROADCAST, _S.CONTESTED)
SIGNED = (_S.BROADCAST, _S.CONTESTED, _S.SETTLED)


def next_status(status: SpendStatus, event: SpendEvent) -> SpendStatus | None:
    """Where `event` leads from `status`; None if it is refused."""
    return TRANSITIONS.get((status, event))


@dataclass(frozen=True, slots=True)
class HeldCoin:
    """`spent_by` is "" while nothing spends it; `spent_height` None while what does is in no block."""

    coin_id: int
    spent_by: str
    spent_height: int | None
    is_booked: bool


@dataclass(frozen=True, slots=True)
class Version:
    """`txids` are all that have its inputs and outputs: its own, or another form of it in the chain."""

    number: int
    txids: frozenset[str]
    coin_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Settle:
    version: int
    txid: str


@dataclass(frozen=True, slots=True)
class Unsettle:
    pass


@dataclass(frozen=True, slots=True)
class Contest:
    rival: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It is deep enough, but coins of it are not booked yet: once they are, it settles on the same facts."""


Decision = Settle | Unsettle | Contest | Wait | None


def decide(
    status: SpendStatus,
    settled_txid: str,
    coins: Sequence[HeldCoin],
    versions: Sequence[Version],
    *,
    height: int,
    confirmations_needed: int,
) -> Decision:
    """What the facts at `height` ask for; None: nothing until they change."""
    by_txid = {txid: version for version in versions for txid in version.txids}
    if status is SpendStatus.SETTLED:
        return None if _in_chain(by_txid.get(settled_txid), settled_txid, coins) else Unsettle()
    for txid in sorted({coin.spent_by for coin in coins} & by_txid.keys()):
        version = by_txid[txid]
        depth = _depth(version, txid, coins, height)
        if depth >= max(confirmations_needed, 1):
            return Settle(version.number, txid) if _all_booked(version, coins) else Wait()
        if depth:
            return None
    return _contest(status, coins, by_txid)


def _contest(
    status: SpendStatus, coins: Sequence[HeldCoin], by_txid: Mapping[str, Version]
) -> Contest | None:
    rivals = sorted({coin.spent_by for coin in coins} - by_txid.keys() - {""})
    if not rivals or next_status(status, SpendEvent.CONTEST) is None:
        return None
    return Contest(rivals[0])


def _in_chain(version: Version | None, txid: str, coins: Sequence[HeldCoin]) -> bool:
    return version is not None and _depth(version, txid, coins, height=2**31) > 0


def _depth(version: Version, txid: str, coins: Sequence[HeldCoin], height: int) -> int:
    """Its confirmations; 0 where it is in no block, or where a coin of it says otherwise."""
    spent = [coin for coin in coins if coin.coin_id in version.coin_ids]
    heights = {coin.spent_height if coin.spent_by == txid else None for coin in spent}
    at = heights.pop() if len(heights) == 1 and len(spent) == len(version.coin_ids) else None
    return 0 if at is None else max(height - at + 1, 0)


def _all_booked(version: Version, coins: Sequence[HeldCoin]) -> bool:
    """Change of ours that is not booked yet waits for the spend that made it to settle first."""
    return all(coin.is_booked for coin in coins if coin.coin_id in version.coin_ids)
