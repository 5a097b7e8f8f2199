"""In which order the commands of one batch are applied, by the policy of each market. Pure.

FIFO keeps the order of arrival. In a market of LANES cancels come first, then orders of its designated
market makers, then post-only orders, then the rest. No command overtakes an earlier one of its own account,
in whatever market; and what concerns one FIFO market keeps its order.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from exchange.engine.commands import (
    AmendOrder,
    CancelAll,
    CancelOrder,
    Command,
    Deposit,
    PlaceOrder,
    SetAccountTier,
    SetSwitch,
    Withdraw,
)
from exchange.engine.types import EVERYBODY

# An open order by account, order id and client order id: its market, and whether it is post-only.
FindOrder = Callable[[int, int, str], tuple[str, bool] | None]
FindAny = Callable[[int, int, str], list[tuple[str, bool]]]


class Lane(IntEnum):
    CANCEL = 0
    MARKET_MAKER = 1
    POST_ONLY = 2
    REST = 3


class Policies(NamedTuple):
    """`lanes`: the markets with that policy; `fifo`: all others; `makers`: (market, account)."""

    fifo: frozenset[str]
    lanes: frozenset[str]
    makers: frozenset[tuple[str, int]]


class Entrant(NamedTuple):
    """What the order of a batch depends on. `account` EVERYBODY belongs to nobody."""

    account: int
    lane: int
    fifo: Iterable[str]


def arranged(commands: Sequence[Command], policies: Policies, find: FindOrder) -> list[int]:
    """The places in `commands`, in the order in which to apply them."""
    if not policies.lanes or len(commands) < 2:
        return list(range(len(commands)))
    return order_of(_entrants(commands, policies, find))


def order_of(entrants: Sequence[Entrant]) -> list[int]:
    """Nobody is put before somebody whom he may not overtake, so he waits in the last lane of those; then
    a stable sort does the rest."""
    of_account: dict[int, int] = {}
    of_market: dict[str, int] = {}
    lanes = []
    for account, own, fifo in entrants:
        lane = own
        if account != EVERYBODY:
            lane = max(lane, of_account.get(account, 0))
        for market in fifo:
            lane = max(lane, of_market.get(market, 0))
        if account != EVERYBODY:
            of_account[account] = lane
        for market in fifo:
            of_market[market] = lane
        lanes.append(lane)
    return sorted(range(len(lanes)), key=lanes.__getitem__)


def _entrants(commands: Sequence[Command], policies: Policies, find: FindOrder) -> list[Entrant]:
    """A name may mean an order that is open, or any of those that this batch places under it: which one, only
    the engine will know. Whoever names it is kept in his place by each of them."""
    placed: dict[tuple[int, str], set[tuple[str, bool]]] = {}

    def find_any(account: int, order_id: int, client_order_id: str) -> list[tuple[str, bool]]:
        found = find(account, order_id, client_order_id)
        named = placed.get((account, client_order_id), set()) if not order_id else set()
        return sorted(named | {found} if found is not None else named)

    entrants = []
    for command in commands:
        if isinstance(command, PlaceOrder) and command.client_order_id:
            named = placed.setdefault((command.account, command.client_order_id), set())
            named.add((command.market, command.post_only))
        entrants.append(_entrant(command, policies, find_any))
    return entrants


def _entrant(command: Command, policies: Policies, find: FindAny) -> Entrant:
    match command:
        case PlaceOrder(account=account, market=market, post_only=post_only):
            return _order(account, market, post_only, policies)
        case AmendOrder(account=account, order_id=order_id, client_order_id=name):
            found = [_order(account, *one, policies) for one in find(account, order_id, name)]
            lane = max((one.lane for one in found), default=Lane.CANCEL)
            return Entrant(account, lane, [market for one in found for market in one.fifo])
        case CancelOrder(account=account, order_id=order_id, client_order_id=name):
            markets = [market for market, _ in find(account, order_id, name)]
            return Entrant(account, Lane.CANCEL, [market for market in markets if market in policies.fifo])
        case CancelAll(account=account, market=market):
            return Entrant(account, Lane.CANCEL, _fifo(market, policies) if market else policies.fifo)
        # A switch changes no book: one that is set anew with each batch must not hold up its owner's cancels.
        case SetSwitch(account=account) | Deposit(account=account) | SetAccountTier(account=account):
            return Entrant(account, Lane.CANCEL, ())
        case Withdraw(account=account):
            return Entrant(account, Lane.REST, ())
        case _:  # the house's own, which goes first where nothing keeps it
            return Entrant(EVERYBODY, Lane.CANCEL, _fifo(getattr(command, "market", ""), policies))


def _order(account: int, market: str, post_only: bool, policies: Policies) -> Entrant:
    if market not in policies.lanes:  # arrival alone decides there, so that it holds up nobody elsewhere
        return Entrant(account, Lane.CANCEL, _fifo(market, policies))
    if (market, account) in policies.makers:
        return Entrant(account, Lane.MARKET_MAKER, ())
    return Entrant(account, Lane.POST_ONLY if post_only else Lane.REST, ())


def _fifo(market: str, policies: Policies) -> tuple[str, ...]:
    return (market,) if market in policies.fifo else ()
