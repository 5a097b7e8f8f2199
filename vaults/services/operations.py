"""Deeds that happen once by the key of whoever asks: a repeat finds the first answer, under the vault's lock.

Where there is no vault to lock yet, or one key is used for two vaults at once, the row's unique key decides:
the loser's transaction begins anew (`ledger.transactions`) and finds the winner's.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from access.together import Question, Row, Together, ask
from vaults.errors import KeyReused
from vaults.faults import fault_point

MAX_KEY = 64
Json = Mapping[str, Any]

# Plain SQL: with the ORM these two took a sixth of the time of a deed.
_FIND = "SELECT kind, vault_id, content, answer FROM vaults_operation WHERE actor_id = %s AND key = %s"
_KEEP = """
INSERT INTO vaults_operation (actor_id, key, kind, vault_id, content, answer, created_at)
VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"""


class Deed(StrEnum):
    OPEN = "OPEN"
    MINT = "MINT"
    REPAY = "REPAY"
    SAVE = "SAVE"
    WITHDRAW = "WITHDRAW"
    CLOSE = "CLOSE"


def earlier(actor_id: int, key: str, kind: Deed, vault_id: UUID | None, content: Json) -> Json | None:
    """The answer that this deed had; None where it was never done. `vault_id` None: of whichever vault.

    Raises KeyReused where the key stands for something else.
    """
    return first_answer(ask(earlier_question(actor_id, key)), kind, vault_id, content)


def earlier_question(actor_id: int, key: str) -> Question[Row | None]:
    """For `first_answer`, which says what `earlier` does."""
    return Question(_FIND, [actor_id, key], lambda rows: rows[0] if rows else None)


def first_answer(row: Row | None, kind: Deed, vault_id: UUID | None, content: Json) -> Json | None:
    if row is None:
        return None
    found_kind, found_vault, found_content, answer = row
    is_same = (found_kind, json.loads(found_content)) == (kind, dict(content))
    if not is_same or vault_id not in (None, found_vault):
        raise KeyReused(field="Idempotency-Key")
    first: Json = json.loads(answer)
    return first


def keep(
    changes: Together,
    actor_id: int,
    key: str,
    kind: Deed,
    vault_id: UUID,
    content: Json,
    answer: Json,
    now: datetime,
) -> None:
    """With the change, in its transaction: the last of its `changes`, which are sent here. `content` and
    `answer` are plain JSON."""
    assert connection.in_atomic_block
    assert 0 < len(key) <= MAX_KEY, key
    fault_point("deed_keeping")
    values = [actor_id, key, kind.value, vault_id, json.dumps(dict(content)), json.dumps(dict(answer)), now]
    changes.execute(_KEEP, values)
    changes.send()
    fault_point("deed_kept")
    transaction.on_commit(lambda: fault_point("deed_committed"))
