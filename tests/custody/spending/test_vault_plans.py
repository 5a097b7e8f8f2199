"""A vault's plan takes the coins that it may, leaves the rest, and never pays miners beyond the terms."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.errors import DomainError
from custody.bitcoin.keys import key_text
from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import OutPoint, Payment, Role, Tx, TxIn, TxOut
from custody.models import Coin, CoinSource, FeeEstimate, Spend, SpendCoin, WatchedScript
from custody.services.spending.pay import FALLBACK_RATE
from custody.services.spending.vaults import (
    PlannedSpend,
    Quote,
    drop_vault_spend,
    plan_vault_spend,
    plan_vault_sweep,
    quote_vault_spend,
    quote_vault_sweep,
    vault_fee_rate,
)
from custody.services.vault_wallets import open_vault_wallet
from tests.custody.spending.vault_scene import REFERENCE, planned, vault_address
from tests.custody.support.house import know_keys, person
from tests.custody.support.paying import BTC
from tests.custody.support.wallets import account, address
from tests.custody.withdrawals.scene import new_terms

RATE = 3_000
SWEEP: dict[str, Any] = {"reference": REFERENCE, "address": address("carol"), "fee_rate": RATE}


@pytest.fixture(autouse=True)
def vault(db: None, settings: Settings) -> None:
    settings.CUSTODY, settings.BITCOIN_NETWORK, settings.SIGNERS = True, "regtest", {}
    know_keys()
    open_vault_wallet(person("alice").pk, REFERENCE, key_text(account("user", Role.USER).key))


def coin(sats: int, *, height: int | None = 1) -> Coin:
    """In the vault, by a transaction of its own."""
    watched = WatchedScript.objects.get(wallet=REFERENCE, branch=0)
    came_from = OutPoint(sha256(f"{Coin.objects.count()}".encode()).hexdigest(), 0)
    made = Tx(2, (TxIn(came_from),), (TxOut(sats, bytes(watched.script)),))
    CoinSource.objects.create(txid=txid(made), raw=serialize(made))
    return Coin.objects.create(txid=txid(made), vout=0, watched=watched, value_sats=sats, height=height)


def sweep(name: str = "close", **changes: Any) -> PlannedSpend:
    return plan_vault_sweep(payment_reference=name, **(SWEEP | changes))


def refusal(work: Callable[[], object]) -> DomainError:
    before = Spend.objects.count()
    with pytest.raises(DomainError) as refused:
        work()
    assert Spend.objects.count() == before
    return refused.value


def test_it_takes_only_the_coins_that_it_may() -> None:
    small, large = coin(BTC), coin(3 * BTC)
    values: dict[str, Any] = {"reference": REFERENCE, "fee_rate": RATE, "coin_ids": [small.pk]}
    payments = [Payment(address("carol"), BTC // 2, "one")]
    one = plan_vault_spend(payments=payments, **values)

    assert one.coin_ids == (small.pk,)
    assert (one.amount_sats, one.change_sats) == (BTC // 2, BTC - BTC // 2 - one.fee_sats)
    assert list(SpendCoin.objects.values_list("coin_id", flat=True)) == [small.pk]
    error = refusal(lambda: plan_vault_spend(payments=payments, **values))
    assert (error.code, error.details["available"]) == ("INSUFFICIENT_FUNDS", "0.00000000")
    assert planned(BTC, "two").coin_ids == (large.pk,)


def test_neither_another_vaults_coins_nor_unconfirmed_ones_are_taken() -> None:
    open_vault_wallet(person("alice").pk, "vault:2", key_text(account("user", Role.USER).key))
    unconfirmed, confirmed = coin(BTC, height=None), coin(BTC)
    assert refusal(lambda: sweep(coin_ids=[unconfirmed.pk])).code == "INSUFFICIENT_FUNDS"
    error = refusal(lambda: sweep(reference="vault:2", coin_ids=[confirmed.pk]))
    assert error.code == "INSUFFICIENT_FUNDS"


def test_a_sweep_leaves_nothing_of_what_it_may_take() -> None:
    coins = [coin(BTC), coin(2 * BTC), coin(50_000)]
    quote = quote_vault_sweep(**SWEEP)
    one = sweep()

    assert set(one.coin_ids) == {each.pk for each in coins}
    assert one.amount_sats + one.fee_sats == 3 * BTC + 50_000
    assert one.change_sats == 0
    assert quote == Quote(one.amount_sats, one.fee_sats, 0, one.coin_ids)


def test_a_sweep_leaves_coins_that_cost_more_than_they_bring() -> None:
    worth, dust = coin(BTC), coin(1_000)
    assert sweep(fee_rate=30_000).coin_ids == (worth.pk,)
    assert refusal(lambda: sweep("rest", fee_rate=30_000, coin_ids=[dust.pk])).code == "INSUFFICIENT_FUNDS"


def test_a_sweep_of_more_coins_than_a_transaction_takes_begins_with_the_largest() -> None:
    coins = [coin(100_000 + number) for number in range(103)]
    assert set(sweep("first").coin_ids) == {each.pk for each in coins[3:]}
    assert set(sweep("second").coin_ids) == {each.pk for each in coins[:3]}


def test_a_sweep_of_dust_is_refused() -> None:
    coin(700)
    assert refusal(sweep).code == "DUST"


def test_miners_never_get_more_than_the_terms_say() -> None:
    coin(BTC)
    new_terms(max_fee_sats=1_000)
    payments = [Payment(address("carol"), BTC // 2, "one")]
    for work in (
        lambda: plan_vault_spend(reference=REFERENCE, payments=payments, fee_rate=10_000),
        lambda: sweep(fee_rate=10_000),
        lambda: quote_vault_sweep(**(SWEEP | {"fee_rate": 10_000})),
    ):
        error = refusal(work)
        assert (error.code, error.details["maximum"]) == ("FEE_TOO_HIGH", "0.00001000")
    assert sweep(fee_rate=1_000).fee_sats <= 1_000


def test_a_sweep_that_would_cost_too_much_begins_with_the_largest() -> None:
    coins = [coin(BTC + number) for number in range(10)]
    new_terms(max_fee_sats=1_200)
    one = sweep(fee_rate=2_000)
    assert 1 < len(one.coin_ids) < 10
    assert one.fee_sats <= 1_200
    assert set(one.coin_ids) == {each.pk for each in coins[-len(one.coin_ids) :]}


def test_a_quote_is_what_is_planned_and_holds_nothing() -> None:
    coin(BTC)
    to: dict[str, Any] = {"reference": REFERENCE, "address": address("carol"), "fee_rate": RATE}
    quote = quote_vault_spend(amount_sats=BTC // 2, **to)
    assert not SpendCoin.objects.exists()
    one = planned(BTC // 2)
    assert quote == Quote(BTC // 2, one.fee_sats, one.change_sats, one.coin_ids)


def test_what_was_dropped_can_be_planned_again() -> None:
    coin(BTC)
    first = planned(BTC // 2)
    drop_vault_spend(spend_id=first.spend_id)
    assert planned(BTC // 2, "again").txid == first.txid


def test_the_rate_is_that_of_the_latest_turn_within_the_terms() -> None:
    assert vault_fee_rate() == FALLBACK_RATE
    now = timezone.now()
    FeeEstimate.objects.create(rate=7_000, at=now)
    assert vault_fee_rate(now) == 7_000
    assert vault_fee_rate(now + timedelta(hours=2)) == FALLBACK_RATE
    new_terms(max_fee_rate=5_000)
    assert vault_fee_rate(now) == 5_000


def test_nothing_is_planned_for_a_vault_that_is_none_or_to_no_address() -> None:
    coin(BTC)
    assert refusal(lambda: sweep(reference="vault:9")).code == "NOT_FOUND"
    for bad in ("", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", vault_address()[:-1]):
        assert refusal(partial(sweep, address=bad)).code == "INVALID_ADDRESS"
