"""Protocol and backup together, as a liquidation needs it: only where the backup's party allows it."""

import pytest

from custody.bitcoin.plans import finalize
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.psbts import with_signatures as all_signed
from custody.bitcoin.types import KeySource, Network, Purpose, Role, SpendPlan
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from custody.signers.signer import Refusal, Signer, SignerRefused
from tests.custody.support.psbt_maps import signatures_by, signed_psbt
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import account, pay, plan_of, seed_of, vault_wallet

PLAN = plan_of(vault_wallet(), pay(1_000_000), purpose=Purpose.VAULT)
PROTOCOL, OWNER = account("protocol", Role.PROTOCOL), account("user", Role.USER)


def backup(*, joins: bool) -> Signer:
    return memory_signer(seed_of("backup"), Rules(Role.BACKUP, Network.REGTEST, joins_protocol=joins))


def refused(signer: Signer, plan: SpendPlan, psbt: str) -> Refusal:
    with pytest.raises(SignerRefused) as refusal:
        signer.sign(plan, psbt)
    return refusal.value.reason


def test_it_signs_after_the_protocol_where_it_is_allowed_to() -> None:
    signatures = backup(joins=True).sign(PLAN, signed_psbt(PLAN, PROTOCOL))
    _, protocol, helper = PLAN.wallet.keys
    assert is_valid(PLAN, finalize(PLAN, {protocol: signatures_by(PLAN, PROTOCOL), helper: signatures}))


def test_it_does_not_where_nobody_said_so() -> None:
    assert refused(backup(joins=False), PLAN, signed_psbt(PLAN, PROTOCOL)) is Refusal.PURPOSE


def test_it_does_not_without_the_protocols_signature() -> None:
    assert refused(backup(joins=True), PLAN, psbt_of(PLAN)) is Refusal.OWNER_MISSING
    assert refused(backup(joins=True), PLAN, signed_psbt(PLAN, OWNER)) is Refusal.OWNER_MISSING


def test_it_does_not_where_two_have_signed() -> None:
    signed: dict[KeySource, tuple[bytes, ...]] = {
        one.key: signatures_by(PLAN, one) for one in (OWNER, PROTOCOL)
    }
    full = all_signed(PLAN, signed)
    assert refused(backup(joins=True), PLAN, full) is Refusal.SIGNED_ENOUGH
