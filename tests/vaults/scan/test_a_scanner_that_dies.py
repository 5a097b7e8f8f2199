"""A scanner that is killed between two chunks, or in one: what it has not committed the next one does."""

import pytest
from django.db import connection

from access.exclusive import alone
from access.models import Notice
from ledger.streams import events_of
from tests.vaults.rules.amounts import e8
from tests.vaults.scan.at_price import price, status
from tests.vaults.support.rows import E8, NOON, funded_vault
from vaults.services import scanning
from vaults.services.restating import Restated
from vaults.services.scanning import SCAN_LOCK, run_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed_assets")]


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def test_the_next_one_goes_on_and_nobody_is_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    vaults = [funded_vault(debt=debt * E8) for debt in (3_300, 3_200, 3_100)]
    price(e8(45_000))
    seen: list[str] = []

    def die_at_the_second(one: Restated) -> None:
        seen.append(one.key)
        if len(seen) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(scanning, "notice_of", die_at_the_second)
        with pytest.raises(Killed):
            run_once(NOON, chunk=1)
    assert [status(vault) for vault in vaults] == ["LIQUIDATING", "ACTIVE", "ACTIVE"]
    with alone(SCAN_LOCK) as is_mine:
        assert is_mine
    assert run_once(NOON).changed == 2
    assert [status(vault) for vault in vaults] == ["LIQUIDATING"] * 3
    for vault in vaults:
        assert [event.version for event in events_of(vault.stream)] == [1, 2, 3, 4]
    assert Notice.objects.count() == 2


def test_a_connection_that_is_cut_gives_its_locks_back() -> None:
    vault = funded_vault(debt=3_300 * E8)
    price(e8(45_000))
    with alone(SCAN_LOCK), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        connection.close()
    assert run_once(NOON).changed == 1
    assert status(vault) == "LIQUIDATING"
