"""What an owner is told when the price moves his vault: once for each entry, and nothing else."""

import pytest

from access.models import Notice
from tests.vaults.rules.amounts import e8
from tests.vaults.scan.at_price import price, scan_at
from tests.vaults.support.rows import E8, NOON, funded_vault
from vaults.services.scanning import run_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assets")]


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("kind", "key"))


def test_each_entry_into_a_state_is_told_once_and_by_its_version() -> None:
    vault = funded_vault(debt=3_000 * E8)
    for dollars in (46_000, 46_000, 40_000, 40_000, 46_000, 60_000, 46_000):
        scan_at(e8(dollars))
    first = 4  # opened, credited and minted come before
    assert told() == [
        ("VAULT_WARNING", f"vault:{vault.pk}:{first}"),
        ("VAULT_LIQUIDATING", f"vault:{vault.pk}:{first + 1}"),
        ("VAULT_RECOVERED", f"vault:{vault.pk}:{first + 2}"),
        ("VAULT_WARNING", f"vault:{vault.pk}:{first + 4}"),
    ]


def test_it_says_which_vault_how_it_stands_and_what_helps() -> None:
    vault = funded_vault(debt=3_000 * E8, label="house")
    scan_at(e8(45_000) - 1)
    notice = Notice.objects.get()
    assert notice.user_id == vault.owner_id
    assert notice.text == (
        'Your vault "house", at 149.99 % by a price of 44999.99, is below 150.00 % and may be '
        "liquidated now. Add bitcoin or repay to save it."
    )
    assert notice.data == {
        "vault_id": str(vault.pk),
        "version": 4,
        "status": "LIQUIDATING",
        "price": "44999.99999999",
        "debt": "3000.00000000",
        "collateral": "0.10000000",
        "ratio": "1.499999",
        "liquidation_ratio": "1.500000",
    }


def test_nobody_is_told_of_a_turn_that_changed_nothing() -> None:
    funded_vault(debt=3_000 * E8)
    price(e8(60_000))
    assert run_once(NOON).changed == 0
    assert told() == []
