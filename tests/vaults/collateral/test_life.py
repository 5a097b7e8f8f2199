"""The whole life of a vault, from its first deposit to the last coin at home.

Its owner signs with another library, and Bitcoin Core's engine judges the blocks.
"""

from ledger.rules import Purpose
from tests.custody.support.house import balance
from tests.vaults.collateral.scene import BTC, HOME, Life
from vaults.models import CollateralWithdrawal
from vaults.services.scanning import run_once


def test_it_lives_from_the_first_deposit_to_the_last_coin_at_home(life: Life) -> None:
    assert life.vault.status == "PENDING"
    life.send(2 * BTC)
    life.follow()
    assert life.coins() == [(2 * BTC, "SEEN")]
    assert (life.vault.status, life.vault.collateral_sats) == ("PENDING", 0)

    life.mine()
    assert life.coins() == [(2 * BTC, "CREDITED")]
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 2 * BTC)

    life.mint(30_000)
    life.price(20_000)
    run_once(life.now)
    assert life.vault.status == "LIQUIDATING"
    life.deposit(BTC)  # which saves it, before any scan
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 3 * BTC)
    life.price(60_000)

    row = life.take(BTC)
    assert life.vault.collateral_sats == 2 * BTC - row.fee_sats  # at once, though nobody has signed
    life.sign(row)
    assert life.statuses() == ["SIGNED"]
    life.pay()
    assert life.statuses() == ["BROADCAST"]
    life.mine()
    assert life.statuses() == ["CONFIRMED"]
    assert life.vault.collateral_sats == 2 * BTC - row.fee_sats
    assert life.at_home() == BTC

    life.repay()
    last = life.close()
    assert last is not None
    assert (life.vault.status, life.vault.collateral_sats) == ("CLOSING", 0)
    life.send_off(last)

    assert life.vault.status == "CLOSED"
    assert life.at_home() == 3 * BTC - row.fee_sats - last.fee_sats
    assert {status for _, status in life.coins()} == {"SPENT"}
    assert balance(Purpose.HOT_WALLET) == 0  # a vault's bitcoin never was the house's
    assert life.events() == [
        "OPENED",
        "COLLATERAL_ADDED",
        "MINTED",
        "LIQUIDATING",
        "COLLATERAL_ADDED",
        "WITHDRAWAL_PLANNED",
        "WITHDRAWAL_SIGNED",
        "WITHDRAWAL_BROADCAST",
        "WITHDRAWAL_CONFIRMED",
        "REPAID",
        "WITHDRAWAL_PLANNED",
        "WITHDRAWAL_SIGNED",
        "WITHDRAWAL_BROADCAST",
        "WITHDRAWAL_CONFIRMED",
        "CLOSED",
    ]
    assert CollateralWithdrawal.objects.filter(address=HOME).count() == 2
