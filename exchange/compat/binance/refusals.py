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

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = {"code": self.number, "msg": self.message}
        return content if self.data is None else {**content, "data": self.data}

    def encoded(self) -> bytes:
        return msgspec.json.encode(self.content())

    def headers(self) -> list[tuple[str, str]]:
        return [] if self.retry_after is None else [("retry-after", str(self.retry_after))]


def unknown_error() -> Refusal:
    return Refusal(-1000, "An unknown error occurred while processing the request.", status=500)


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


def illegal_characters(name: str, legal: str) -> Refusal:
    return Refusal(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


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


def filter_failure(name: str) -> Refusal:
    return Refusal(-1013, f"Filter failure: {name}")
