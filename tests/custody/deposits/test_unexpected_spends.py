"""Coins of a vault or of the hot wallet that somebody spends without us: told until it is looked at."""

import pytest

from access.services import Origin
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import OutPoint, Role, TxOut
from custody.errors import InvalidState
from custody.models import Coin, Deposit, UnexpectedSpend, WatchedScript
from custody.selectors import coins_of_wallet, unexpected_spends
from custody.services.unexpected import end_unexpected_spend
from custody.services.vault_wallets import open_vault_wallet
from tests.custody.support.fake_chain import spend
from tests.custody.support.house import BTC, CustodyHouse, coins_of, person
from tests.custody.support.wallets import account
from tests.support.invariants import assert_invariants_hold


@pytest.fixture
def vault_coin(house: CustodyHouse) -> OutPoint:
    """A confirmed bitcoin of Alice's vault."""
    house.watch()
    open_vault_wallet(person("alice").pk, "vault:1", key_text(account("user", Role.USER).key))
    script = WatchedScript.objects.get(wallet="vault:1", branch=0).script
    txid = house.chain.pay(bytes(script), BTC)
    house.chain.mine()
    house.watch()
    return OutPoint(txid, 0)


def take(house: CustodyHouse, coin: OutPoint, sats: int = BTC - 5_000) -> str:
    return house.chain.send(spend([coin], [TxOut(sats, b"\x51")]))


def test_a_vaults_coin_is_no_deposit_and_not_booked(house: CustodyHouse, vault_coin: OutPoint) -> None:
    assert not Deposit.objects.exists()
    assert [coin.is_booked for coin in coins_of_wallet("vault:1")] == [False]
    assert_invariants_hold()


def test_it_is_told_while_it_is_in_the_mempool(house: CustodyHouse, vault_coin: OutPoint) -> None:
    thief = take(house, vault_coin)
    house.watch()

    [noted] = unexpected_spends()
    assert (noted.txid, noted.coin.outpoint) == (thief, vault_coin)

    house.chain.mine()
    house.watch()
    assert UnexpectedSpend.objects.count() == 1
    assert not coins_of_wallet("vault:1").exists()
    [coin] = coins_of(vault_coin.txid)
    assert (coin.spent_by, coin.spent_height) == (thief, house.chain.height)


def test_it_ends_when_the_network_undoes_it_and_begins_anew(
    house: CustodyHouse, vault_coin: OutPoint
) -> None:
    thief = take(house, vault_coin)
    tx = house.chain.transaction(thief)
    assert tx is not None
    house.chain.mine()
    house.watch()
    house.reorg(1, keep=False)
    assert unexpected_spends() == []
    assert Coin.objects.get(txid=vault_coin.txid).spent_by == ""

    house.chain.send(tx)
    house.watch()

    assert [noted.txid for noted in unexpected_spends()] == [thief]


def test_who_has_looked_at_it_is_not_told_again(house: CustodyHouse, vault_coin: OutPoint) -> None:
    take(house, vault_coin)
    house.watch()
    [noted] = unexpected_spends()

    end_unexpected_spend(spend_id=noted.pk, origin=Origin(ip="10.0.0.1"), reason="the owner recovered it")
    house.chain.mine()
    house.watch()

    assert unexpected_spends() == []
    with pytest.raises(InvalidState):
        end_unexpected_spend(spend_id=noted.pk, origin=Origin(), reason="twice")


def test_a_stolen_coin_of_the_hot_wallet_is_told(house: CustodyHouse) -> None:
    house.watch()
    txid = house.deposit("alice", BTC)
    take(house, OutPoint(txid, 0))
    house.watch()

    assert [noted.coin.txid for noted in unexpected_spends()] == [txid]
    assert_invariants_hold()
