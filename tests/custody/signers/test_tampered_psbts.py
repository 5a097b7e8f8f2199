"""What is not signed although the plan is good: a PSBT that is another transaction or is signed wrongly."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from custody.bitcoin.plans import check_final, finalize
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.psbts import with_signatures as all_signed
from custody.bitcoin.types import KeySource, Purpose, Role, SpendPlan
from custody.signers.policy import position_of
from custody.signers.signer import Refusal, Signer, SignerRefused
from tests.custody.signers.conftest import HOT_KINDS, KINDS, OWNER, Team, told_to
from tests.custody.signers.tampered_psbts import FIELDS, SIGNATURES, TRANSACTIONS, Tampering, under_key
from tests.custody.support.psbt_maps import maps_of, signatures_by, signed_psbt, with_signatures
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import BTC, account, coin, hot_wallet, pay, plan_of

CASES = Path(__file__).parents[2] / "cases"
_REFUSED = json.loads((CASES / "bip174.json").read_text())["signer_must_refuse"]
_SHARED = json.loads((CASES / "multisig_2of3.json").read_text())["cases"]
FEW = 1_000_000


def refused(signer: Signer, plan: SpendPlan, psbt: str) -> Refusal:
    with pytest.raises(SignerRefused) as refusal:
        signer.sign(plan, psbt)
    return refusal.value.reason


def vault_plan(team: Team, spend_id: str) -> SpendPlan:
    """Two coins, two payments and change."""
    coins = (coin(team.vault, BTC, number=1), coin(team.vault, BTC, number=2))
    payments = (pay(FEW, f"{spend_id}:a"), pay(2 * FEW, f"{spend_id}:b", "dave"))
    return plan_of(team.vault, *payments, coins=coins, purpose=Purpose.VAULT, spend_id=spend_id)


@pytest.mark.parametrize(
    ("team", "tampering"), told_to(KINDS, [*TRANSACTIONS, *FIELDS, *SIGNATURES]), indirect=["team"]
)
def test_the_protocol_refuses_to_sign(team: Team, spend_id: str, tampering: Tampering) -> None:
    plan = vault_plan(team, spend_id)
    assert refused(team.protocol, plan, tampering.shown(plan)) is tampering.reason


@pytest.mark.parametrize(
    ("hot_team", "tampering"), told_to(HOT_KINDS, [*TRANSACTIONS, *FIELDS]), indirect=["hot_team"]
)
def test_the_hot_signer_refuses_to_sign(hot_team: Team, spend_id: str, tampering: Tampering) -> None:
    plan = vault_plan(hot_team, spend_id)
    hot = plan_of(hot_team.hot_wallet, pay(FEW, spend_id), spend_id=spend_id)
    assert refused(hot_team.by(Role.HOT), hot, tampering.shown(plan)) is Refusal.PSBT


@pytest.mark.parametrize("case", _REFUSED, ids=lambda case: case["case"])
def test_it_refuses_what_bip174_says_a_signer_must(team: Team, spend_id: str, case: dict[str, Any]) -> None:
    assert refused(team.protocol, vault_plan(team, spend_id), case["base64"]) is Refusal.PSBT


@pytest.mark.parametrize("helper", [Role.PROTOCOL, Role.BACKUP])
def test_it_refuses_to_sign_what_is_signed_enough(team: Team, spend_id: str, helper: Role) -> None:
    """Signed already by owner and backup, or by the signer itself."""
    purpose = Purpose.VAULT if helper is Role.PROTOCOL else Purpose.RECOVERY
    plan = replace(vault_plan(team, spend_id), purpose=purpose)
    signatures: dict[KeySource, tuple[bytes, ...]] = {OWNER.key: signatures_by(plan, OWNER)}
    signatures[team.vault.keys[position_of(helper)]] = team.by(helper).sign(plan, signed_psbt(plan, OWNER))
    full = all_signed(plan, signatures)
    assert refused(team.by(helper), plan, full) is Refusal.SIGNED_ENOUGH
    if helper is Role.BACKUP:
        return
    # Signatures say nothing of the purpose, so what the backup signed for a recovery is one of this, too.
    recovery = replace(plan, purpose=Purpose.RECOVERY)
    signatures = {OWNER.key: signatures_by(plan, OWNER)}
    signatures[team.vault.keys[2]] = team.backup.sign(recovery, signed_psbt(plan, OWNER))
    assert refused(team.protocol, plan, all_signed(plan, signatures)) is Refusal.SIGNED_ENOUGH


def test_the_hot_signer_refuses_what_is_signed(hot_team: Team, spend_id: str) -> None:
    plan = plan_of(hot_team.hot_wallet, pay(FEW, spend_id), spend_id=spend_id)
    secret = account("hot" if hot_team.kind == "memory" else "protocol", Role.HOT)
    assert refused(hot_team.by(Role.HOT), plan, signed_psbt(plan, secret)) is Refusal.SIGNED_ENOUGH


@pytest.mark.parametrize(("case", "tampering"), list(product(_SHARED, _SHARED[0]["tampered"])))
def test_the_shared_cases_and_what_is_done_to_them(
    team: Team, spend_id: str, case: dict[str, Any], tampering: str
) -> None:
    """Each of the six signed and finished well, and refused in each of three spoiled forms."""
    helper = Role(case["signers"][1])
    purpose = Purpose.VAULT if helper is Role.PROTOCOL else Purpose.RECOVERY
    payments = [pay(FEW, f"{spend_id}:{number}", index=number) for number in range(case["outputs"])]
    coins = (coin(team.vault, 10_000_000),)
    plan = plan_of(team.vault, *payments, coins=coins, purpose=purpose, spend_id=spend_id)
    position = 1 if helper is Role.PROTOCOL else 2
    spoiled, reason = _spoiled(plan, position, tampering)
    assert refused(team.by(helper), plan, spoiled) is reason
    signatures = team.by(helper).sign(plan, signed_psbt(plan, OWNER))
    keys = plan.wallet.keys
    tx = finalize(plan, {keys[0]: signatures_by(plan, OWNER), keys[position]: signatures})
    check_final(plan, tx)
    assert is_valid(plan, tx)


def _spoiled(plan: SpendPlan, position: int, tampering: str) -> tuple[str, Refusal]:
    match tampering:
        case "signatures_swapped":
            return under_key(plan, position, beside=False), Refusal.SIGNATURE
        case "one_signature_twice":
            return under_key(plan, position, beside=True), Refusal.SIGNATURE
    return psbt_of(plan), Refusal.OWNER_MISSING


def test_an_honest_psbt_passes_after_all_of_it(team: Team, spend_id: str) -> None:
    plan = vault_plan(team, spend_id)
    assert maps_of(signed_psbt(plan, OWNER)).text() == signed_psbt(plan, OWNER)
    assert len(team.protocol.sign(plan, signed_psbt(plan, OWNER))) == 2


def test_a_signature_of_a_single_key_wallet_is_no_owners(team: Team, spend_id: str) -> None:
    """What signs a hot wallet signs no vault, whatever its PSBT says."""
    plan = vault_plan(team, spend_id)
    stranger = plan_of(hot_wallet("user"), pay(FEW, spend_id), spend_id=spend_id)
    hot_secret = account("user", Role.HOT)
    assert refused(team.protocol, plan, signed_psbt(stranger, hot_secret)) is Refusal.PSBT
    signatures = signatures_by(stranger, hot_secret)
    spoiled = with_signatures(psbt_of(plan), plan, OWNER, signatures * 2)
    assert refused(team.protocol, plan, spoiled) is Refusal.SIGNATURE
