"""Whatever went wrong, in Binance's words: the house's refusals by their codes, a bug as -1000.

Each reason of the engine and each refusal that can reach a surface has its own entry, chosen on purpose.
"""

from collections.abc import Callable

from access import errors, key_errors
from access.errors import DomainError, RateLimited
from access.http import SAFE_METHODS, domain_error
from access.sockets.errors import TooManyConnections
from custody import errors as of_custody
from exchange import errors as ours
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.operations import Operation
from exchange.compat.binance.refusals import Refusal, filter_failure
from exchange.engine.types import RejectReason
from exchange.errors import EngineRefusal
from ledger import errors as of_ledger

# What a parameter of the house's is called here.
_NAMES = {
    "market": "symbol",
    "trigger_price": "stopPrice",
    "quote_budget": "quoteOrderQty",
    "client_order_id": "newClientOrderId",
    "order_id": "orderId",
    "time_in_force": "timeInForce",
    "self_trade_prevention": "selfTradePreventionMode",
    "post_only": "type",
}
_CLOSED = "Market is closed."


def _rejected(message: str) -> Callable[[], Refusal]:
    return lambda: Refusal(-2010, message)


def _failed(name: str) -> Callable[[], Refusal]:
    return lambda: filter_failure(name)


def _not_amended(message: str) -> Callable[[], Refusal]:
    return lambda: Refusal(-2038, message)


REASONS: dict[RejectReason, Callable[[], Refusal]] = {
    RejectReason.DEADLINE_PASSED: signing.outside_window,
    RejectReason.MARKET_NOT_FOUND: refusals.invalid_symbol,
    RejectReason.INVALID_ORDER: refusals.unsupported_combination,
    RejectReason.OUT_OF_RANGE: _failed("NOTIONAL"),
    RejectReason.TICK_SIZE: _failed("PRICE_FILTER"),
    RejectReason.LOT_SIZE: _failed("LOT_SIZE"),
    RejectReason.MIN_NOTIONAL: _failed("NOTIONAL"),
    RejectReason.MAX_NOTIONAL: _failed("NOTIONAL"),
    RejectReason.PRICE_BAND: _failed("PERCENT_PRICE_BY_SIDE"),
    RejectReason.TOO_MANY_OPEN_ORDERS: _rejected("Filter failure: MAX_NUM_ORDERS"),
    RejectReason.INSUFFICIENT_FUNDS: _rejected("Account has insufficient balance for requested action."),
    RejectReason.POST_ONLY_WOULD_CROSS: _rejected("Order would immediately match and take."),
    RejectReason.WOULD_TRIGGER_IMMEDIATELY: _rejected("Order would trigger immediately."),
    RejectReason.FOK_UNFILLED: _rejected("Order could not be filled immediately and in full."),
    RejectReason.DUPLICATE_CLIENT_ORDER_ID: _rejected("Duplicate order sent."),
    RejectReason.ORDER_NOT_FOUND: refusals.unknown_order,
    RejectReason.ASSET_NOT_FOUND: refusals.unknown_asset,
    RejectReason.INVALID_AMOUNT: lambda: refusals.invalid_data("amount"),
    RejectReason.MARKET_HALTED: _rejected(_CLOSED),
    RejectReason.MARKET_CANCEL_ONLY: _rejected(_CLOSED),
    RejectReason.MARKET_POST_ONLY: _rejected(_CLOSED),
    RejectReason.AMEND_UNCHANGED: _not_amended("The requested action would change no state; rejecting."),
    RejectReason.AMEND_BELOW_FILLED: _not_amended("The new quantity is not more than what is filled."),
    RejectReason.AMEND_LOSES_PRIORITY: _not_amended("Order amend (quantity increase) is not supported."),
}
# What only operators' commands, switches and orders with an end are refused for; and a malformed command,
# which would be our own fault.
UNREACHABLE_REASONS = frozenset(
    {
        RejectReason.MALFORMED_COMMAND,
        RejectReason.MARKET_EXISTS,
        RejectReason.INVALID_MARKET,
        RejectReason.EXPIRY_PASSED,
        RejectReason.WOULD_BREAK_ORDERS,
        RejectReason.INVALID_TIMEOUT,
    }
)


def _of_engine(error: DomainError) -> Refusal:
    assert isinstance(error, EngineRefusal)
    return REASONS.get(error.reason, refusals.unknown_error)()


def _illegal(error: DomainError) -> Refusal:
    if not error.field:
        return refusals.illegal_character_somewhere()
    return refusals.invalid_data(_name_of(error))


def _name_of(error: DomainError) -> str:
    return _NAMES.get(error.field, error.field) or "body"


def _too_many(error: DomainError) -> Refusal:
    return refusals.too_many_requests(int(str(error.details.get("retry_after", 1))))


def _too_large(error: DomainError) -> Refusal:
    return refusals.too_many_parameters(error.status)


def _always(make: Callable[[], Refusal]) -> Callable[[DomainError], Refusal]:
    return lambda error: make()


# A class stands for those derived from it that have no entry of their own.
ERRORS: dict[type[DomainError], Callable[[DomainError], Refusal]] = {
    EngineRefusal: _of_engine,
    ours.NotAccepted: _always(refusals.unavailable),
    ours.QueueFull: _always(refusals.overloaded),
    ours.OutcomeUnknown: _always(refusals.outcome_unknown),
    ours.PartlyDone: _always(refusals.unexpected_response),
    ours.InvalidOrder: _always(refusals.unsupported_combination),
    ours.MarketNotFound: _always(refusals.invalid_symbol),
    ours.OrderNotFound: _always(refusals.no_such_order),
    ours.AssetNotFound: _always(refusals.unknown_asset),
    ours.SameWallet: lambda error: refusals.invalid_data("type"),
    ours.ShardRequired: lambda error: refusals.invalid_data("asset"),
    ours.FundingTooSmall: _always(refusals.balance_too_small),
    of_custody.AccountFrozen: _always(refusals.not_authorized),
    ours.TransferNotFound: lambda error: refusals.invalid_data("tranId"),
    ours.TransferKeyReused: _always(refusals.duplicate_values),
    of_ledger.AmountOutOfRange: lambda error: refusals.invalid_data("amount"),
    of_ledger.AssetNotFound: _always(refusals.unknown_asset),
    of_ledger.InsufficientFunds: _always(refusals.balance_too_small),
    errors.Malformed: _illegal,
    errors.Precision: lambda error: refusals.too_precise(_name_of(error)),
    errors.InvalidSymbol: _always(refusals.invalid_symbol),
    errors.InvalidQuery: _always(refusals.illegal_character_somewhere),
    errors.DuplicateParam: _always(refusals.duplicate_values),
    errors.MissingField: lambda error: refusals.mandatory(_name_of(error)),
    errors.NotFound: _always(refusals.not_served),
    errors.InvalidHost: _always(refusals.not_served),
    errors.RequestTimeout: _always(refusals.unavailable),
    errors.PayloadTooLarge: _too_large,
    errors.UriTooLong: _too_large,
    errors.HeadersTooLarge: _too_large,
    RateLimited: _too_many,
    TooManyConnections: lambda error: Refusal(-1003, "Too many connections.", status=429, retry_after=1),
    errors.ServiceUnavailable: _always(refusals.unavailable),
    errors.DatabaseUnavailable: _always(refusals.outcome_unknown),
    errors.Internal: _always(refusals.unknown_error),
    key_errors.InvalidKey: _always(signing.not_permitted),
    key_errors.InvalidSignature: _always(signing.wrong_signature),
    key_errors.Forbidden: _always(signing.not_permitted),
    key_errors.IpNotAllowed: _always(signing.not_permitted),
}


def refusal_of(error: Exception, operation: Operation | None = None) -> Refusal:
    """`operation`: what was asked, where that is known: a cancel is refused by another number than an order,
    and a read that found no database has left nothing open."""
    if isinstance(error, Refusal):
        return error
    known = domain_error(error)
    if known is None:
        return refusals.unknown_error()
    method = operation.http[0] if operation is not None and operation.http is not None else ""
    if isinstance(known, errors.DatabaseUnavailable) and method in ("", *SAFE_METHODS):
        return refusals.unavailable()
    refusal = _translated(known)
    if method == "DELETE" and refusal.number in (-2010, -2013):
        refusal = Refusal(-2011, refusals.UNKNOWN_ORDER if refusal.number == -2013 else refusal.message)
    return refusal


def _translated(error: DomainError) -> Refusal:
    for kind in type(error).__mro__:
        entry = ERRORS.get(kind)
        if entry is not None:
            return entry(error)
    return refusals.unknown_error()
