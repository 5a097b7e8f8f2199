"""How the state of the house is put into words. Pure; what is true is health's business."""

from collections.abc import Sequence

SIGNS = {"ok": "✓", "warn": "!", "fail": "✕", "unknown": "?"}
LEVELS = {"ok": "ok", "warn": "warn", "fail": "bad", "unknown": "unknown"}  # classes of the design
STATES = {"ok": "good", "warn": "needs a look", "fail": "failing", "unknown": "not known"}
CAPABILITIES = {
    "trading": "Trading",
    "market_data": "Live market data",
    "account_data": "Balances and history",
    "wallet_transfers": "Transfers between wallets",
    "login": "Logging in",
    "prices": "The price of bitcoin",
    "minting": "Minting USDB",
    "liquidations": "Liquidations",
    "deposits": "Bitcoin deposits",
    "withdrawals": "Bitcoin withdrawals",
}
_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000


def span(ms: int) -> str:
    """ "3 s", "2 min", "5 h", "4 d": whole units, rounded down."""
    if ms < _MINUTE:
        return f"{max(ms, 0) // _SECOND} s"
    if ms < _HOUR:
        return f"{ms // _MINUTE} min"
    return f"{ms // _HOUR} h" if ms < 2 * _DAY else f"{ms // _DAY} d"


def ago(ms: int) -> str:
    return f"{span(ms)} ago"


def grouped(number: int) -> str:
    return f"{number:,}"


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def lowered(name: str) -> str:
    """As it stands inside a sentence."""
    return name[:1].lower() + name[1:]
