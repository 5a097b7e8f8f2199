"""What was signed with the hot key since a backup, as the signer's own journal has it.

Values only, and where they are read from; nothing is written here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from custody.bitcoin.types import OutPoint, Payment, Purpose, Role
from custody.signers.remote import RemoteSigner
from custody.signers.signer import Signer
from custody.signers.wire import Asked

PAGE = 25  # each may have a hundred coins, and an answer is 2 MB at most
MOST_PAGES = 4_000
CLOCKS_DIFFER = timedelta(hours=1)  # at most, between the signer's and the database's
_MAY_BE_SIGNED = ("SIGNED", "ASKED")


@dataclass(frozen=True, slots=True)
class Signed:
    """A transaction that may exist. `name` and `version` are what the signer knows it by."""

    name: str
    version: int
    purpose: Purpose
    txid: str
    outpoints: tuple[OutPoint, ...]
    payments: tuple[Payment, ...]
    change_address: str
    change_sats: int
    fee_sats: int
    asked_at: datetime


class NoJournal(Exception):
    """The signer cannot say what it has signed."""


def signed_since(signer: Signer | None, moment: datetime) -> list[Signed]:
    """Oldest first. Raises NoJournal, SignerUnavailable."""
    if not isinstance(signer, RemoteSigner):
        raise NoJournal
    since = int((moment - CLOCKS_DIFFER).timestamp())
    found = [one for asked in _asked(signer, since) if (one := _signed(asked)) is not None]
    return sorted(found, key=lambda one: (one.asked_at, one.name, one.version))


def _asked(signer: RemoteSigner, since: int) -> Iterator[Asked]:
    before = 0
    for _ in range(MOST_PAGES):
        page = signer.journal(limit=PAGE, before=before)
        yield from (one for one in page if one.asked_at >= since)
        if len(page) < PAGE or page[-1].asked_at < since:
            return
        before = page[-1].id
    raise NoJournal


def _signed(asked: Asked) -> Signed | None:
    """None of what concerns no withdrawal of the house's wallet, or was refused."""
    content = asked.content
    is_ours = asked.role == Role.HOT and asked.deed == "sign" and asked.outcome in _MAY_BE_SIGNED
    if not is_ours or not content.get("txid"):
        return None
    change: dict[str, Any] = content["change"] or {"address": "", "sats": 0}
    return Signed(
        name=content["spend_id"],
        version=content["version"],
        purpose=Purpose(content["purpose"]),
        txid=content["txid"],
        outpoints=tuple(OutPoint(one["txid"], one["vout"]) for one in content["inputs"]),
        payments=tuple(Payment(one["address"], one["sats"], one["reference"]) for one in content["payments"]),
        change_address=change["address"],
        change_sats=change["sats"],
        fee_sats=content["fee_sats"],
        asked_at=datetime.fromtimestamp(asked.asked_at, UTC),
    )
