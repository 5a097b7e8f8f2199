"""What custody counts is what happened: each once, under the name that an alarm looks for."""

from prometheus_client import REGISTRY

from access.services import Origin
from custody.bitcoin.types import FixedKey, Role, SpendPlan, TxOut
from custody.services.spending.outside import Outside
from custody.services.wallets import deposit_address
from custody.services.withdrawals import cancel_withdrawal
from custody.signers.signer import Refusal, Signer, SignerFacts, SignerRefused, SignerUnavailable
from tests.custody.support.paying import BTC, PayingHouse
from tests.custody.withdrawals.scene import Customer


class Counted:
    """How much a metric has grown since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = f"ballast_custody_{name}", labels
        self._before = self._now()

    def _now(self) -> float:
        return REGISTRY.get_sample_value(self._name, self._labels) or 0.0

    @property
    def more(self) -> int:
        return int(self._now() - self._before)


class Unwilling:
    """A signer that always ends in the same way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def describe(self) -> SignerFacts:
        raise self._error

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        raise self._error

    def fixed_key(self, label: str) -> FixedKey:
        raise self._error


def with_signer(house: PayingHouse, signer: Signer) -> None:
    house.outside = Outside(house.source, {Role.HOT: signer})


def deposit(house: PayingHouse, owner: Customer, *sats: int) -> None:
    script = bytes(deposit_address(owner.id).script)
    house.node.pay([TxOut(one, script) for one in sats])
    house.mine()


def test_a_deposit_counts_when_it_is_credited(house: PayingHouse, alice: Customer) -> None:
    credited = Counted("deposits_total", event="CREDITED", status="CREDITED")
    sats = Counted("deposit_sats_total", event="CREDITED")
    deposit(house, alice, BTC, 2 * BTC)
    house.watch()
    assert (credited.more, sats.more) == (2, 3 * BTC)


def test_what_a_reorg_takes_back_counts_with_its_cause(house: PayingHouse, alice: Customer) -> None:
    deposit(house, alice, BTC)
    taken = Counted("deposits_total", event="TAKEN_BACK", status="REORGED")
    sats = Counted("deposit_sats_total", event="TAKEN_BACK")
    house.reorg(1)
    assert (taken.more, sats.more) == (1, BTC)


def test_blocks_and_reorgs_count_with_their_depth(house: PayingHouse) -> None:
    house.mine_empty(3)
    blocks, reorgs, depth = Counted("blocks_total"), Counted("reorg_depth_count"), Counted("reorg_depth_sum")
    house.mine_empty(2)
    assert (blocks.more, reorgs.more) == (2, 0)
    house.reorg(3)
    assert (blocks.more, reorgs.more, depth.more) == (6, 1, 3)


def test_a_withdrawal_counts_step_by_step(house: PayingHouse, alice: Customer, bob: Customer) -> None:
    asked, settled = (
        Counted("withdrawals_total", event="REQUEST"),
        Counted("withdrawals_total", event="SETTLE"),
    )
    signed = Counted("signer_answers_total", role="hot", outcome="SIGNED")
    told = Counted("tellings_total", verdict="ACCEPTED")
    alice.ask(BTC)
    bob.ask(BTC // 2)
    house.settle()
    house.watch()
    assert (asked.more, signed.more, told.more, settled.more) == (2, 1, 1, 2)


def test_one_that_a_reorg_unsettles_counts_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.settle()
    undone, settled = (
        Counted("withdrawals_total", event="UNSETTLE"),
        Counted("withdrawals_total", event="SETTLE"),
    )
    house.reorg(1)
    assert (undone.more, settled.more) == (1, 0)


def test_one_that_is_canceled_counts_once(house: PayingHouse, alice: Customer) -> None:
    canceled = Counted("withdrawals_total", event="CANCEL")
    withdrawal = alice.ask(BTC)
    for _ in range(2):
        cancel_withdrawal(owner_id=alice.id, withdrawal_id=withdrawal.pk, origin=Origin())
    assert canceled.more == 1


def test_why_a_signer_refuses_is_counted(house: PayingHouse, alice: Customer) -> None:
    refused = Counted("signer_answers_total", role="hot", outcome="PAYMENT")
    with_signer(house, Unwilling(SignerRefused(Refusal.PAYMENT)))
    alice.ask(BTC)
    house.turn()
    assert refused.more == 1


def test_a_signer_that_does_not_answer_is_counted_each_time(house: PayingHouse, alice: Customer) -> None:
    away = Counted("signer_answers_total", role="hot", outcome="UNAVAILABLE")
    with_signer(house, Unwilling(SignerUnavailable("gone")))
    alice.ask(BTC)
    house.turn()
    house.turn()
    assert away.more == 2
