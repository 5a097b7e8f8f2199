"""Figures of a database by which a restored one is known to be the same; read in one snapshot, as raw SQL.

It runs against a database that may be of another version than the code, so it asks for little.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import psycopg

_QUESTIONS = {
    "migrations": "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app",
    "ledger": (
        "SELECT asset_id, purpose, shard, count(*), sum(balance_atoms)::text FROM ledger_account"
        " GROUP BY asset_id, purpose, shard ORDER BY asset_id, purpose, shard"
    ),
    "transfers": "SELECT count(*), COALESCE(max(id), 0) FROM ledger_transfer",
    "shards": "SELECT number, sequence FROM exchange_shard ORDER BY number",
    "journal": (
        "SELECT s.number, encode(sha256(j.command || j.events), 'hex') FROM exchange_shard AS s"
        " JOIN exchange_journalentry AS j ON j.id = s.sequence * 64 + s.number ORDER BY s.number"
    ),
    "audit": "SELECT id, hash FROM access_auditentry ORDER BY id DESC LIMIT 1",
    "users": "SELECT count(*) FROM auth_user",
    "withdrawals": "SELECT status, count(*) FROM custody_withdrawal GROUP BY status ORDER BY status",
    "chain": "SELECT height, block_hash FROM custody_chainposition",
}


def read_facts(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Of the ledger only a digest is told: how much everybody has is nobody's business."""
    found: dict[str, Any] = {name: _rows(connection, query) for name, query in _QUESTIONS.items()}
    found["migrations"] = dict(found["migrations"])
    found["ledger"] = hashlib.sha256(repr(found["ledger"]).encode()).hexdigest()
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of what is not the same."""
    return sorted(name for name in before if before[name] != after.get(name))


def _rows(connection: psycopg.Connection[Any], query: str) -> Sequence[Any]:
    return [list(row) for row in connection.execute(query.encode()).fetchall()]
