"""Which markets a request is about: one symbol, a list of symbols, or all; and with which status."""

import json
import re
from collections.abc import Callable

from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import Parameter, Values, choice
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.symbols import find_by_symbol, markets_by_symbol, symbol
from exchange.models import Market, MarketStatus

SYMBOLS_PATTERN = r'^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$'
MAX_SYMBOLS = 100
_LEGAL = re.compile(r'\[("[A-Z0-9_.-]{1,20}"(,"[A-Z0-9_.-]{1,20}")*)?\]', re.ASCII)
_LEGAL_NAMES = re.compile(r'(\["[A-Z0-9_]{1,30}"(,"[A-Z0-9_]{1,30}")*\])|([A-Z0-9_]{1,30})', re.ASCII)

# Cancels are taken in BREAK and nothing in HALT. Where only makers are let in, orders are taken: TRADING.
STATUSES = {
    MarketStatus.OPEN: "TRADING",
    MarketStatus.POST_ONLY: "TRADING",
    MarketStatus.CANCEL_ONLY: "BREAK",
    MarketStatus.HALTED: "HALT",
}


def status_of(market: Market) -> str:
    return STATUSES[MarketStatus(market.status)]


def symbols_text(name: str, text: str) -> tuple[str, ...]:
    """A JSON array of symbols without spaces, as clients send it."""
    if _LEGAL.fullmatch(text) is None:
        raise refusals.illegal_characters(name, SYMBOLS_PATTERN)
    found = tuple(json.loads(text))
    if not found:
        raise refusals.empty(name)
    if len(found) > MAX_SYMBOLS:
        raise Refusal(-1101, f"Too many parameters; expected '{MAX_SYMBOLS}' and received '{len(found)}'.")
    if len(set(found)) < len(found):
        raise Refusal(-1151, "Symbol is present multiple times in the list.")
    return found


def names_text(name: str, text: str) -> tuple[str, ...]:
    """One name, or a JSON array of names."""
    if _LEGAL_NAMES.fullmatch(text) is None:
        raise refusals.invalid_data(name)
    return tuple(json.loads(text)) if text.startswith("[") else (text,)


SYMBOL = symbol(required=False)
SYMBOLS = Parameter("symbols", symbols_text)
STATUS = Parameter(
    "symbolStatus", choice(("TRADING", "HALT", "BREAK"), Refusal(-1122, "Invalid symbolStatus."))
)
CHOSEN = (SYMBOL, SYMBOLS, STATUS)


def bad_combination() -> Refusal:
    return Refusal(-1128, "Combination of optional parameters invalid.")


def at_most_one(values: Values) -> None:
    """Raises -1128 where both a symbol and a list of them were sent."""
    if values["symbol"] is not None and values["symbols"] is not None:
        raise bad_combination()


def exactly_one(values: Values) -> None:
    """Raises -1102, -1128."""
    at_most_one(values)
    if values["symbol"] is None and values["symbols"] is None:
        raise refusals.one_of("symbol", "symbols")


def chosen_markets(values: Values) -> list[Market]:
    """May block on the database. Raises -1121, and -1220 where one that is named has another status."""
    if values["symbol"] is not None:
        names: tuple[str, ...] | None = (values["symbol"],)
    else:
        names = values["symbols"]
    wanted = values["symbolStatus"]
    if names is None:
        known = markets_by_symbol().values()
        return [market for market in known if wanted is None or status_of(market) == wanted]
    found = [find_by_symbol(name) for name in names]
    if wanted is not None and any(status_of(market) != wanted for market in found):
        raise Refusal(-1220, "The symbol's status does not match the requested symbolStatus.")
    return found


def one_or_list(values: Values, shown: list[dict[str, object]]) -> object:
    """A single object for `symbol`, else the list."""
    return shown[0] if values["symbol"] is not None else shown


def weight_by_number(one: int, some: int, many: int, *, some_from: int = 2) -> Callable[[Values], int]:
    """`one` for a symbol or a list of fewer than `some_from`, `many` for no choice or more than a hundred."""

    def weight(values: Values) -> int:
        if values["symbol"] is not None:
            return one
        if values["symbols"] is None:
            return many
        return some if len(values["symbols"]) >= some_from else one

    return weight


def weight_each(each: int, most: int) -> Callable[[Values], int]:
    """For each symbol, up to `most`."""

    def weight(values: Values) -> int:
        return min(each * (len(values["symbols"]) if values["symbols"] is not None else 1), most)

    return weight
