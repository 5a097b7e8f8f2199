"""Refusals in Binance's words: numbers and messages exactly as its clients parse them.

`docs/binance.md` lists which of them occur here. What the house itself refuses `translation` puts into them.
"""

from typing import Any

import msgspec


class Refusal(Exception):
    """`number` is Binance's code (negative), `message` its text, `status` the HTTP status.

    `data` goes beside both where Binance says more (the two halves of a cancel-replace).
    """

    def __init__(
        self,
        number: int,
        message: str,
        *,
        status: int = 400,
        retry_after: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{number} {message}")
        self.number = number
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.data = data

    def anew(self) -> "Refusal":
        """One that is raised again and again would keep every frame that it came through."""
        return Refusal(
            self.number, self.message, status=self.status, retry_after=self.retry_after, data=self.data
        )

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = {"code": self.number, "msg": self.message}
        return content if self.data is None else {**content, "data": self.data}

    def encoded(self) -> bytes:
        return msgspec.json.encode(self.content())

    def headers(self) -> list[tuple[str, str]]:
        return [] if self.retry_after is None else [("retry-after", str(self.retry_after))]


def unknown_error() -> Refusal:
    return Refusal(-1000, "An unknown error occurred while processing the request.", status=500)


def not_authorized() -> Refusal:
    """The account may not do this now, whatever its key may."""
    return Refusal(-1002, "You are not authorized to execute this request.", status=403)


def unavailable() -> Refusal:
    """Nothing of the request was done."""
    return Refusal(
        -1001, "Internal error; unable to process your request. Please try again.", status=503, retry_after=1
    )


def overloaded() -> Refusal:
    message = "Server is currently overloaded with other requests. Please try again in a few minutes."
    return Refusal(-1008, message, status=503, retry_after=1)


def outcome_unknown() -> Refusal:
    message = (
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
    )
    return Refusal(-1007, message, status=408)


def not_served() -> Refusal:
    """No such path, or not by this method."""
    return Refusal(-1020, "This operation is not supported.", status=404)


def too_many_requests(retry_after: int) -> Refusal:
    """Of what is counted aside from weight and orders: guesses at keys."""
    return Refusal(-1003, "Too many requests.", status=429, retry_after=retry_after)


def unexpected_response() -> Refusal:
    """Some shards have done it and others not, or did not say."""
    message = "An unexpected response was received from the message bus. Execution status unknown."
    return Refusal(-1006, message, status=503, retry_after=1)


def illegal_characters(name: str, legal: str) -> Refusal:
    return Refusal(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def illegal_character_somewhere() -> Refusal:
    return Refusal(-1100, "Illegal characters found in a parameter.")


def too_many_parameters(status: int = 400) -> Refusal:
    return Refusal(-1101, "Too many parameters sent for this endpoint.", status=status)


def duplicate_values() -> Refusal:
    return Refusal(-1101, "Duplicate values for a parameter detected.")


def mandatory(name: str) -> Refusal:
    return Refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def one_of(first: str, second: str) -> Refusal:
    return Refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def empty(name: str) -> Refusal:
    return Refusal(-1105, f"Parameter '{name}' was empty.")


def not_required(name: str) -> Refusal:
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> Refusal:
    return Refusal(-1111, f"Parameter '{name}' has too much precision.")


def invalid_symbol() -> Refusal:
    return Refusal(-1121, "Invalid symbol.")


def invalid_data(name: str) -> Refusal:
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def unsupported_combination() -> Refusal:
    return Refusal(-1014, "Unsupported order combination.")


UNKNOWN_ORDER = "Unknown order sent."


def unknown_order() -> Refusal:
    """To a cancel."""
    return Refusal(-2011, UNKNOWN_ORDER)


def no_such_order() -> Refusal:
    """To a query."""
    return Refusal(-2013, "Order does not exist.")


def unknown_asset() -> Refusal:
    return Refusal(-4018, "We don't have this asset.")


def balance_too_small() -> Refusal:
    """Of a transfer between wallets."""
    return Refusal(-5002, "You have insufficient balance.")


def filter_failure(name: str) -> Refusal:
    return Refusal(-1013, f"Filter failure: {name}")
