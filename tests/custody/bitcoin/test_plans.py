"""A plan says of its coins what their transactions say, and whoever holds it makes the same transaction."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import BadKey, BitcoinError, PlanFault, PlanMismatch
from custody.bitcoin.plans import (
    MAX_INPUTS,
    MAX_PAYMENTS,
    check_plan,
    dust_sats,
    estimated_vbytes,
    unsigned_tx,
)
from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import (
    CHANGE,
    RECEIVE,
    SEQUENCE_RBF,
    Change,
    Network,
    OutPoint,
    Payment,
    Place,
    SpendPlan,
)
from tests.custody.support.wallets import BTC, address, coin, hot_wallet, pay, plan_of, vault_wallet

HOT, VAULT = hot_wallet(), vault_wallet()
PLAN = plan_of(HOT, pay(30_000_000), coins=(coin(HOT, BTC, number=1), coin(HOT, BTC, index=3, number=2)))


def fault(plan: SpendPlan) -> PlanFault:
    with pytest.raises(PlanMismatch) as refusal:
        check_plan(plan)
    return refusal.value.reason


def with_input(**changes: object) -> SpendPlan:
    first, *others = PLAN.inputs
    return replace(PLAN, inputs=(replace(first, **changes), *others))  # type: ignore[arg-type]


def paying(*sats: int, fee: int = 2_000) -> SpendPlan:
    payments = tuple(pay(value, f"withdrawal:{at}") for at, value in enumerate(sats))
    rest = sum(one.value_sats for one in PLAN.inputs) - sum(sats) - fee
    return replace(PLAN, payments=payments, change=Change(Place(CHANGE, 0), rest), fee_sats=fee)


def test_a_good_plan_is_accepted_and_its_transaction_is_replaceable() -> None:
    check_plan(PLAN)
    tx = unsigned_tx(PLAN)
    assert [one.outpoint for one in tx.inputs] == [one.outpoint for one in PLAN.inputs]
    assert {(one.sequence, one.script_sig, one.witness) for one in tx.inputs} == {(SEQUENCE_RBF, b"", ())}
    assert (tx.version, tx.lock_time) == (2, 0)


def test_payments_come_in_their_order_and_then_the_change() -> None:
    plan = paying(5_000, 4_000, 6_000)
    tx = unsigned_tx(plan)
    assert [one.value_sats for one in tx.outputs[:3]] == [5_000, 4_000, 6_000]
    assert tx.outputs[3].script == script_at(HOT, Place(CHANGE, 0)).script


def test_a_plan_that_leaves_no_change_is_good() -> None:
    check_plan(plan_of(HOT, pay(BTC - 500), fee=500))


def test_a_plan_that_pays_only_its_own_wallet_is_good() -> None:
    check_plan(plan_of(HOT, fee=500))


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (replace(PLAN, inputs=()), PlanFault.SIZE),
        (replace(PLAN, inputs=PLAN.inputs * (MAX_INPUTS // 2 + 1)), PlanFault.SIZE),
        (replace(PLAN, payments=PLAN.payments * (MAX_PAYMENTS + 1)), PlanFault.SIZE),
        (replace(PLAN, payments=(), change=None), PlanFault.OUTPUTS),
        (replace(PLAN, inputs=PLAN.inputs[:1] * 2), PlanFault.INPUT_TWICE),
        (with_input(outpoint=OutPoint("22" * 32, 0)), PlanFault.PREVIOUS_TX),
        (with_input(outpoint=OutPoint(PLAN.inputs[0].outpoint.txid, 1)), PlanFault.PREVIOUS_TX),
        (with_input(outpoint=OutPoint(PLAN.inputs[0].outpoint.txid, -1)), PlanFault.PREVIOUS_TX),
        (with_input(previous_tx=PLAN.inputs[1].previous_tx), PlanFault.PREVIOUS_TX),
        (with_input(previous_tx=b""), PlanFault.PREVIOUS_TX),
        (with_input(previous_tx=b"junk"), PlanFault.PREVIOUS_TX),
        (with_input(value_sats=BTC + 1), PlanFault.VALUE),
        (with_input(place=Place(RECEIVE, 9)), PlanFault.SCRIPT),
        (with_input(place=Place(CHANGE, 0)), PlanFault.SCRIPT),
        (replace(PLAN, fee_sats=1_999), PlanFault.SUM),
        (replace(PLAN, fee_sats=2_001), PlanFault.SUM),
        (replace(PLAN, change=None), PlanFault.SUM),
        (paying(5_000, fee=-1), PlanFault.FEE),
        (paying(293), PlanFault.DUST),
        (paying(0), PlanFault.DUST),
        (paying(-5_000), PlanFault.VALUE),
        (paying(2**63), PlanFault.VALUE),
        (paying(2 * BTC - 2_000), PlanFault.DUST),  # a change of nothing
        (replace(PLAN, payments=(Payment(address(network=Network.MAIN), 5_000, "a"),)), PlanFault.ADDRESS),
        (replace(PLAN, payments=(Payment("", 5_000, "a"),)), PlanFault.ADDRESS),
        (replace(PLAN, wallet=VAULT), PlanFault.SCRIPT),
    ],
)
def test_it_refuses_a_plan_that_is_not_so(plan: SpendPlan, reason: PlanFault) -> None:
    assert fault(plan) is reason


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plan: replace(plan, wallet=replace(plan.wallet, keys=plan.wallet.keys * 2)),
        lambda plan: replace(plan, change=Change(Place(2, 0), 1_000)),
        lambda plan: replace(plan, change=Change(Place(CHANGE, 2**31), 1_000)),
    ],
)
def test_it_refuses_a_wallet_or_a_place_that_is_none(spoil: Callable[[SpendPlan], SpendPlan]) -> None:
    with pytest.raises(BadKey):
        check_plan(spoil(PLAN))


def test_as_many_inputs_and_payments_as_allowed_are_good() -> None:
    coins = tuple(coin(HOT, BTC, number=number) for number in range(MAX_INPUTS))
    payments = tuple(pay(10_000, f"withdrawal:{at}") for at in range(MAX_PAYMENTS))
    check_plan(plan_of(HOT, *payments, coins=coins))


@pytest.mark.parametrize(
    ("text", "sats"),
    [
        ("bcrt1q6z64a43mjgkcq0ul2znwneq3spghrlau9slefp", 294),
        ("bcrt1qv2qlf7fn2fjen9d2xe0jdu73ah6g50e40z0drscllfq3md36x9pq8yylh7", 330),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", 546),
        ("2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", 540),
    ],
)
def test_dust_depends_on_what_it_costs_to_spend_it(text: str, sats: int) -> None:
    assert dust_sats(read_address(text, Network.REGTEST)) == sats


def test_taproot_dust_is_that_of_other_long_programs() -> None:
    assert dust_sats(b"\x51\x20" + bytes(32)) == 330


@pytest.mark.parametrize(("outputs", "size"), [(1, 146), (2, 177), (3, 208)])
def test_a_2_of_3_is_at_most_as_large_as_the_shared_cases_say(outputs: int, size: int) -> None:
    assert estimated_vbytes(VAULT, 1, [b"\0\x14" + bytes(20)] * outputs) == size


@pytest.mark.parametrize(
    ("inputs", "outputs", "size"), [(1, 1, 110), (1, 2, 141), (2, 2, 209), (100, 100, 9911)]
)
def test_a_single_key_is_at_most_as_large_as_everybody_says(inputs: int, outputs: int, size: int) -> None:
    assert estimated_vbytes(HOT, inputs, [b"\0\x14" + bytes(20)] * outputs) == size


def test_the_same_plan_is_the_same_bytes_wherever_it_is_made() -> None:
    again = plan_of(HOT, pay(30_000_000), coins=(coin(HOT, BTC, number=1), coin(HOT, BTC, index=3, number=2)))
    assert serialize(unsigned_tx(again)) == serialize(unsigned_tx(PLAN))


sats = st.integers(-10, 10**16)


@given(sats, sats, sats, st.text(max_size=50))
def test_any_figures_are_refused_or_add_up(value: int, change: int, fee: int, to: str) -> None:
    payment = replace(PLAN.payments[0], value_sats=value)
    plan = replace(PLAN, payments=(payment,), change=Change(Place(CHANGE, 0), change), fee_sats=fee)
    try:
        check_plan(plan)
    except BitcoinError:
        return
    assert value + change + fee == 2 * BTC
    with pytest.raises(BitcoinError):
        check_plan(replace(plan, payments=(replace(payment, address=to),)))
