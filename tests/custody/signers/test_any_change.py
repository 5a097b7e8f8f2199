"""Whatever bit of a PSBT or number of a plan is another one: it is refused, and nothing else happens."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.types import Network, Purpose, Role, SpendPlan
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from custody.signers.signer import SignerRefused
from tests.custody.support.psbt_maps import signed_psbt
from tests.custody.support.wallets import BTC, account, coin, pay, plan_of, seed_of, vault_wallet

VAULT = vault_wallet()
PLAN = plan_of(
    VAULT,
    pay(1_000_000, "a"),
    pay(2_000_000, "b", "dave"),
    coins=(coin(VAULT, BTC, number=1), coin(VAULT, BTC, number=2)),
    purpose=Purpose.VAULT,
)
PSBT = base64.b64decode(signed_psbt(PLAN, account("user", Role.USER)))
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.integers(-1000, 1000))


def refuses(plan: SpendPlan, psbt: bytes) -> None:
    signer = memory_signer(seed_of("protocol"), Rules(Role.PROTOCOL, Network.REGTEST))
    with pytest.raises(SignerRefused):
        signer.sign(plan, base64.b64encode(psbt).decode())


@given(st.integers(0, len(PSBT) * 8 - 1))
def test_any_other_bit_is_refused(position: int) -> None:
    changed = bytearray(PSBT)
    changed[position // 8] ^= 1 << position % 8
    refuses(PLAN, bytes(changed))


@given(st.integers(0, len(PSBT)), st.binary(max_size=40), st.integers(0, 40))
def test_any_other_bytes_are_refused(at: int, added: bytes, dropped: int) -> None:
    changed = PSBT[:at] + added + PSBT[at + dropped :]
    if changed != PSBT:
        refuses(PLAN, changed)


@given(NUMBERS, st.sampled_from(["fee", "payment", "change", "coin"]))
def test_any_other_amount_is_refused(sats: int, where: str) -> None:
    plan = with_amount(PLAN, sats, where)
    if plan != PLAN:
        refuses(plan, PSBT)


def with_amount(plan: SpendPlan, sats: int, where: str) -> SpendPlan:
    assert plan.change is not None
    match where:
        case "fee":
            return replace(plan, fee_sats=sats)
        case "payment":
            return replace(plan, payments=(replace(plan.payments[0], value_sats=sats), plan.payments[1]))
        case "change":
            return replace(plan, change=replace(plan.change, value_sats=sats))
    return replace(plan, inputs=(replace(plan.inputs[0], value_sats=sats), plan.inputs[1]))
