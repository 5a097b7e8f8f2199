"""Each refusal of the house has an entry chosen on purpose, and arrives at clients as what it is."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import ccxt
import pytest
from django.db import OperationalError

from access import errors, key_errors
from access.errors import DomainError
from access.http import Scope
from access.sockets import errors as of_sockets
from exchange import errors as ours
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.operations import Operation, Security
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.translation import ERRORS, REASONS, UNREACHABLE_REASONS, refusal_of
from exchange.engine.types import RejectReason
from exchange.errors import EngineRefusal
from ledger import errors as of_ledger

# What only `/api/v1`, operators and tasks are refused with.
ELSEWHERE = {
    errors.IdempotencyKeyRequired,
    errors.IdempotencyKeyReused,
    errors.InFlight,
    errors.MethodNotAllowed,
    errors.NotPermitted,
    errors.OwnRole,
    errors.UnsupportedMediaType,
    key_errors.Csrf,
    key_errors.NonceReused,
    key_errors.TimestampOutsideWindow,
    key_errors.TooManyKeys,
    key_errors.WithdrawScopeNeedsNetworks,
    of_sockets.AlreadyAuthenticated,
    of_sockets.AlreadySubscribed,
    of_sockets.AuthRequired,
    of_sockets.InvalidTicket,
    of_sockets.NotSubscribed,
    of_sockets.OriginNotAllowed,
    of_sockets.TooManyInFlight,
    of_sockets.TooManySubscriptions,
    of_ledger.AccountNotFound,
    of_ledger.AssetMismatch,
    of_ledger.DemoOnly,
    of_ledger.PendingTransferNotFound,
    of_ledger.PendingTransferResolved,
    of_ledger.SameAccount,
    of_ledger.TransferKeyReused,
    ours.InvalidMarket,
    ours.ReasonRequired,
    ours.RequestConflict,
}


def of(method: str) -> Operation:
    return Operation("it", lambda call: None, (method, "/api/v3/it"), None, Security.SIGNED, Scope.TRADE)


def classes(module: ModuleType) -> Iterator[type[DomainError]]:
    for _, one in inspect.getmembers(module, inspect.isclass):
        if issubclass(one, DomainError) and one.__module__ == module.__name__ and one is not DomainError:
            yield one


@pytest.mark.parametrize("module", [errors, key_errors, of_sockets, ours, of_ledger])
def test_every_refusal_has_an_entry_or_never_comes(module: ModuleType) -> None:
    """One that derives from a known one may go by that."""
    unsaid = [one for one in classes(module) if not set(one.__mro__) & (ERRORS.keys() | ELSEWHERE)]
    assert unsaid == []


def test_every_reason_of_the_engine_has_an_entry_or_never_comes() -> None:
    assert REASONS.keys() | UNREACHABLE_REASONS == set(RejectReason)
    assert not REASONS.keys() & UNREACHABLE_REASONS


@pytest.mark.parametrize("reason", list(REASONS), ids=lambda reason: reason.name)
def test_no_reason_is_a_fault_of_ours(reason: RejectReason) -> None:
    refusal = refusal_of(EngineRefusal(reason), of("POST"))
    assert refusal.status == 400
    assert refusal.number < -1000
    assert refusal.message[-1] in ".;!" or refusal.message.startswith("Filter failure: ")


INSUFFICIENT = "Account has insufficient balance for requested action."
NO_BALANCE = "You have insufficient balance."
NOT_PERMITTED = "Invalid API-key, IP, or permissions for action."
WRONG_SIGNATURE = "Signature for this request is not valid."
# What ccxt knows of spot by the host's name alone, and has to be told of another host (docs/binance.md).
TOLD = ccxt.binance().exceptions["spot"]["exact"]


@pytest.mark.parametrize(
    ("error", "method", "status", "number", "message", "exception"),
    [
        (RejectReason.INSUFFICIENT_FUNDS, "POST", 400, -2010, INSUFFICIENT, ccxt.InsufficientFunds),
        (
            RejectReason.POST_ONLY_WOULD_CROSS,
            "POST",
            400,
            -2010,
            "Order would immediately match and take.",
            ccxt.OrderImmediatelyFillable,
        ),
        (
            RejectReason.WOULD_TRIGGER_IMMEDIATELY,
            "POST",
            400,
            -2010,
            "Order would trigger immediately.",
            ccxt.OrderImmediatelyFillable,
        ),
        (RejectReason.MARKET_HALTED, "POST", 400, -2010, "Market is closed.", ccxt.MarketClosed),
        (RejectReason.MARKET_CANCEL_ONLY, "POST", 400, -2010, "Market is closed.", ccxt.MarketClosed),
        (RejectReason.MARKET_POST_ONLY, "POST", 400, -2010, "Market is closed.", ccxt.MarketClosed),
        (RejectReason.MARKET_HALTED, "DELETE", 400, -2011, "Market is closed.", ccxt.MarketClosed),
        (RejectReason.TICK_SIZE, "POST", 400, -1013, "Filter failure: PRICE_FILTER", ccxt.InvalidOrder),
        (RejectReason.LOT_SIZE, "POST", 400, -1013, "Filter failure: LOT_SIZE", ccxt.InvalidOrder),
        (RejectReason.MIN_NOTIONAL, "POST", 400, -1013, "Filter failure: NOTIONAL", ccxt.BadRequest),
        (RejectReason.MAX_NOTIONAL, "POST", 400, -1013, "Filter failure: NOTIONAL", ccxt.BadRequest),
        (
            RejectReason.PRICE_BAND,
            "POST",
            400,
            -1013,
            "Filter failure: PERCENT_PRICE_BY_SIDE",
            ccxt.InvalidOrder,
        ),
        (
            RejectReason.TOO_MANY_OPEN_ORDERS,
            "POST",
            400,
            -2010,
            "Filter failure: MAX_NUM_ORDERS",
            ccxt.InvalidOrder,
        ),
        (
            RejectReason.DUPLICATE_CLIENT_ORDER_ID,
            "POST",
            400,
            -2010,
            "Duplicate order sent.",
            ccxt.InvalidOrder,
        ),
        (RejectReason.ORDER_NOT_FOUND, "DELETE", 400, -2011, "Unknown order sent.", ccxt.OrderNotFound),
        (RejectReason.INVALID_ORDER, "POST", 400, -1014, "Unsupported order combination.", ccxt.InvalidOrder),
        (
            RejectReason.DEADLINE_PASSED,
            "POST",
            400,
            -1021,
            "Timestamp for this request is outside of the recvWindow.",
            ccxt.InvalidNonce,
        ),
        (RejectReason.MARKET_NOT_FOUND, "POST", 400, -1121, "Invalid symbol.", ccxt.BadSymbol),
        (ours.MarketNotFound(), "GET", 400, -1121, "Invalid symbol.", ccxt.BadSymbol),
        (ours.OrderNotFound(), "GET", 400, -2013, "Order does not exist.", ccxt.OrderNotFound),
        (ours.OrderNotFound(), "DELETE", 400, -2011, "Unknown order sent.", ccxt.OrderNotFound),
        (
            errors.Precision(field="trigger_price"),
            "POST",
            400,
            -1111,
            "Parameter 'stopPrice' has too much precision.",
            ccxt.BadRequest,
        ),
        (
            errors.OutOfRange(field="quantity"),
            "POST",
            400,
            -1130,
            "Data sent for parameter 'quantity' is not valid.",
            ccxt.BadRequest,
        ),
        (
            ours.FundingTooSmall(),
            "POST",
            400,
            -5002,
            "You have insufficient balance.",
            ccxt.InsufficientFunds,
        ),
        (ours.AssetNotFound(), "POST", 400, -4018, "We don't have this asset.", ccxt.BadSymbol),
        (
            key_errors.InvalidKey(),
            "GET",
            401,
            -2015,
            signing.not_permitted().message,
            ccxt.AuthenticationError,
        ),
        (
            signing.wrong_signature(),
            "GET",
            400,
            -1022,
            signing.wrong_signature().message,
            ccxt.AuthenticationError,
        ),
        (signing.bad_key_format(), "GET", 401, -2014, "API-key format invalid.", ccxt.AuthenticationError),
        (errors.RateLimited(retry_after=3), "GET", 429, -1003, "Too many requests.", ccxt.DDoSProtection),
        (errors.ServiceUnavailable("redis"), "POST", 503, -1001, None, ccxt.OperationFailed),
        (ours.EngineUnavailable(), "POST", 503, -1001, None, ccxt.OperationFailed),
        (ours.QueueFull(), "POST", 503, -1008, None, ccxt.OperationFailed),
        (ours.PartlyDone(), "DELETE", 503, -1006, None, ccxt.OperationFailed),
        (ours.OutcomeUnknown(), "POST", 408, -1007, None, ccxt.RequestTimeout),
        (OperationalError("away"), "POST", 408, -1007, None, ccxt.RequestTimeout),
        (OperationalError("away"), "GET", 503, -1001, None, ccxt.OperationFailed),
        (errors.NotFound(), "GET", 404, -1020, "This operation is not supported.", ccxt.BadRequest),
        (KeyError("a bug"), "GET", 500, -1000, None, ccxt.OperationFailed),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "__name__", None),
)
def test_it_arrives_at_ccxt_as_what_it_is(
    error: Exception | RejectReason,
    method: str,
    status: int,
    number: int,
    message: str | None,
    exception: type[Exception],
) -> None:
    raised = EngineRefusal(error) if isinstance(error, RejectReason) else error
    refusal = refusal_of(raised, of(method))
    assert (refusal.status, refusal.number) == (status, number)
    assert message is None or refusal.message == message
    with pytest.raises(exception) as arrived:
        _hand_over(refusal)
    assert type(arrived.value) is exception


def _hand_over(refusal: Refusal) -> None:
    body, url = refusal.encoded().decode(), "https://ballast.example/api/v3/order"
    client = ccxt.binance({"exceptions": {"exact": TOLD}})
    client.handle_errors(refusal.status, "", url, "POST", {}, body, refusal.content(), {}, "")


def test_a_bug_says_nothing_of_itself() -> None:
    refusal = refusal_of(ValueError("the secret is 42"), of("POST"))
    assert refusal.content() == refusals.unknown_error().content()


def test_a_refusal_stays_itself() -> None:
    refusal = Refusal(-2021, "Order cancel-replace partially failed.", status=409, data={"a": 1})
    assert refusal_of(refusal, of("POST")) is refusal
    assert refusal.content() == {"code": -2021, "msg": refusal.message, "data": {"a": 1}}


def test_a_refusal_that_is_raised_anew_keeps_no_frames() -> None:
    refusal = Refusal(-1130, "no", status=418, retry_after=7, data={"a": 1})
    copy = refusal.anew()
    assert copy is not refusal
    assert vars(copy) == vars(refusal)


def test_what_must_be_waited_for_says_how_long() -> None:
    for error in (errors.RateLimited(retry_after=9), ours.QueueFull(), errors.ServiceUnavailable("redis")):
        (name, _), *_ = refusal_of(error).headers()
        assert name == "retry-after"
