"""Money between the trading wallet (MAIN) and the funding wallet (FUNDING)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from access.http import Scope
from exchange.compat.binance import refusals
from exchange.compat.binance.amounts import amount_text
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import (
    SYMBOL,
    Parameter,
    Values,
    choice,
    decimal,
    matching,
    time_ms,
    whole,
)
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.bitcoin import COIN
from exchange.compat.binance.symbols import market_of_symbol
from exchange.engine.types import RejectReason
from exchange.errors import AssetNotFound, EngineRefusal, FundingTooSmall, ShardRequired
from exchange.models import WalletTransfer
from exchange.rules import TransferDirection, TransferStatus
from exchange.selectors import wallet_transfers_of
from exchange.transferring import transfer
from ledger.selectors import assets

DIRECTIONS = {
    "FUNDING_MAIN": TransferDirection.TO_TRADING,
    "MAIN_FUNDING": TransferDirection.TO_FUNDING,
}
STATUSES = {
    TransferStatus.PENDING: "PENDING",
    TransferStatus.POSTED: "CONFIRMED",
    TransferStatus.REFUSED: "FAILED",
}
MARKET_PARAMETERS = {"FUNDING_MAIN": "toSymbol", "MAIN_FUNDING": "fromSymbol"}
ANY_TYPE = r"^[A-Z_]{1,40}$"
MAX_PAGE = 100
MAX_PAGES = 10_000


async def _transfer(call: Call) -> object:
    values = call.values
    try:
        done = await transfer(
            user_id=call.account,
            asset=values["asset"],
            amount=values["amount"],
            direction=DIRECTIONS[values["type"]],
            shard=await _shard(values),
            key=f"binance:{hashlib.sha256(call.identity.encode()).hexdigest()}",
        )
    except AssetNotFound:
        raise Refusal(-1108, "Invalid asset.") from None
    except ShardRequired:
        raise refusals.mandatory(MARKET_PARAMETERS[values["type"]]) from None
    except FundingTooSmall:
        raise _too_little() from None
    except EngineRefusal as error:
        raise (_too_little() if error.reason is RejectReason.INSUFFICIENT_FUNDS else error) from None
    if done.status == TransferStatus.PENDING:
        raise refusals.outcome_unknown()
    return {"tranId": done.pk}


async def _shard(values: Values) -> int | None:
    """Each shard has a trading wallet: where several trade the asset, a market says which is meant."""
    chosen: str | None = values[MARKET_PARAMETERS[values["type"]]]
    return (await market_of_symbol(chosen)).shard_id if chosen else None


def _too_little() -> Refusal:
    """Binance's number for it, with the text by which clients know it."""
    return Refusal(-5013, "Account has insufficient balance for requested action.")


def _transfers(call: Call) -> object:
    """Latest first. Of a type that is not served there are none."""
    values = call.values
    if values["type"] not in DIRECTIONS:
        return {"total": 0, "rows": []}
    found = wallet_transfers_of(user_id=call.account).filter(direction=DIRECTIONS[values["type"]])
    if values["startTime"] is not None:
        found = found.filter(created_at__gte=_moment(values["startTime"]))
    if values["endTime"] is not None:
        found = found.filter(created_at__lt=_moment(values["endTime"] + 1))
    size = values["size"]
    begin = (values["current"] - 1) * size
    rows = found.order_by("-id")[begin : begin + size]
    return {"total": found.count(), "rows": [_row(row, values["type"]) for row in rows]}


def _row(row: WalletTransfer, kind: str) -> dict[str, Any]:
    return {
        "asset": row.asset,
        "amount": amount_text(row.amount_atoms, assets()[row.asset].decimals),
        "type": kind,
        "status": STATUSES[TransferStatus(row.status)],
        "tranId": row.pk,
        "timestamp": int(row.created_at.timestamp() * 1000),
    }


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


OPERATIONS = (
    Operation(
        "binance.transfer",
        _transfer,
        http=("POST", "/sapi/v1/asset/transfer"),
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=(
            Parameter("type", choice(DIRECTIONS), required=True),
            Parameter("asset", matching(COIN), required=True),
            decimal("amount", required=True),
            Parameter("fromSymbol", matching(SYMBOL)),
            Parameter("toSymbol", matching(SYMBOL)),
        ),
        weight=30,
    ),
    Operation(
        "binance.transfers",
        _transfers,
        http=("GET", "/sapi/v1/asset/transfer"),
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(
            Parameter("type", matching(ANY_TYPE), required=True),
            time_ms("startTime"),
            time_ms("endTime"),
            Parameter("current", whole(1, MAX_PAGES), default=1),
            Parameter("size", whole(1, MAX_PAGE, clamp=True), default=10),
        ),
    ),
)
