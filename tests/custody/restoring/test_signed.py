"""The hot signer's journal is read back to the snapshot, page by page, and only what may be signed counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custody.bitcoin.types import Role
from custody.services.restoring.signed import PAGE, NoJournal, signed_since
from custody.signers.remote import RemoteSigner
from custody.signers.wire import Asked
from tests.custody.support.cosigners import SECRET
from tests.custody.support.paying import hot_signer

SNAPSHOT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def asked(number: int, *, seconds: int = 0, **changes: Any) -> Asked:
    content = {
        "spend_id": f"spend:{number}:aa:0",
        "version": 0,
        "purpose": "WITHDRAWAL",
        "txid": f"{number:064x}",
        "fee_sats": 100,
        "inputs": [{"txid": "aa", "vout": 0, "sats": 5, "address": "x"}],
        "payments": [{"address": "y", "sats": 4, "reference": "withdrawal:1"}],
        "change": None,
    }
    values: dict[str, Any] = {
        "id": number,
        "asked_at": int(SNAPSHOT.timestamp()) + seconds,
        "role": "hot",
        "deed": "sign",
        "content": content,
        "outcome": "SIGNED",
        "reason": "",
        "detail": "",
    }
    return Asked(**values | changes)


class Journal(RemoteSigner):
    def __init__(self, rows: list[Asked]) -> None:
        super().__init__(Role.HOT, "http://127.0.0.1:1", SECRET)
        self.rows = sorted(rows, key=lambda one: -one.id)
        self.pages = 0

    def journal(self, *, limit: int, before: int = 0) -> tuple[Asked, ...]:
        self.pages += 1
        return tuple(one for one in self.rows if not before or one.id < before)[:limit]


def names(rows: list[Asked]) -> list[str]:
    return [one.name for one in signed_since(Journal(rows), SNAPSHOT)]


def test_it_goes_back_as_many_pages_as_it_takes_and_no_further() -> None:
    old = [asked(number, seconds=-7_200) for number in range(1, 10 * PAGE)]
    young = [asked(10 * PAGE + number, seconds=number) for number in range(3 * PAGE)]
    journal = Journal(old + young)
    found = signed_since(journal, SNAPSHOT)
    assert [one.txid for one in found] == [one.content["txid"] for one in young]
    assert journal.pages == 4


def test_an_hour_is_between_clocks_that_differ() -> None:
    assert names([asked(1, seconds=-3_599), asked(2, seconds=-3_601)]) == ["spend:1:aa:0"]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"outcome": "ASKED"}, True),  # it died before it said what it did
        ({"outcome": "REFUSED"}, False),
        ({"outcome": "FAILED"}, False),
        ({"role": "protocol"}, False),
        ({"deed": "fixed-key"}, False),
        ({"content": {}}, False),
    ],
)
def test_what_may_have_been_signed_counts(changes: dict[str, Any], counts: bool) -> None:
    assert bool(names([asked(1, **changes)])) is counts


def test_a_signer_without_a_journal_says_so() -> None:
    for signer in (None, hot_signer()):
        with pytest.raises(NoJournal):
            signed_since(signer, SNAPSHOT)
