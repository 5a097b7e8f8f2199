"""What `/status.json` would say, made by hand: a house that is well, and what of it is changed by a test."""

from typing import Any

NOW_MS = 1_795_262_400_000
CAPABILITIES = (
    "trading",
    "market_data",
    "account_data",
    "wallet_transfers",
    "login",
    "prices",
    "minting",
    "liquidations",
    "deposits",
    "withdrawals",
)


def subsystem(status: str = "ok", message: str = "", since_ms: int = 5_000, **figures: int) -> dict[str, Any]:
    return {
        "status": status,
        "message": message,
        "about": "",
        "critical": False,
        "since_ms": since_ms,
        "figures": figures,
    }


def process(name: str, status: str = "alive", **own: object) -> dict[str, Any]:
    return {
        "process": name,
        "status": status,
        "up_ms": 60_000,
        "last_beat_ms": 1_200,
        "last_work_ms": 300,
        "restarts": 0,
        "last_error": None,
        "last_error_ms": None,
        **own,
    }


def content(
    status: str = "ok",
    away: tuple[str, ...] = (),
    processes: tuple[dict[str, Any], ...] = (),
    incidents: tuple[dict[str, Any], ...] = (),
    **subsystems: dict[str, Any],
) -> dict[str, Any]:
    """Names of subsystems with `__` for the blank before a subject."""
    return {
        "status": status,
        "time_ms": NOW_MS,
        "version": "abc123",
        "capabilities": {name: "unavailable" if name in away else "available" for name in CAPABILITIES},
        "subsystems": {name.replace("__", " "): one for name, one in subsystems.items()},
        "processes": list(processes),
        "incidents": list(incidents),
    }
