"""Deeds that happen once by the key of whoever asks: a repeat finds the first answer, under the vault's lock.

Where there is no vault to lock yet, or one key is used for two vaults at once, the row's unique key decides:
the loser's transaction begins anew (`ledger.transactions`) and finds the winner's.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from vaults.errors import KeyReused
from vaults.faults import fault_point
from vaults.models import Operation

MAX_KEY = 64
Json = Mapping[str, Any]


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
    found = Operation.objects.filter(actor_id=actor_id, key=key).first()
    if found is None:
        return None
    if (found.kind, found.content) != (kind, dict(content)) or vault_id not in (None, found.vault_id):
        raise KeyReused(field="Idempotency-Key")
    answer: Json = found.answer
    return answer


def keep(
    actor_id: int, key: str, kind: Deed, vault_id: UUID, content: Json, answer: Json, now: datetime
) -> None:
    """With the change, in its transaction. `content` and `answer` are plain JSON."""
    assert connection.in_atomic_block
    assert 0 < len(key) <= MAX_KEY, key
    fault_point("deed_keeping")
    Operation.objects.create(
        actor_id=actor_id,
        key=key,
        kind=kind,
        vault_id=vault_id,
        content=dict(content),
        answer=dict(answer),
        created_at=now,
    )
    fault_point("deed_kept")
    transaction.on_commit(lambda: fault_point("deed_committed"))
