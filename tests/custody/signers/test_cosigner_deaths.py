"""A co-signer that is killed at any moment of a request: nothing is signed twice, nothing is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.bitcoin.plans import finalize
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import Role
from custody.signers.signer import Refusal, SignerRefused, SignerUnavailable
from tests.custody.support.cosigners import Cosigner
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import BTC, bumped, coin, hot_wallet, pay, plan_of
from tests.support.represented import represented

pytestmark = [pytest.mark.faults, pytest.mark.long]

POINTS = ["admitted", "signed", "kept", "answering"]
PLAN = plan_of(hot_wallet(), pay(2 * BTC), coins=(coin(hot_wallet(), 5 * BTC),))
OTHER = plan_of(
    hot_wallet(),
    pay(2 * BTC, "withdrawal:2"),
    coins=(coin(hot_wallet(), 5 * BTC, number=2),),
    spend_id="spend:2",
)


@pytest.fixture
def cosigner(tmp_path: Path) -> Iterator[Cosigner]:
    cosigner = Cosigner(tmp_path, "hot", "hot", {"HOUR_SATS": str(3 * BTC)})
    yield cosigner
    cosigner.kill()


@pytest.mark.parametrize("point", represented(POINTS, by=["admitted", "signed"]))
def test_the_same_plan_is_answered_after_its_death_and_counted_once(cosigner: Cosigner, point: str) -> None:
    cosigner.start(fault=point)
    with pytest.raises(SignerUnavailable):
        cosigner.signer(Role.HOT).sign(PLAN, psbt_of(PLAN))
    assert cosigner.await_end() == -9
    signer = cosigner.start().signer(Role.HOT)
    with pytest.raises(SignerRefused) as refused:
        signer.sign(OTHER, psbt_of(OTHER))
    assert refused.value.reason is Refusal.VELOCITY
    signatures = signer.sign(PLAN, psbt_of(PLAN))
    assert signer.sign(PLAN, psbt_of(PLAN)) == signatures
    assert is_valid(PLAN, finalize(PLAN, {PLAN.wallet.keys[0]: signatures}))


def test_what_it_died_of_binds_it_to_that_spend(cosigner: Cosigner) -> None:
    cosigner.start(fault="admitted")
    with pytest.raises(SignerUnavailable):
        cosigner.signer(Role.HOT).sign(PLAN, psbt_of(PLAN))
    cosigner.await_end()
    signer = cosigner.start().signer(Role.HOT)
    other = plan_of(hot_wallet(), pay(2 * BTC, name="mallory"), coins=PLAN.inputs)
    with pytest.raises(SignerRefused) as refused:
        signer.sign(other, psbt_of(other))
    assert refused.value.reason is Refusal.REPLACEMENT
    later = bumped(PLAN, 5_000)
    assert signer.sign(later, psbt_of(later))


def test_its_journal_shows_the_request_that_it_died_of(cosigner: Cosigner) -> None:
    cosigner.start(fault="signed")
    with pytest.raises(SignerUnavailable):
        cosigner.signer(Role.HOT).sign(PLAN, psbt_of(PLAN))
    cosigner.await_end()
    cosigner.start()
    row = cosigner.journal()[0]
    assert (row["outcome"], row["content"]["spend_id"]) == ("ASKED", PLAN.spend_id)
