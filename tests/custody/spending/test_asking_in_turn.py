"""Who waits for one signer holds up nobody who waits for another, and a signer that hangs is left alone."""

from dataclasses import dataclass, field
from threading import Event

import pytest
from django.utils import timezone

from custody.bitcoin import psbts
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import FixedKey, Network, Payment, Role, SpendPlan, TxOut
from custody.models import WatchedScript
from custody.services.spending.ask import MAX_ASKED, ask_signers
from custody.services.spending.outside import Outside
from custody.services.spending.vaults import accept_owner_psbt, plan_vault_spend
from custody.services.vault_wallets import open_vault_wallet
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from custody.signers.signer import Refusal, SignerFacts, SignerRefused, SignerUnavailable
from tests.custody.support.house import person
from tests.custody.support.paying import BTC, PayingHouse, plan_of, withdrawal_statuses
from tests.custody.support.wallets import account, address, seed_of
from tests.custody.withdrawals.scene import Customer

REFERENCE, COIN = "vault:1", 100_000


@dataclass
class Reluctant:
    """A signer that says no, after a while."""

    error: Exception
    takes_s: float = 0.0
    asked: list[str] = field(default_factory=list)

    def describe(self) -> SignerFacts:
        raise self.error

    def fixed_key(self, label: str) -> FixedKey:
        raise self.error

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        self.asked.append(plan.spend_id)
        Event().wait(self.takes_s)
        raise self.error


@pytest.fixture
def vaults_wait(house: PayingHouse) -> None:
    """As many spends of a vault as are asked for in a turn, all signed by its owner."""
    open_vault_wallet(person("alice").pk, REFERENCE, key_text(account("user", Role.USER).key))
    script = bytes(WatchedScript.objects.get(wallet=REFERENCE, branch=0).script)
    house.node.pay([TxOut(COIN, script)] * MAX_ASKED)
    house.mine()
    owner = memory_signer(seed_of("user"), Rules(Role.USER, Network.REGTEST))
    for number in range(MAX_ASKED):
        payment = Payment(address("carol"), COIN // 2, f"vault-withdrawal:{number}")
        spend = plan_vault_spend(reference=REFERENCE, payments=[payment], fee_rate=3_000).spend
        plan = plan_of(spend.versions.get())
        given = {plan.wallet.keys[0]: owner.sign(plan, psbts.psbt_of(plan))}
        accept_owner_psbt(spend_id=spend.pk, text=psbts.with_signatures(plan, given))


def without_protocol(house: PayingHouse, protocol: Reluctant) -> Outside:
    return Outside(house.source, {**house.outside.signers, Role.PROTOCOL: protocol})


def test_vaults_that_wait_for_a_limit_hold_up_no_withdrawal(
    house: PayingHouse, vaults_wait: None, alice: Customer
) -> None:
    protocol = Reluctant(SignerRefused(Refusal.VELOCITY, "sats of a day"))
    house.outside = without_protocol(house, protocol)
    alice.ask(BTC)
    house.turn()
    assert withdrawal_statuses() == ["BROADCAST"]
    assert len(protocol.asked) == MAX_ASKED


def test_a_signer_that_hangs_is_left_alone_for_the_turn(house: PayingHouse, vaults_wait: None) -> None:
    protocol = Reluctant(SignerUnavailable("no answer"), takes_s=0.05)
    ask_signers(without_protocol(house, protocol), now=timezone.now(), patience_s=0.02)
    assert len(protocol.asked) == 1
