"""What operators, and the house's own tasks, ask of an engine: a row with the command, who asked and why.

The engine of the shard carries it out within a second and ends the row; nothing here changes a market.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from access.errors import OutOfRange
from exchange.announcing import announce_request
from exchange.engine.commands import (
    Command,
    CommandKind,
    cancel_all,
    set_account_tier,
    set_fee_tier,
    set_market_status,
    set_reference_price,
)
from exchange.engine.listing import is_valid
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import EVERYBODY, INT64_MAX, MAX_CLOSED_AT_ONCE, MAX_FEE_TIER, MarketStatus
from exchange.errors import InvalidMarket, MarketNotFound, ReasonRequired, RequestConflict
from exchange.market_terms import COLUMNS, PARAMETERS, changing_command, creating_command, fits
from exchange.models import AccountTier, EngineRequest, Market, Order
from exchange.models import MarketStatus as RowStatus
from exchange.rules import RequestStatus
from exchange.wire import FROM_REQUESTS, encode_command

MAX_REASON = 300
MAX_SUMMARY = 300


def request_command(
    *,
    shard: int,
    command: Command,
    reason: str,
    summary: str,
    requested_by: int | None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """Leave the command for the engine of the shard. Idempotent by `command_id`.

    Raises ReasonRequired; RequestConflict for an id that stands for another command.
    """
    assert command[0] in FROM_REQUESTS, "money and markets have rows of their own"
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise ReasonRequired
    encoded = encode_command(command)
    with transaction.atomic():
        row, created = EngineRequest.objects.get_or_create(
            command_id=command_id or uuid4(),
            defaults={
                "shard_id": shard,
                "kind": CommandKind(command[0]).name,
                "summary": summary[:MAX_SUMMARY],
                "command": encoded,
                "reason": reason,
                "requested_by_id": requested_by,
            },
        )
        if not created and (row.shard_id, bytes(row.command)) != (shard, encoded):
            raise RequestConflict
        if created:
            transaction.on_commit(lambda: announce_request(shard=shard, command_id=row.command_id))
    return row


def request_market_status(
    *,
    market: Market,
    status: MarketStatus,
    reason: str,
    requested_by: int | None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """Raises MarketNotFound for a market that the engine has not created yet, and as `request_command`."""
    _refuse_uncreated(market)
    return request_command(
        shard=market.shard_id,
        command=set_market_status(market=market.symbol, status=status),
        reason=reason,
        summary=f"{market.symbol}: status {market.status} to {status.name}",
        requested_by=requested_by,
        command_id=command_id,
    )


def request_market_change(
    *,
    market: Market,
    changes: Mapping[str, int],
    reason: str,
    requested_by: int | None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """New values of some of `market_terms.PARAMETERS`; the others stay as the row has them.

    Raises InvalidMarket where they do not go together, RequestConflict while another change of the market
    waits (this one would undo it), MarketNotFound, and as `request_command`. That open orders would not fit
    them, or a fee tier, the engine says: then the row ends REFUSED.
    """
    unknown = set(changes) - set(PARAMETERS)
    assert not unknown, f"no parameters of a market: {sorted(unknown)}"
    with transaction.atomic():
        row = Market.objects.select_for_update().get(pk=market.pk)
        _refuse_uncreated(row)
        before = {name: getattr(row, name) for name in COLUMNS}
        after = {**before, **changes}
        if not fits(changes) or not is_valid(creating_command(after)):
            raise InvalidMarket
        _refuse_second_change(row, command_id)
        changed = [
            f"{name} {before[name]} to {after[name]}" for name in changes if before[name] != after[name]
        ]
        return request_command(
            shard=row.shard_id,
            command=changing_command(after),
            reason=reason,
            summary=_change_summary(row.symbol) + (", ".join(changed) or "nothing"),
            requested_by=requested_by,
            command_id=command_id,
        )


def request_reference_price(
    *,
    market: Market,
    price_ticks: int,
    reason: str,
    requested_by: int | None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """0: the last trade. Raises OutOfRange, MarketNotFound, and as `request_command`."""
    _refuse_uncreated(market)
    if not 0 <= price_ticks <= INT64_MAX:
        raise OutOfRange(field="price_ticks")
    return request_command(
        shard=market.shard_id,
        command=set_reference_price(market=market.symbol, price_ticks=price_ticks),
        reason=reason,
        summary=f"{market.symbol}: reference price {market.reference_price_ticks} to {price_ticks} ticks",
        requested_by=requested_by,
        command_id=command_id,
    )


def request_fee_tier(
    *,
    market: Market,
    tier: int,
    maker_fee_ppm: int,
    taker_fee_ppm: int,
    reason: str,
    requested_by: int | None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """The rates of one tier. Raises OutOfRange for a tier but 1..MAX_FEE_TIER, MarketNotFound, and as
    `request_command`. Rates that do not go together the engine refuses."""
    _refuse_uncreated(market)
    if not 1 <= tier <= MAX_FEE_TIER:
        raise OutOfRange(field="tier")
    if max(abs(maker_fee_ppm), abs(taker_fee_ppm)) > INT64_MAX:
        raise OutOfRange(field="taker_fee_ppm")
    return request_command(
        shard=market.shard_id,
        command=set_fee_tier(
            market=market.symbol, tier=tier, maker_fee_ppm=maker_fee_ppm, taker_fee_ppm=taker_fee_ppm
        ),
        reason=reason,
        summary=f"{market.symbol}: tier {tier} maker {maker_fee_ppm} ppm, taker {taker_fee_ppm} ppm",
        requested_by=requested_by,
        command_id=command_id,
    )


def request_account_tier(
    *,
    shard: int,
    account: int,
    tier: int,
    reason: str,
    requested_by: int | None,
    pinned: bool | None = None,
    command_id: UUID | None = None,
) -> EngineRequest:
    """Tier 0 takes the account out of all tiers. `pinned` says whether the review of tiers leaves it alone
    from now on (None: as it is). Raises OutOfRange, and as `request_command`."""
    if not 0 <= tier <= MAX_FEE_TIER:
        raise OutOfRange(field="tier")
    with transaction.atomic():
        if pinned is not None:
            AccountTier.objects.update_or_create(
                shard_id=shard,
                account_id=account,
                defaults={"pinned": pinned},
                create_defaults={"pinned": pinned, "tier": 0},
            )
        return request_command(
            shard=shard,
            command=set_account_tier(account=account, tier=tier),
            reason=reason,
            summary=f"account {account}: tier {tier}" + (" (pinned)" if pinned else ""),
            requested_by=requested_by,
            command_id=command_id,
        )


def request_cancel_all(
    *,
    shard: int,
    reason: str,
    requested_by: int | None,
    market: str = "",
    account: int = EVERYBODY,
    command_id: UUID | None = None,
) -> EngineRequest:
    """Every open order of everybody (or of one account), in one market or in all of the shard.

    An engine closes a bounded number at once, so everybody's are asked for in as many requests as they need
    now; the first is given. Orders that come meanwhile stay: set the market CANCEL_ONLY before.
    """
    whose = "everybody" if account == EVERYBODY else f"account {account}"
    first = command_id or uuid4()
    parts = 1 + (_open_orders(shard, market) // MAX_CLOSED_AT_ONCE if account == EVERYBODY else 0)
    with transaction.atomic():
        requests = [
            request_command(
                shard=shard,
                command=cancel_all(account=account, market=market),
                reason=reason,
                summary=f"cancel all orders of {whose} in {market or f'all markets of shard {shard}'}"
                + (f", part {part + 1} of {parts}" if parts > 1 else ""),
                requested_by=requested_by,
                command_id=uuid5(first, str(part)) if part else first,
            )
            for part in range(parts)
        ]
    return requests[0]


def _open_orders(shard: int, market: str) -> int:
    found = Order.objects.filter(market__shard=shard, status__in=sorted(OPEN_STATUSES))
    return (found.filter(market__symbol=market) if market else found).count()


def _refuse_uncreated(market: Market) -> None:
    if market.status == RowStatus.PENDING:
        raise MarketNotFound(field="market")


def _change_summary(symbol: str) -> str:
    return f"{symbol}: "


def _refuse_second_change(market: Market, command_id: UUID | None) -> None:
    waiting = EngineRequest.objects.filter(
        shard_id=market.shard_id,
        status=RequestStatus.PENDING,
        kind=CommandKind.CHANGE_MARKET.name,
        summary__startswith=_change_summary(market.symbol),
    )
    if any(waiting_id != command_id for waiting_id in waiting.values_list("command_id", flat=True)):
        raise RequestConflict
