"""A vault's coins may be spent without the house: that stops nobody's withdrawals, and ends by itself."""

from custody.bitcoin.types import OutPoint, TxOut
from custody.models import Coin, Spend, SpendVersion
from custody.selectors_vaults import spends_of_vaults
from custody.selectors_withdrawals import open_stop
from custody.services.spending.contest import contest
from custody.services.spending.vaults import PlannedSpend, plan_vault_spend
from custody.services.watching.reviews import review
from tests.custody.support.fake_chain import spend
from tests.custody.support.house import BTC, CustodyHouse
from tests.custody.support.wallets import pay
from tests.custody.watching.vault_scene import VAULT, script


def planned(house: CustodyHouse, *, is_asked: bool) -> PlannedSpend:
    house.chain.pay(script(), BTC)
    house.chain.mine()
    house.watch()
    one = plan_vault_spend(reference=VAULT, payments=[pay(BTC // 2, "out")], fee_rate=3_000)
    if is_asked:
        Spend.objects.filter(pk=one.spend_id).update(status="BROADCAST")
        SpendVersion.objects.update(asked_at=house.position().polled_at, raw=b"signed")
    return one


def take_with_backup(house: CustodyHouse) -> None:
    coin = Coin.objects.get(watched__wallet=VAULT, value_sats=BTC)
    house.chain.send(spend([OutPoint(coin.txid, coin.vout)], [TxOut(BTC - 1_000, b"\x51")]))
    house.chain.mine()
    house.watch()


def status(one: PlannedSpend) -> str:
    return str(spends_of_vaults([one.spend_id])[one.spend_id].status)


def test_a_plan_that_nobody_was_asked_for_ends_at_once(vault: CustodyHouse) -> None:
    one = planned(vault, is_asked=False)
    take_with_backup(vault)
    assert status(one) == "DROPPED"
    assert open_stop() is None


def test_one_that_may_be_signed_ends_six_blocks_later(vault: CustodyHouse) -> None:
    one = planned(vault, is_asked=True)
    take_with_backup(vault)
    assert status(one) == "CONTESTED"
    assert open_stop() is None
    vault.chain.mine(4)
    vault.watch()
    assert status(one) == "CONTESTED"
    vault.chain.mine()
    vault.watch()
    assert status(one) == "DROPPED"
    assert not review()


def test_missing_coins_of_a_vault_stop_nobody(vault: CustodyHouse) -> None:
    """Who pays a vault may spend the same coins again, at will."""
    one = planned(vault, is_asked=True)
    assert contest(one.spend_id, "", "its coins are gone")
    assert (status(one), open_stop()) == ("CONTESTED", None)
    assert not contest(one.spend_id, "", "again")
