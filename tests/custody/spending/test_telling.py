"""Telling the network again and again: unknown is not failed, and what is gone is noticed."""

from dataclasses import dataclass, field, replace

import pytest

from custody.bitcoin.transactions import serialize
from custody.chains.source import ChainSource, ChainUnavailable, SourceState, Verdict, VerdictKind
from custody.models import SpendVersion, WithdrawalStop
from custody.selectors_spends import troubled_spends
from custody.services.spending.outside import Outside
from custody.services.stops import stop_by_itself
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    only_spend,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import Customer

pytestmark = pytest.mark.long

AGAIN_MINUTES = 11


@dataclass
class Answering:
    """A source whose answers to `tell` are given beforehand; afterwards it is the real one."""

    real: ChainSource
    answers: list[Verdict | ChainUnavailable | None] = field(default_factory=list)
    passes_on: bool = False

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def tell(self, raw: bytes) -> Verdict:
        if not self.answers:
            return self.real.tell(raw)
        answer = self.answers.pop(0)
        if self.passes_on:
            self.real.tell(raw)
        if isinstance(answer, ChainUnavailable):
            raise answer
        assert answer is not None
        return answer


def answering(house: PayingHouse, *answers: Verdict | ChainUnavailable, passes_on: bool = False) -> None:
    source = Answering(house.source, list(answers), passes_on)
    house.outside = Outside(source, house.outside.signers)  # type: ignore[arg-type]


def test_an_answer_that_does_not_come_is_asked_for_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    answering(house, ChainUnavailable("timed out"), passes_on=True)
    assert house.turn().told == 0
    version = latest(only_spend())
    assert (version.verdict, version.tellings) == ("", 1)
    assert withdrawal_statuses() == ["BROADCAST"]

    assert house.turn(minutes=1).told == 1

    version.refresh_from_db()
    assert version.tellings == 2
    assert version.verdict in ("ACCEPTED", "KNOWN")
    house.watch()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_it_is_told_again_each_ten_minutes_until_it_is_mined(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.pay()
    assert house.turn(minutes=9).told == 0
    assert house.turn(minutes=2).told == 1
    house.mine()
    assert house.turn(minutes=AGAIN_MINUTES).told == 0


def test_what_was_evicted_comes_back(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.pay()
    house.node.drop_mempool()
    house.watch()
    assert withdrawal_statuses() == ["BROADCAST"]

    house.turn(minutes=AGAIN_MINUTES)

    assert is_in_mempool(house, latest(only_spend()).txid)
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]


def test_told_when_it_is_in_the_chain_already_it_is_fine(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.pay()
    house.node.mine()  # the watcher has not looked yet
    house.turn(minutes=AGAIN_MINUTES)
    version = latest(only_spend())
    assert version.verdict == "IN_CHAIN"
    assert not WithdrawalStop.objects.exists()
    house.watch()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_missing_inputs_because_another_version_is_in_are_fine(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.pay()
    old = tx_of(latest(only_spend()))
    SpendVersion.objects.update(verdict="FEE_TOO_LOW")
    house.turn()
    assert latest(only_spend()).number == 1
    house.node.mine_on(house.node.tip, [old])
    house.turn(minutes=AGAIN_MINUTES)
    assert latest(only_spend()).verdict == "MISSING_INPUTS"
    house.turn(minutes=AGAIN_MINUTES)
    assert not WithdrawalStop.objects.exists()
    assert only_spend().problem == ""
    house.watch()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_missing_inputs_that_nothing_explains_stop_withdrawals(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    gone = Verdict(VerdictKind.MISSING_INPUTS, "bad-txns-inputs-missingorspent")
    answering(house, gone, gone)
    house.turn()
    assert not WithdrawalStop.objects.exists()  # once may be a moment between two blocks

    house.turn(minutes=1)

    assert only_spend().status == "CONTESTED"
    assert WithdrawalStop.objects.get().operator_id is None
    assert [one.pk for one in troubled_spends()] == [only_spend().pk]
    assert withdrawal_statuses() == ["BROADCAST"]


def test_a_contest_that_our_version_wins_is_over(house: PayingHouse, alice: Customer) -> None:
    test_missing_inputs_that_nothing_explains_stop_withdrawals(house, alice)
    raw = serialize(tx_of(latest(only_spend())))
    house.source.tell(raw)
    house.watch()
    house.mine()
    assert only_spend().status == "SETTLED"
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert WithdrawalStop.objects.filter(ended_at__isnull=True).exists()  # people let it go on
    assert_all_is_true()


def test_a_refusal_is_shown_to_people_and_told_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    answering(house, Verdict(VerdictKind.REFUSED, "dust"))
    house.turn()
    assert "dust" in only_spend().problem
    house.turn(minutes=AGAIN_MINUTES)
    assert latest(only_spend()).verdict == "ACCEPTED"
    assert only_spend().problem == ""


def test_what_was_told_is_told_again_though_withdrawals_are_stopped(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    house.pay()
    stop_by_itself(reason="a test")
    house.node.drop_mempool()
    assert house.turn(minutes=AGAIN_MINUTES).told == 1


def test_no_rate_lets_nothing_be_planned_but_what_is_signed_is_told(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)

    class Silent(Answering):
        def fee_rate(self, blocks: int) -> int | None:
            raise ChainUnavailable("no answer")

    silent = Outside(Silent(house.source), house.outside.signers)  # type: ignore[arg-type]
    house.outside, outside = silent, house.outside
    assert house.turn().planned == 0
    house.outside = outside
    assert house.turn().told == 1


def test_what_a_source_misses_that_is_behind_is_no_contest(house: PayingHouse, alice: Customer) -> None:
    """As when another node takes over that is still fetching blocks."""
    alice.ask(BTC)
    gone = Verdict(VerdictKind.MISSING_INPUTS, "bad-txns-inputs-missingorspent")

    class Behind(Answering):
        def check(self) -> SourceState:
            return replace(self.real.check(), height=3)

    house.outside = Outside(Behind(house.source, [gone] * 3), house.outside.signers)  # type: ignore[arg-type]
    for _ in range(3):
        assert house.turn(minutes=1).told == 0
    assert not WithdrawalStop.objects.exists()

    assert house.turn(minutes=1).told == 1

    house.watch()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
