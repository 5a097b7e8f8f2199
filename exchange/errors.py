"""Refusals of the exchange. Every `RejectReason` of the engine is one, under its own name."""

from access.errors import DomainError
from exchange.engine.types import RejectReason

_MESSAGES = {
    RejectReason.MALFORMED_COMMAND: "The command could not be understood.",
    RejectReason.DEADLINE_PASSED: "The receive window had passed when the engine read the request.",
    RejectReason.MARKET_NOT_FOUND: "There is no such market.",
    RejectReason.INVALID_ORDER: "These order parameters do not go together.",
    RejectReason.OUT_OF_RANGE: "An amount of the order is beyond what can be kept.",
    RejectReason.TICK_SIZE: "The price is not a multiple of the market's tick size.",
    RejectReason.LOT_SIZE: "The quantity is not a multiple of the market's lot size.",
    RejectReason.MIN_NOTIONAL: "The order is worth less than the market's minimum.",
    RejectReason.MAX_NOTIONAL: "The order is worth more than the market's maximum.",
    RejectReason.TOO_MANY_OPEN_ORDERS: "The account has as many open orders as the market allows.",
    RejectReason.INSUFFICIENT_FUNDS: "The account has not enough free funds.",
    RejectReason.POST_ONLY_WOULD_CROSS: "The order would match at once, and is post-only.",
    RejectReason.FOK_UNFILLED: "The order could not be filled in full at once.",
    RejectReason.DUPLICATE_CLIENT_ORDER_ID: "This client order id stands for another order.",
    RejectReason.ORDER_NOT_FOUND: "There is no such open order.",
    RejectReason.ASSET_NOT_FOUND: "There is no such asset in any market.",
    RejectReason.INVALID_AMOUNT: "The amount must be positive.",
    RejectReason.MARKET_EXISTS: "There is a market of this name.",
    RejectReason.INVALID_MARKET: "These market parameters do not go together.",
    RejectReason.MARKET_HALTED: "The market is halted and takes nothing.",
    RejectReason.MARKET_CANCEL_ONLY: "The market takes cancels only.",
    RejectReason.MARKET_POST_ONLY: "The market takes post-only orders and cancels only.",
    RejectReason.PRICE_BAND: "The price is too far from the market's reference price.",
    RejectReason.WOULD_TRIGGER_IMMEDIATELY: "The last price has reached the trigger price already.",
    RejectReason.EXPIRY_PASSED: "The order would have expired when the engine read it.",
    RejectReason.AMEND_UNCHANGED: "The order has these terms already.",
    RejectReason.AMEND_BELOW_FILLED: "The new quantity is not more than what is filled.",
    RejectReason.AMEND_LOSES_PRIORITY: "The order would lose its place in the queue.",
    RejectReason.WOULD_BREAK_ORDERS: "Open orders would not fit the new parameters.",
    RejectReason.INVALID_TIMEOUT: "The timeout is too long.",
}
_STATUSES = {
    RejectReason.MALFORMED_COMMAND: 400,
    RejectReason.DEADLINE_PASSED: 408,
    RejectReason.MARKET_NOT_FOUND: 404,
    RejectReason.INVALID_ORDER: 400,
    RejectReason.OUT_OF_RANGE: 400,
    RejectReason.DUPLICATE_CLIENT_ORDER_ID: 409,
    RejectReason.ORDER_NOT_FOUND: 404,
}
# The input that would have to be another one, where it is one alone.
_FIELDS = {
    RejectReason.MARKET_NOT_FOUND: "market",
    RejectReason.TICK_SIZE: "price",
    RejectReason.LOT_SIZE: "quantity",
    RejectReason.MIN_NOTIONAL: "quantity",
    RejectReason.MAX_NOTIONAL: "quantity",
    RejectReason.POST_ONLY_WOULD_CROSS: "price",
    RejectReason.FOK_UNFILLED: "time_in_force",
    RejectReason.DUPLICATE_CLIENT_ORDER_ID: "client_order_id",
    RejectReason.ASSET_NOT_FOUND: "asset",
    RejectReason.INVALID_AMOUNT: "amount",
    RejectReason.MARKET_HALTED: "market",
    RejectReason.MARKET_CANCEL_ONLY: "market",
    RejectReason.MARKET_POST_ONLY: "market",
    RejectReason.PRICE_BAND: "price",
    RejectReason.WOULD_TRIGGER_IMMEDIATELY: "trigger_price",
    RejectReason.EXPIRY_PASSED: "expires_at_ms",
    RejectReason.AMEND_BELOW_FILLED: "quantity",
    RejectReason.AMEND_LOSES_PRIORITY: "keep_priority",
    RejectReason.INVALID_TIMEOUT: "timeout_ms",
}


# The market's limit that was broken; its value goes along with the refusal.
LIMITS = {
    RejectReason.TICK_SIZE: "tick_size",
    RejectReason.LOT_SIZE: "lot_size",
    RejectReason.MIN_NOTIONAL: "min_notional",
    RejectReason.MAX_NOTIONAL: "max_notional",
    RejectReason.TOO_MANY_OPEN_ORDERS: "max_open_orders",
    RejectReason.MARKET_HALTED: "opens_at_ms",
    RejectReason.MARKET_CANCEL_ONLY: "opens_at_ms",
    RejectReason.PRICE_BAND: "band_ppm",
}


class EngineRefusal(DomainError):
    """The engine refused the command; nothing was changed. The code is the reason's name.

    `sequence` is the refused command's in its shard's journal, or 0.
    """

    sequence = 0

    def __init__(self, reason: RejectReason, *, field: str = "", **details: object) -> None:
        message = _MESSAGES.get(reason, "The engine refused the command.")
        super().__init__(message, field=field or _FIELDS.get(reason, ""), **details)
        self.reason = reason
        self.code = reason.name  # type: ignore[misc]
        self.status = _STATUSES.get(reason, 422)  # type: ignore[misc]


class NotAccepted(DomainError):
    """The command did not get into the queue: it was not and will not be carried out."""

    status = 503

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]


class EngineUnavailable(NotAccepted):
    code = "ENGINE_UNAVAILABLE"
    default_message = "Not accepted: the matching engine is not taking commands."


class QueueUnavailable(NotAccepted):
    code = "QUEUE_UNAVAILABLE"
    default_message = "Not accepted: the queue to the matching engine cannot be reached."


class QueueFull(NotAccepted):
    code = "QUEUE_FULL"
    default_message = "Not accepted: too many commands are waiting."


class OutcomeUnknown(DomainError):
    """No outcome arrived in time. It may have been carried out: ask by client order id."""

    code = "OUTCOME_UNKNOWN"
    status = 504
    default_message = "The outcome is not known yet: ask by client order id before sending it again."


class PartlyDone(DomainError):
    """Some shards carried the request out and others did not, or did not say. `shards` has for each its
    markets, whether it is `done` there, and the `code` of why not (or ""). A repeat does the rest.
    """

    code = "PARTLY_DONE"
    status = 503
    default_message = "Done in some shards and not, or not for certain, in others: send it again."

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]


class InvalidOrder(DomainError):
    """Under the engine's own code, with the field and the reason that only the form knows."""

    code = "INVALID_ORDER"
    status = 400


class MarketNotFound(DomainError):
    code = "MARKET_NOT_FOUND"
    status = 404
    default_message = "There is no such market."


class OrderNotFound(DomainError):
    code = "ORDER_NOT_FOUND"
    status = 404
    default_message = "There is no such order."


class TransferNotFound(DomainError):
    code = "TRANSFER_NOT_FOUND"
    status = 404
    default_message = "There is no such transfer."


class AssetNotFound(DomainError):
    code = "ASSET_NOT_FOUND"
    status = 404
    default_message = "There is no such asset."


class SameWallet(DomainError):
    code = "SAME_ACCOUNT"
    default_message = "From and to are the same wallet."


class ShardRequired(DomainError):
    """`shards` are those that could be meant."""

    code = "SHARD_REQUIRED"
    default_message = "Say which shard's trading account is meant: it must be one that trades the asset."


class FundingTooSmall(DomainError):
    """Of the funding wallet what the engine's refusal of the same name is of the trading account."""

    code = "INSUFFICIENT_FUNDS"
    default_message = "The funding wallet has not enough available funds."


class TransferKeyReused(DomainError):
    code = "IDEMPOTENCY_KEY_REUSED"
    default_message = "This idempotency key was used for another transfer."


class InvalidMarket(DomainError):
    code = "INVALID_MARKET"
    default_message = "These market parameters do not go together."


class ReasonRequired(DomainError):
    code = "REASON_REQUIRED"
    default_message = "Say why, in at most 300 characters."

    def __init__(self, message: str = "", *, field: str = "reason", **details: object) -> None:
        super().__init__(message, field=field, **details)


class RequestConflict(DomainError):
    code = "REQUEST_CONFLICT"
    status = 409
    default_message = "Another request of this kind, or under this id, still waits for the engine."
