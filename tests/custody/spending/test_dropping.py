"""What a signer refuses waits for people; what nobody can have signed may be given up."""

from dataclasses import dataclass

import pytest

from access.models import AuditEntry
from custody.bitcoin.types import FixedKey, Role, SpendPlan
from custody.errors import InvalidState
from custody.models import Coin, SpendCoin, SpendVersion
from custody.rules.terms import Terms
from custody.selectors_spends import troubled_spends
from custody.services.spending.ask import ask_signers
from custody.services.spending.drop import ask_again, drop_spend, drop_unasked
from custody.services.spending.outside import Outside
from custody.services.spending.plan import plan_withdrawals
from custody.signers.signer import Refusal, SignerFacts, SignerRefused, SignerUnavailable
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    latest,
    only_spend,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import Customer, operator

pytestmark = pytest.mark.long


@dataclass
class Unwilling:
    """A signer that says no."""

    error: Exception

    def describe(self) -> SignerFacts:
        raise self.error

    def fixed_key(self, label: str) -> FixedKey:
        raise self.error

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        raise self.error


@dataclass
class Lying(Unwilling):
    """It gives signatures of nothing."""

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        return tuple(b"\x30\x06\x02\x01\x01\x02\x01\x01\x01" for _ in plan.inputs)


REFUSED = SignerRefused(Refusal.PAYMENT, "at most 1 sat each")


def asked(house: PayingHouse, signer: Unwilling) -> Outside:
    """One turn with another signer; gives the willing ones back."""
    willing = house.outside
    house.outside = Outside(house.source, {Role.HOT: signer})
    house.turn()
    return willing


def test_a_refusal_for_good_is_not_repeated_and_holds_its_coins(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(REFUSED))
    assert house.turn(minutes=2).signed == 0
    spend = only_spend()
    assert (spend.status, latest(spend).verdict) == ("SIGNING", "SIGNER_REFUSED")
    assert "at most 1 sat" in spend.problem
    assert [one.pk for one in troubled_spends()] == [spend.pk]
    assert SpendCoin.objects.filter(is_released=False).count() == 1
    assert withdrawal_statuses() == ["SIGNING"]


def test_an_operator_drops_it_and_the_withdrawal_is_planned_anew(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(REFUSED))
    drop_spend(spend_id=only_spend().pk, origin=operator("olga"), reason="limits were wrong")
    assert withdrawal_statuses() == ["APPROVED"]
    assert AuditEntry.objects.filter(action="custody.spend_dropped").count() == 1
    assert_all_is_true()

    assert house.turn().signed == 1

    house.watch()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_an_operator_has_it_asked_for_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(REFUSED))
    ask_again(spend_id=only_spend().pk, origin=operator("olga"), reason="limits were raised")
    assert house.turn().signed == 1
    assert only_spend().problem == ""


def test_a_refusal_that_passes_with_time_is_repeated(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(SignerRefused(Refusal.VELOCITY, "50 BTC in an hour")))
    assert "VELOCITY" in only_spend().problem
    assert house.turn().signed == 1


def test_a_signer_that_is_away_is_asked_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(SignerUnavailable("away")))
    assert withdrawal_statuses() == ["SIGNING"]
    assert house.turn(minutes=60).signed == 1


def test_a_signature_of_something_else_is_not_sent(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Lying(REFUSED))
    assert bytes(latest(only_spend()).raw) == b""
    assert only_spend().problem
    assert house.turn().signed == 1


def test_what_may_be_signed_is_never_dropped(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.outside = asked(house, Unwilling(SignerUnavailable("away")))
    with pytest.raises(InvalidState):
        drop_spend(spend_id=only_spend().pk, origin=operator("olga"), reason="a test")
    assert drop_unasked(now=house.now, is_stopped=True) == 0
    house.turn()
    with pytest.raises(InvalidState):
        drop_spend(spend_id=only_spend().pk, origin=operator("oscar"), reason="a test")
    with pytest.raises(InvalidState):
        ask_again(spend_id=only_spend().pk, origin=operator("oscar"), reason="a test")


def test_a_plan_that_comes_to_the_same_transaction_again_is_made(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    for _ in range(2):
        assert plan_withdrawals(rate=5_000, terms=Terms(), now=house.now) == 1
        SpendVersion.objects.filter(spend__status="PLANNED").update(txid="ab" * 32)
        assert drop_unasked(now=house.now, is_stopped=True) == 1
    assert SpendVersion.objects.filter(txid__startswith="dropped:").count() == 2


def test_a_plan_whose_coin_a_reorg_took_is_not_signed(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    assert plan_withdrawals(rate=5_000, terms=Terms(), now=house.now) == 1
    held = SpendCoin.objects.get().coin
    Coin.objects.filter(pk=held.pk).update(height=None, block_hash="", is_booked=False)

    assert ask_signers(house.outside, now=house.now) == 0

    assert (only_spend().status, withdrawal_statuses()) == ("DROPPED", ["APPROVED"])
    assert house.turn().signed == 1  # with another coin
