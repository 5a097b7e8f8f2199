"""Whatever went wrong, in Binance's words: the house's refusals by their codes, a bug as -1000."""

from exchange.compat.binance import refusals
from exchange.compat.binance.refusals import Refusal


def refusal_of(error: Exception) -> Refusal:
    return error if isinstance(error, Refusal) else refusals.unknown_error()
