"""A finished transaction is the plan's, signed by as many keys as it takes; Bitcoin Core's engine agrees."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from custody.bitcoin.errors import PlanFault, PlanMismatch
from custody.bitcoin.plans import check_final, digest, estimated_vbytes, finalize, unsigned_tx
from custody.bitcoin.scripts import script_at
from custody.bitcoin.signatures import ORDER, read_der, sign_digest
from custody.bitcoin.transactions import serialize, vbytes
from custody.bitcoin.types import KeySource, OutPoint, Role, SpendPlan, Tx, TxIn
from custody.signers.seeds import AccountSecret
from tests.custody.support.psbt_maps import signatures_by
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import BTC, account, coin, hot_wallet, pay, plan_of, vault_wallet

USER, PROTOCOL, BACKUP = SECRETS = (
    account("user", Role.USER),
    account("protocol", Role.PROTOCOL),
    account("backup", Role.BACKUP),
)
HOT = account("hot", Role.HOT)
STRANGER = account("mallory", Role.USER)
VAULT_PLAN = plan_of(
    vault_wallet(),
    pay(30_000_000),
    coins=(coin(vault_wallet(), BTC, number=1), coin(vault_wallet(), BTC, branch=1, number=2)),
)
HOT_PLAN = plan_of(
    hot_wallet(),
    pay(30_000_000),
    coins=tuple(coin(hot_wallet(), BTC, index=at, number=at) for at in range(3)),
)

Witness = tuple[bytes, ...]


def given_by(plan: SpendPlan, *secrets: AccountSecret) -> dict[KeySource, tuple[bytes, ...]]:
    return {secret.key: signatures_by(plan, secret) for secret in secrets}


def fault(plan: SpendPlan, tx: Tx) -> PlanFault:
    with pytest.raises(PlanMismatch) as refusal:
        check_final(plan, tx)
    return refusal.value.reason


def with_witness(tx: Tx, witness: Witness, index: int = 0) -> Tx:
    inputs = list(tx.inputs)
    inputs[index] = replace(inputs[index], witness=witness)
    return replace(tx, inputs=tuple(inputs))


@pytest.mark.parametrize("pair", list(itertools.permutations(SECRETS, 2)))
def test_any_two_keys_move_a_vaults_coins(pair: tuple[AccountSecret, AccountSecret]) -> None:
    tx = finalize(VAULT_PLAN, given_by(VAULT_PLAN, *pair))
    check_final(VAULT_PLAN, tx)
    assert is_valid(VAULT_PLAN, tx)
    assert [len(one.witness) for one in tx.inputs] == [4, 4]


def test_one_key_moves_the_coins_of_a_single_one() -> None:
    tx = finalize(HOT_PLAN, given_by(HOT_PLAN, HOT))
    check_final(HOT_PLAN, tx)
    assert is_valid(HOT_PLAN, tx)


@pytest.mark.parametrize(("plan", "secrets"), [(VAULT_PLAN, (USER, BACKUP)), (HOT_PLAN, (HOT,))])
def test_it_is_no_larger_than_was_estimated_and_little_smaller(
    plan: SpendPlan, secrets: tuple[AccountSecret, ...]
) -> None:
    tx = finalize(plan, given_by(plan, *secrets))
    estimate = estimated_vbytes(plan.wallet, len(plan.inputs), [one.script for one in tx.outputs])
    assert estimate - len(plan.inputs) <= vbytes(tx) <= estimate


@pytest.mark.parametrize("secrets", [(), (USER,), (PROTOCOL,), SECRETS])
def test_it_refuses_fewer_or_more_keys_than_it_takes(secrets: tuple[AccountSecret, ...]) -> None:
    with pytest.raises(PlanMismatch) as refusal:
        finalize(VAULT_PLAN, given_by(VAULT_PLAN, *secrets))
    assert refusal.value.reason is PlanFault.SIGNATURE_COUNT


def test_it_refuses_a_key_that_has_not_signed_every_input() -> None:
    signed = given_by(VAULT_PLAN, USER, BACKUP)
    with pytest.raises(PlanMismatch) as refusal:
        finalize(VAULT_PLAN, {**signed, USER.key: signed[USER.key][:1]})
    assert refusal.value.reason is PlanFault.SIGNATURE_COUNT


def test_it_refuses_a_key_that_is_not_the_wallets() -> None:
    with pytest.raises(PlanMismatch) as refusal:
        finalize(VAULT_PLAN, given_by(VAULT_PLAN, USER, STRANGER))
    assert refusal.value.reason is PlanFault.FOREIGN_KEY


def test_it_refuses_signatures_under_the_wrong_name() -> None:
    signed = given_by(VAULT_PLAN, USER, BACKUP)
    with pytest.raises(PlanMismatch) as refusal:
        finalize(VAULT_PLAN, {USER.key: signed[BACKUP.key], BACKUP.key: signed[USER.key]})
    assert refusal.value.reason is PlanFault.SIGNATURE


def test_it_refuses_signatures_of_another_version_of_the_plan() -> None:
    other = replace(VAULT_PLAN, payments=(pay(30_000_001),))
    with pytest.raises(PlanMismatch) as refusal:
        finalize(VAULT_PLAN, given_by(other, USER, BACKUP))
    assert refusal.value.reason is PlanFault.SIGNATURE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tx: replace(tx, version=1),
        lambda tx: replace(tx, lock_time=1),
        lambda tx: replace(tx, outputs=tx.outputs[::-1]),
        lambda tx: replace(tx, outputs=tx.outputs[:1]),
        lambda tx: replace(tx, outputs=(*tx.outputs, tx.outputs[0])),
        lambda tx: replace(tx, outputs=(replace(tx.outputs[0], value_sats=1), *tx.outputs[1:])),
        lambda tx: replace(tx, outputs=(replace(tx.outputs[0], script=b"\x51"), *tx.outputs[1:])),
        lambda tx: replace(tx, inputs=tx.inputs[::-1]),
        lambda tx: replace(tx, inputs=tx.inputs[:1]),
        lambda tx: replace(tx, inputs=(*tx.inputs, TxIn(OutPoint("11" * 32, 0)))),
        lambda tx: replace(tx, inputs=(replace(tx.inputs[0], sequence=0), *tx.inputs[1:])),
        lambda tx: replace(tx, inputs=(replace(tx.inputs[0], script_sig=b"\x51"), *tx.inputs[1:])),
    ],
)
def test_it_refuses_another_transaction(spoil: Callable[[Tx], Tx]) -> None:
    tx = finalize(VAULT_PLAN, given_by(VAULT_PLAN, USER, BACKUP))
    assert fault(VAULT_PLAN, spoil(tx)) is PlanFault.TRANSACTION


VAULT_SPOILS: dict[str, Callable[[Witness], Witness]] = {
    "signatures swapped": lambda w: (w[0], w[2], w[1], w[3]),
    "one signature twice": lambda w: (w[0], w[1], w[1], w[3]),
    "the other one twice": lambda w: (w[0], w[2], w[2], w[3]),
    "one signature": lambda w: (w[0], w[1], b"", w[3]),
    "one signature too few": lambda w: (w[0], w[1], w[3]),
    "nothing": lambda w: (),
    "another dummy": lambda w: (b"\1", w[1], w[2], w[3]),
    "no dummy": lambda w: (w[1], w[2], w[3]),
    "one thing more": lambda w: (b"", *w),
    "another script": lambda w: (w[0], w[1], w[2], b"\x51"),
    "a key of the script changed": lambda w: (w[0], w[1], w[2], w[3][:9] + b"\0" + w[3][10:]),
    "a byte of a signature": lambda w: (w[0], w[1][:20] + bytes((w[1][20] ^ 1,)) + w[1][21:], w[2], w[3]),
    "another sighash": lambda w: (w[0], w[1][:-1] + b"\x02", w[2], w[3]),
}


@pytest.mark.parametrize("spoil", VAULT_SPOILS.values(), ids=VAULT_SPOILS.keys())
def test_a_spoiled_witness_of_a_vault_is_refused_by_us_and_by_bitcoin_core(
    spoil: Callable[[Witness], Witness],
) -> None:
    tx = finalize(VAULT_PLAN, given_by(VAULT_PLAN, USER, BACKUP))
    for index in range(2):
        spoiled = with_witness(tx, spoil(tx.inputs[index].witness), index)
        assert fault(VAULT_PLAN, spoiled) in (PlanFault.WITNESS, PlanFault.SIGNATURE, PlanFault.SIGHASH)
        assert not is_valid(VAULT_PLAN, spoiled)


HOT_SPOILS: dict[str, Callable[[Witness], Witness]] = {
    "nothing": lambda w: (),
    "no key": lambda w: (w[0],),
    "another key": lambda w: (w[0], STRANGER.public_key_at(HOT_PLAN.inputs[0].place)),
    "turned round": lambda w: w[::-1],
    "one thing more": lambda w: (b"", *w),
    "no signature": lambda w: (b"", w[1]),
    "a byte of the signature": lambda w: (w[0][:20] + bytes((w[0][20] ^ 1,)) + w[0][21:], w[1]),
    "a stranger's signature": lambda w: (
        sign_digest(STRANGER.secret_at(HOT_PLAN.inputs[0].place), digest(HOT_PLAN, 0)),
        w[1],
    ),
}


@pytest.mark.parametrize("spoil", HOT_SPOILS.values(), ids=HOT_SPOILS.keys())
def test_a_spoiled_witness_of_a_single_key_is_refused_by_us_and_by_bitcoin_core(
    spoil: Callable[[Witness], Witness],
) -> None:
    tx = finalize(HOT_PLAN, given_by(HOT_PLAN, HOT))
    spoiled = with_witness(tx, spoil(tx.inputs[0].witness))
    assert fault(HOT_PLAN, spoiled) in (PlanFault.WITNESS, PlanFault.SIGNATURE)
    assert not is_valid(HOT_PLAN, spoiled)


def test_a_high_s_is_refused_by_us_although_consensus_would_take_it() -> None:
    tx = finalize(HOT_PLAN, given_by(HOT_PLAN, HOT))
    signature, key = tx.inputs[0].witness
    spoiled = with_witness(tx, (high_s(signature), key))
    assert is_valid(HOT_PLAN, spoiled)
    assert fault(HOT_PLAN, spoiled) is PlanFault.HIGH_S


def high_s(signature: bytes) -> bytes:
    r, s = read_der(signature[:-1])
    numbers = [value.to_bytes(value.bit_length() // 8 + 1, "big") for value in (r, ORDER - s)]
    body = b"".join(b"\x02" + bytes((len(one),)) + one for one in numbers)
    return b"\x30" + bytes((len(body),)) + body + b"\x01"


def test_a_coin_of_another_value_is_refused_by_the_signature() -> None:
    tx = finalize(HOT_PLAN, given_by(HOT_PLAN, HOT))
    first, *others = HOT_PLAN.inputs
    lying = replace(HOT_PLAN, inputs=(replace(first, value_sats=first.value_sats - 1), *others))
    assert unsigned_tx(lying) == unsigned_tx(HOT_PLAN)
    assert fault(lying, tx) is PlanFault.SIGNATURE
    assert not is_valid(lying, tx)


def test_the_order_in_which_they_signed_does_not_matter() -> None:
    one = finalize(VAULT_PLAN, given_by(VAULT_PLAN, USER, BACKUP))
    other = finalize(VAULT_PLAN, given_by(VAULT_PLAN, BACKUP, USER))
    assert serialize(one) == serialize(other)


def test_a_witness_script_of_a_vault_has_the_keys_in_order_and_so_have_the_signatures() -> None:
    tx = finalize(VAULT_PLAN, given_by(VAULT_PLAN, PROTOCOL, BACKUP))
    for spent, one in zip(VAULT_PLAN.inputs, tx.inputs, strict=True):
        place = script_at(VAULT_PLAN.wallet, spent.place)
        assert one.witness[3] == place.witness_script
