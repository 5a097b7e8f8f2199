"""Money that moves at once, and once for each key."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from ledger import services
from ledger.errors import (
    AccountNotFound,
    AmountOutOfRange,
    AssetMismatch,
    DemoOnly,
    InsufficientFunds,
    SameAccount,
    TransferKeyReused,
)
from ledger.models import Transfer
from ledger.money import INT64_MAX
from ledger.rules import Purpose
from ledger.selectors import identity_violations
from tests.ledger.scene import funding, hold, house, move, stands_at, user

pytestmark = pytest.mark.usefixtures("ledger")

CASES = json.loads((Path(__file__).parent.parent / "cases" / "ledger_cases.json").read_text())["cases"]


def test_a_transfer_debits_one_account_and_credits_the_other() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    transfer = move(alice, bob, 40)
    assert (transfer.debit_id, transfer.credit_id, transfer.amount_atoms) == (alice.pk, bob.pk, 40)
    assert (stands_at(alice), stands_at(bob)) == ((60, 0), (40, 0))


def test_a_customer_can_spend_the_last_atom_and_no_more() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    with pytest.raises(InsufficientFunds) as caught:
        move(alice, bob, 101)
    assert caught.value.details == {"asset": "BTC", "available_atoms": 100, "required_atoms": 101}
    move(alice, bob, 100)
    assert stands_at(alice) == (0, 0)


def test_what_is_set_aside_cannot_be_spent() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    hold(alice, bob, 70)
    with pytest.raises(InsufficientFunds) as caught:
        move(alice, bob, 31)
    assert caught.value.details["available_atoms"] == 30
    move(alice, bob, 30)


def test_the_house_may_owe() -> None:
    fees = house(Purpose.FEES)
    move(fees, funding("bob"), 5)
    assert stands_at(fees) == (-5, 0)


def test_nonsense_is_refused_and_leaves_no_trace() -> None:
    alice, bob = funding("alice", 100), funding("bob", asset="USDB")
    before = Transfer.objects.count()
    with pytest.raises(SameAccount):
        move(alice, alice, 1)
    with pytest.raises(AssetMismatch):
        move(alice, bob, 1)
    with pytest.raises(AmountOutOfRange):
        move(alice, bob, 0)
    bob.pk = 999_999_999
    with pytest.raises(AccountNotFound):
        move(alice, bob, 1)
    assert (Transfer.objects.count(), stands_at(alice)) == (before, (100, 0))


def test_a_balance_cannot_leave_the_64_bit_range() -> None:
    alice = funding("alice", INT64_MAX)
    with pytest.raises(AmountOutOfRange):
        move(house(Purpose.FEES), alice, 1)


def test_a_repeat_returns_the_first_result_and_moves_nothing() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    first = move(alice, bob, 100, key="once")
    # Refused on its merits by now: the first answer still stands.
    assert move(alice, bob, 100, key="once") == first
    assert stands_at(bob) == (100, 0)


@pytest.mark.parametrize(
    "other", [{"amount_atoms": 11}, {"code": "OTHER"}, {"reference": "other"}, {"swap": True}]
)
def test_a_key_with_other_content_is_refused(other: dict[str, Any]) -> None:
    alice, bob = funding("alice", 100), funding("bob", 100)
    content: dict[str, Any] = {"debit_id": alice.pk, "credit_id": bob.pk, "amount_atoms": 10, "code": "TEST"}
    services.post_transfer(**content, key="taken")
    services.hold_transfer(**content, key="taken")
    if other.pop("swap", False):
        other = {"debit_id": bob.pk, "credit_id": alice.pk}
    with pytest.raises(TransferKeyReused):
        services.post_transfer(**content | other, key="taken")
    with pytest.raises(TransferKeyReused):
        services.hold_transfer(**content | other, key="taken")


@pytest.mark.parametrize("key", ["", "pending:1", "x" * 201])
def test_a_key_that_nobody_may_choose_is_a_bug(key: str) -> None:
    with pytest.raises(AssertionError):
        services.post_transfer(debit_id=1, credit_id=2, amount_atoms=1, code="TEST", key=key)


def test_demo_funds_come_out_of_the_demo_issue() -> None:
    alice = funding("alice", 500)
    assert (stands_at(alice), stands_at(house(Purpose.DEMO_ISSUE))) == ((500, 0), (-500, 0))


def test_demo_funds_come_once_for_each_key() -> None:
    alice = user("alice")
    for _ in range(2):
        services.issue_demo_funds(owner_id=alice.pk, asset="BTC", amount_atoms=7, key="faucet")
    assert stands_at(funding("alice")) == (7, 0)


def test_demo_funds_do_not_exist_outside_demo_mode(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(DemoOnly):
        services.issue_demo_funds(owner_id=user("alice").pk, asset="BTC", amount_atoms=7, key="faucet")
    assert not Transfer.objects.exists()


def test_a_swap_into_dollars_and_back_leaves_no_liability() -> None:
    """Published figures: a house that takes 1,000,000 sats for 500 cents, and gives them back."""
    case = CASES[0]
    sats, cents = case["after_buy"]["btc_wallet_sats"], case["after_buy"]["liability_cents"]
    wallet, liability = house(Purpose.CLEARING), house(Purpose.CLEARING, "USDB")
    bitcoin, dollars = funding("alice", sats), funding("alice", asset="USDB")
    move(bitcoin, wallet, sats)
    move(liability, dollars, cents)
    assert (stands_at(wallet)[0], -stands_at(liability)[0]) == (sats, cents)
    move(dollars, liability, cents)
    move(wallet, bitcoin, sats)
    expected = (case["after_sell"]["btc_wallet_sats"], case["after_sell"]["liability_cents"])
    assert (stands_at(wallet)[0], -stands_at(liability)[0]) == expected
    assert identity_violations() == []
