"""Before anybody signs, the browser says what goes where, and refuses what its owner did not ask for."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page

from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import Change, Payment, Place, SpendPlan
from tests.browser.keys.scene import EXPORT, FEE, INDEX, VAULT, Asked, asked, btc, planned
from tests.browser.market.modules import ask
from tests.custody.support.psbt_maps import (
    FINAL_SCRIPTWITNESS,
    NON_WITNESS_UTXO,
    SIGHASH_TYPE,
    UNSIGNED_TX,
    WITNESS_SCRIPT,
    WITNESS_UTXO,
    maps_of,
)
from tests.custody.support.wallets import BTC, address, coin, pay, vault_wallet

pytestmark = pytest.mark.long
_SHOWN = """({explain}, {psbt, export: kept, withdrawal, known}) => {
  const {problems, lines, feeRate, payments} = explain(psbt, kept, withdrawal, known);
  return {problems, lines, feeRate, kinds: payments.map(one => one.kind)};
}"""
PLAN = planned()


def explained(page: Page, given: dict[str, Any]) -> Any:
    return ask(page, "keys/psbt_reading.js", _SHOWN, given)


def test_it_is_said_who_gets_what_what_comes_back_and_what_miners_get(modules: Page) -> None:
    shown = explained(modules, asked(planned(coins=2)).given())
    assert shown["problems"] == []
    assert shown["kinds"] == ["asked", "vault"]
    spends, to, back, fee = shown["lines"]
    assert spends == "It spends 2.00000000 BTC in 2 coins of your vault."
    assert to == f"0.25000000 BTC to {address()}."
    assert back.startswith("1.74997500 BTC to bcrt1")
    assert back.endswith("back into your vault (checked by its keys).")
    assert fee == f"0.00002500 BTC to the miners: {shown['feeRate']} sat/vB."
    assert shown["feeRate"] == "8.5"


def other_coin() -> SpendPlan:
    """Of another 2-of-3 in which the owner's key is, too."""
    wallet = replace(VAULT, keys=(VAULT.keys[0], *vault_wallet("mallory").keys[1:]))
    stolen = replace(wallet, keys=(VAULT.keys[0], vault_wallet("mallory").keys[0], VAULT.keys[2]))
    return replace(PLAN, wallet=stolen, inputs=(coin(stolen, BTC, index=INDEX),))


def change_elsewhere() -> str:
    """The owner's key and two strangers get what should come back."""
    assert PLAN.change is not None
    lost = Payment(address("mallory"), PLAN.change.value_sats, "x")
    return psbt_of(replace(PLAN, payments=(*PLAN.payments, lost), change=None))


def spoiled(spoil: Callable[[Any], object], plan: SpendPlan = PLAN) -> str:
    maps = maps_of(psbt_of(plan))
    spoil(maps)
    return maps.text()


def lying_previous() -> str:
    """The transaction that made the coin, with another value in it: the fee would be hidden."""
    spent = PLAN.inputs[0]
    made = coin(VAULT, 2 * BTC, index=INDEX)
    assert made.outpoint != spent.outpoint
    return spoiled(lambda maps: maps.put(1, NON_WITNESS_UTXO, made.previous_tx))


def locked_until_later() -> str:
    def lock(maps: Any) -> None:
        raw = maps.get(0, UNSIGNED_TX)
        maps.put(0, UNSIGNED_TX, raw[:-4] + (900_000).to_bytes(4, "little"))

    return spoiled(lock)


BAD_PSBTS: dict[str, tuple[Callable[[], str], str]] = {
    "another vault's coin": (lambda: psbt_of(other_coin()), "not of this vault"),
    "change to others": (change_elsewhere, "which nobody asked for"),
    "more to the address": (lambda: psbt_of(planned(BTC // 2)), "were asked for"),
    "another address": (
        lambda: psbt_of(replace(PLAN, payments=(pay(BTC // 4, name="mallory"),))),
        "which nobody asked for",
    ),
    "another fee": (lambda: psbt_of(planned(fee=90_000)), "Its fee is not the"),
    "another sighash": (
        lambda: spoiled(lambda maps: maps.put(1, SIGHASH_TYPE, (0x83).to_bytes(4, "little"))),
        "another SIGHASH than ALL",
    ),
    "no previous transaction": (
        lambda: spoiled(lambda maps: maps.drop(1, NON_WITNESS_UTXO)),
        "nobody can say what it is worth",
    ),
    "a lying previous transaction": (lying_previous, ""),
    "another script": (
        lambda: spoiled(lambda maps: maps.put(1, WITNESS_SCRIPT, b"\x51")),
        "",
    ),
    "a lying value": (
        lambda: spoiled(lambda maps: maps.put(1, WITNESS_UTXO, (5).to_bytes(8, "little") + b"\x01\x51")),
        "",
    ),
    "signed to the end": (
        lambda: spoiled(lambda maps: maps.put(1, FINAL_SCRIPTWITNESS, b"\x01\x01\x51")),
        "",
    ),
    "a lock time": (locked_until_later, "locked until later"),
    "no PSBT": (lambda: "cHNidP8=", "no PSBT"),
    "nothing": (lambda: "", "no PSBT"),
    "too much": (lambda: "A" * 1_500_000, "too long"),
}


@pytest.mark.parametrize("name", BAD_PSBTS)
def test_it_refuses_a_psbt_that_does_something_else(modules: Page, name: str) -> None:
    make, said = BAD_PSBTS[name]
    shown = explained(modules, asked(PLAN, make()).given())
    assert shown["problems"] != []
    assert said in " ".join(shown["problems"])


def test_it_refuses_a_fee_that_no_block_needs_even_where_the_house_says_so(modules: Page) -> None:
    shown = explained(modules, asked(planned(fee=3_100_000)).given())
    assert any("far more than any block needs" in problem for problem in shown["problems"])


def test_a_small_rest_may_cost_more_than_it_brings(modules: Page) -> None:
    """Else nobody could close a vault of crumbs."""
    crumbs = (coin(VAULT, 6_000, index=INDEX),)
    plan = replace(PLAN, inputs=crumbs, payments=(pay(2_500),), change=None, fee_sats=3_500)
    assert explained(modules, asked(plan).given())["problems"] == []


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"address": address("alice-at-home")}, "another address than you typed"),
        ({"amount": btc(BTC // 5)}, "another amount than you typed"),
        ({"descriptor": "wsh(sortedmulti(2,..))#xxxxxxxx"}, "keys of this vault are other ones"),
    ],
)
def test_it_refuses_what_differs_from_what_the_owner_knows(
    modules: Page, known: dict[str, str], said: str
) -> None:
    shown = explained(modules, asked(PLAN).given(**known))
    assert said in " ".join(shown["problems"])


def facts_with(**changes: object) -> str:
    return json.dumps({**json.loads(EXPORT), **changes})


@pytest.mark.parametrize(
    "export",
    [
        "",
        "[]",
        facts_with(index=INDEX + 1),
        facts_with(network="main"),
        facts_with(descriptor=json.loads(EXPORT)["descriptor"][:-1] + "x"),
        facts_with(keys=json.loads(EXPORT)["keys"][::-1]),
        facts_with(addresses={"receive": address(), "change": address()}),
        facts_with(format="other"),
    ],
)
def test_it_refuses_an_export_that_contradicts_itself(modules: Page, export: str) -> None:
    shown = explained(modules, {**asked(PLAN).given(), "export": export})
    assert shown["problems"] != []


def test_a_vault_that_pays_itself_is_shown_as_such(modules: Page) -> None:
    shown = explained(modules, Asked(psbt_of(PLAN), asked(PLAN).withdrawal).given())
    assert shown["kinds"] == ["asked", "vault"]
    split = replace(PLAN, change=Change(Place(1, INDEX), BTC - BTC // 4 - FEE))
    assert explained(modules, asked(split).given())["problems"] == []
