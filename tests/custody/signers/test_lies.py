"""What a house that lies consistently does not get signed: plan and PSBT agree, and are wrong."""

import pytest

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import Purpose, Role, SpendPlan
from custody.signers.signer import Refusal, Signer, SignerRefused
from tests.custody.signers.conftest import HOT_KINDS, KINDS, OWNER, Team, told_to
from tests.custody.signers.tampered_plans import HOT_LIES, LIES, VAULT_LIES, Lie
from tests.custody.support.psbt_maps import signed_psbt
from tests.custody.support.wallets import pay, plan_of

FEW = 1_000_000


def refused(signer: Signer, plan: SpendPlan, psbt: str) -> Refusal:
    with pytest.raises(SignerRefused) as refusal:
        signer.sign(plan, psbt)
    return refusal.value.reason


def own_psbt(plan: SpendPlan, honest: SpendPlan) -> str:
    """The PSBT of the lie where there is one, with the owner's signature where he can give it."""
    try:
        return signed_psbt(plan, OWNER) if OWNER.key in plan.wallet.keys else psbt_of(plan)
    except (BitcoinError, OverflowError, ValueError):
        return psbt_of(honest)


@pytest.mark.parametrize(("team", "lie"), told_to(KINDS, [*LIES, *VAULT_LIES]), indirect=["team"])
def test_the_protocol_refuses(team: Team, spend_id: str, lie: Lie) -> None:
    plan = plan_of(team.vault, pay(FEW, spend_id), purpose=Purpose.VAULT, spend_id=spend_id)
    lied = lie.tell(plan)
    assert refused(team.protocol, lied, own_psbt(lied, plan)) is expected(lie, team)
    assert team.protocol.sign(plan, signed_psbt(plan, OWNER))


@pytest.mark.parametrize(("hot_team", "lie"), told_to(HOT_KINDS, [*LIES, *HOT_LIES]), indirect=["hot_team"])
def test_the_hot_signer_refuses(hot_team: Team, spend_id: str, lie: Lie) -> None:
    plan = plan_of(hot_team.hot_wallet, pay(FEW, spend_id), spend_id=spend_id)
    lied = lie.tell(plan)
    assert refused(hot_team.by(Role.HOT), lied, own_psbt(lied, plan)) is expected(lie, hot_team)
    assert hot_team.by(Role.HOT).sign(plan, psbt_of(plan))


def test_the_backup_does_not_join_the_protocol_unasked(team: Team, spend_id: str) -> None:
    plan = plan_of(team.vault, pay(FEW, spend_id), purpose=Purpose.VAULT, spend_id=spend_id)
    assert refused(team.backup, plan, signed_psbt(plan, OWNER)) is Refusal.PURPOSE


def expected(lie: Lie, team: Team) -> Refusal:
    return Refusal.FORMAT if lie.is_unsayable and team.kind == "remote" else lie.reason
