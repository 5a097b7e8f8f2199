"""Bitcoin in and out in Binance's words: the address, what came and what went. Nothing is withdrawn here.

A withdrawal takes a one-time code, for which these words have no place: `/api/v1/withdrawals` takes it.
"""

from datetime import UTC, datetime
from typing import Any

from custody.rendering import ASSET
from custody.rules.confirmations import OLD
from custody.rules.statuses import DepositStatus, WithdrawalStatus
from custody.selectors import DepositView, deposit_rows, takes_deposits, views_of
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import withdrawal_rows
from custody.services.wallets import deposit_address
from exchange.compat.binance.amounts import amount_text
from exchange.compat.binance.operations import Call
from exchange.compat.binance.parameters import Parameter, matching, time_ms, whole
from exchange.compat.binance.refusals import Refusal

NETWORK = "BTC"
DECIMALS = 8
MAX_ROWS = 1_000
DEPOSITS = {
    DepositStatus.SEEN: 0,
    DepositStatus.CONFIRMED: 0,
    DepositStatus.CREDITED: 1,
    DepositStatus.REORGED: 2,
    DepositStatus.DOUBLE_SPENT: 2,
    DepositStatus.REPLACED: 2,
    DepositStatus.EVICTED: 2,
}
WITHDRAWALS = {
    WithdrawalStatus.AWAITING_APPROVAL: 2,
    WithdrawalStatus.APPROVED: 4,
    WithdrawalStatus.SIGNING: 4,
    WithdrawalStatus.BROADCAST: 4,
    WithdrawalStatus.CONFIRMED: 6,
    WithdrawalStatus.CANCELED: 1,
    WithdrawalStatus.REJECTED: 3,
}
COIN = r"^[A-Z0-9]{1,16}$"
LIST = (
    Parameter("coin", matching(COIN)),
    Parameter("status", whole(0, 10)),
    Parameter("offset", whole(0, 100_000), default=0),
    Parameter("limit", whole(1, MAX_ROWS, clamp=True), default=MAX_ROWS),
    time_ms("startTime"),
    time_ms("endTime"),
)


def networks(coin: str) -> list[dict[str, Any]]:
    """Bitcoin's own network, where there is custody; nothing of any other coin."""
    if coin != ASSET or not takes_deposits():
        return []
    terms = terms_in_force()
    return [
        {
            "network": NETWORK,
            "coin": ASSET,
            "name": "Bitcoin",
            "isDefault": True,
            "depositEnable": True,
            "withdrawEnable": False,
            "depositDust": amount_text(terms.min_deposit_sats, DECIMALS),
            "withdrawFee": amount_text(terms.fee_sats, DECIMALS),
            "withdrawMin": amount_text(terms.min_withdrawal_sats, DECIMALS),
            "withdrawMax": amount_text(terms.max_withdrawal_sats, DECIMALS),
            "withdrawIntegerMultiple": amount_text(1, DECIMALS),
            "minConfirm": 1,
            "unLockConfirm": OLD,
            "sameAddress": False,
            "busy": False,
        }
    ]


def address(call: Call) -> object:
    if call.values["coin"] != ASSET or not takes_deposits():
        raise Refusal(-1020, "This operation is not supported.")
    return {"coin": ASSET, "address": deposit_address(call.account).address, "tag": "", "url": ""}


def deposits(call: Call) -> object:
    """Latest first."""
    if call.values["coin"] not in (None, ASSET):
        return []
    rows = _page(call, deposit_rows(call.account), DEPOSITS, "-pk")
    return [_deposit(view) for view in views_of(rows)]


def withdrawals(call: Call) -> object:
    """Latest first."""
    if call.values["coin"] not in (None, ASSET):
        return []
    return [
        _withdrawal(row) for row in _page(call, withdrawal_rows(call.account), WITHDRAWALS, "-created_at")
    ]


def _page(call: Call, rows: Any, numbers: dict[Any, int], order: str) -> list[Any]:
    values = call.values
    if values["status"] is not None:
        rows = rows.filter(status__in=[one for one, number in numbers.items() if number == values["status"]])
    if values["startTime"] is not None:
        rows = rows.filter(created_at__gte=_moment(values["startTime"]))
    if values["endTime"] is not None:
        rows = rows.filter(created_at__lt=_moment(values["endTime"] + 1))
    offset = values["offset"]
    return list(rows.order_by(order)[offset : offset + values["limit"]])


def _deposit(view: DepositView) -> dict[str, Any]:
    deposit, coin = view.deposit, view.deposit.coin
    return {
        "id": str(deposit.pk),
        "amount": amount_text(deposit.amount_sats, DECIMALS),
        "coin": ASSET,
        "network": NETWORK,
        "status": DEPOSITS[DepositStatus(deposit.status)],
        "address": coin.watched.address,
        "addressTag": "",
        "txId": coin.txid,
        "insertTime": _milliseconds(deposit.created_at),
        "transferType": 0,
        "confirmTimes": f"{view.confirmations}/{view.required}",
        "unlockConfirm": OLD,
        "walletType": 1,
    }


def _withdrawal(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "amount": amount_text(row.amount_sats, DECIMALS),
        "transactionFee": amount_text(row.fee_sats, DECIMALS),
        "coin": ASSET,
        "status": WITHDRAWALS[WithdrawalStatus(row.status)],
        "address": row.address,
        "addressTag": "",
        "txId": row.txid,
        "applyTime": f"{row.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "network": NETWORK,
        "transferType": 0,
        "info": row.ended_because,
        "walletType": 1,
    }


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
