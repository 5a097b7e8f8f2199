"""What the co-signer was asked, in words that people can check: each request, its transaction decoded."""

import json
import time
from typing import Any

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.plans import unsigned_tx
from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import txid
from custody.bitcoin.types import SpendPlan
from custody.cosigner.database import Database

ASKED, SIGNED, REFUSED, FAILED = "ASKED", "SIGNED", "REFUSED", "FAILED"
MAX_PAGE = 100
_KEPT = 100_000  # of requests that were not signed
_PRUNE_EVERY = 500
_MAX_SHOWN = 200
_MAX_TEXT = 200


class Journal:
    """A row is written before anything is decided, so that no end of the process hides what was asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, role: str, deed: str, content: dict[str, Any]) -> int:
        with self._database.writing() as connection:
            row = connection.execute(
                "INSERT INTO requests (asked_at, role, deed, content, outcome) VALUES (?, ?, ?, ?, ?)",
                (int(time.time()), role, deed, json.dumps(content), ASKED),
            )
            number = row.lastrowid or 0
            if number % _PRUNE_EVERY == 0:
                connection.execute(
                    "DELETE FROM requests WHERE id < ? AND outcome <> ?", (number - _KEPT, SIGNED)
                )
        return number

    def end(self, number: int, outcome: str, reason: str = "", detail: str = "") -> None:
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE requests SET outcome = ?, reason = ?, detail = ? WHERE id = ?",
                (outcome, reason, detail[:_MAX_TEXT], number),
            )

    def page(self, limit: int, before: int | None) -> list[dict[str, Any]]:
        """Newest first."""
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT id, asked_at, role, deed, content, outcome, reason, detail FROM requests"
                " WHERE id < ? ORDER BY id DESC LIMIT ?",
                (before or 2**62, limit),
            ).fetchall()
        names = ("id", "asked_at", "role", "deed", "content", "outcome", "reason", "detail")
        return [{**dict(zip(names, row, strict=True)), "content": json.loads(row[4])} for row in rows]


def decoded(plan: SpendPlan) -> dict[str, Any]:
    """What the transaction does, as the co-signer itself makes it. A plan that makes none shows its rows."""
    return {
        "spend_id": plan.spend_id[:_MAX_TEXT],
        "version": plan.version,
        "purpose": plan.purpose.value,
        "txid": _txid(plan),
        "fee_sats": plan.fee_sats,
        "inputs": [
            {
                "txid": one.outpoint.txid[:_MAX_TEXT],
                "vout": one.outpoint.vout,
                "sats": one.value_sats,
                "address": _address(plan, index),
            }
            for index, one in enumerate(plan.inputs[:_MAX_SHOWN])
        ],
        "payments": [
            {
                "address": one.address[:_MAX_TEXT],
                "sats": one.value_sats,
                "reference": one.reference[:_MAX_TEXT],
            }
            for one in plan.payments[:_MAX_SHOWN]
        ],
        "change": None if plan.change is None else _change(plan),
    }


def _txid(plan: SpendPlan) -> str:
    try:
        return txid(unsigned_tx(plan))
    except (BitcoinError, ValueError, OverflowError):
        return ""


def _address(plan: SpendPlan, index: int) -> str:
    try:
        return script_at(plan.wallet, plan.inputs[index].place).address
    except (BitcoinError, ValueError, OverflowError):
        return ""


def _change(plan: SpendPlan) -> dict[str, Any]:
    assert plan.change is not None
    try:
        address = script_at(plan.wallet, plan.change.place).address
    except (BitcoinError, ValueError, OverflowError):
        address = ""
    return {"address": address, "sats": plan.change.value_sats}
