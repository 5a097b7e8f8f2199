"""A plan's PSBT holds what signers want to see; of one that comes back only signatures are new."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from btclib_wallet.psbt import Psbt as OtherPsbt
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.errors import BadPsbt, BitcoinError, PlanFault, PlanMismatch, WireFault
from custody.bitcoin.plans import check_final, digest, finalize, unsigned_tx
from custody.bitcoin.psbts import (
    MAX_PSBT_BYTES,
    check_signable,
    psbt_of,
    read_psbt,
    signatures_in,
    with_signatures,
)
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.transactions import parse_tx, serialize, txid
from custody.bitcoin.types import FixedKey, KeySource, Place, Role, SpendPlan, TxIn
from custody.signers.seeds import AccountSecret
from tests.custody.bitcoin.test_finishing import high_s
from tests.custody.support.psbt_maps import (
    DERIVATION,
    FINAL_SCRIPTWITNESS,
    NON_WITNESS_UTXO,
    PARTIAL_SIG,
    PROPRIETARY,
    REDEEM_SCRIPT,
    SIGHASH_TYPE,
    UNSIGNED_TX,
    WITNESS_SCRIPT,
    WITNESS_UTXO,
    Maps,
    maps_of,
    signatures_by,
    signed_psbt,
)
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import BTC, account, coin, hot_wallet, pay, plan_of, vault_wallet

USER = account("user", Role.USER)
PROTOCOL = account("protocol", Role.PROTOCOL)
BACKUP = account("backup", Role.BACKUP)
STRANGER = account("mallory", Role.USER)
VAULT = vault_wallet()
COINS = (coin(VAULT, BTC, number=1), coin(VAULT, BTC, branch=1, number=2))
PLAN = plan_of(VAULT, pay(30_000_000), coins=COINS)
HOT_PLAN = plan_of(hot_wallet(), pay(30_000_000))
TEXT = psbt_of(PLAN)
SIGNED = signed_psbt(PLAN, USER)
OWN_KEY = USER.public_key_at(COINS[0].place)


def fault(text: str, plan: SpendPlan = PLAN) -> PlanFault:
    with pytest.raises(PlanMismatch) as refusal:
        signatures_in(plan, text)
    return refusal.value.reason


def test_it_is_a_good_psbt_that_can_be_signed() -> None:
    for plan in (PLAN, HOT_PLAN):
        assert read_psbt(psbt_of(plan)).tx == unsigned_tx(plan)
        check_signable(psbt_of(plan))
        assert OtherPsbt.b64decode(psbt_of(plan)).tx.id.hex() == txid(unsigned_tx(plan))


def test_each_input_shows_its_coin_in_both_ways_and_where_its_keys_come_from() -> None:
    psbt = read_psbt(TEXT)
    for spent, fields in zip(PLAN.inputs, psbt.inputs, strict=True):
        assert txid(parse_tx(fields[b"\0"])) == spent.outpoint.txid
        assert int.from_bytes(fields[b"\1"][:8], "little") == spent.value_sats
        origins = [value for key, value in fields.items() if key[0] == DERIVATION]
        assert {value[:4].hex() for value in origins} == {
            one.key.fingerprint for one in (USER, PROTOCOL, BACKUP)
        }
        assert all(value[-4:] == spent.place.index.to_bytes(4, "little") for value in origins)


def test_the_change_says_that_it_is_the_wallets_and_payments_say_nothing() -> None:
    payment, change = read_psbt(TEXT).outputs
    assert payment == {}
    assert sorted(key[0] for key in change) == [1, 2, 2, 2]


def test_a_previous_transaction_is_there_without_its_witness() -> None:
    first, *others = PLAN.inputs
    made = parse_tx(first.previous_tx)
    signed = replace(made, inputs=(replace(made.inputs[0], witness=(b"\1" * 70,)),))
    plan = replace(PLAN, inputs=(replace(first, previous_tx=serialize(signed)), *others))
    assert psbt_of(plan) == TEXT


def test_a_tokens_key_is_its_own_master() -> None:
    token = FixedKey(PROTOCOL.public_key_at(Place(0, 0)))
    wallet = vault_wallet(protocol=token)
    plan = plan_of(wallet, pay(10_000), coins=(coin(wallet, BTC, index=4),))
    check_signable(psbt_of(plan))
    origins = {
        key: value for key, value in read_psbt(psbt_of(plan)).inputs[0].items() if key[0] == DERIVATION
    }
    assert len(origins[bytes((DERIVATION,)) + token.public_key]) == 4


@pytest.mark.parametrize("secrets", [(), (USER,), (USER, PROTOCOL), (BACKUP, USER), (USER, PROTOCOL, BACKUP)])
def test_it_finds_who_signed(secrets: tuple[AccountSecret, ...]) -> None:
    found = signatures_in(PLAN, signed_psbt(PLAN, *secrets))
    assert found == {secret.key: signatures_by(PLAN, secret) for secret in secrets}


def test_signatures_are_put_in_and_found_again() -> None:
    given_: dict[KeySource, tuple[bytes, ...]] = {one.key: signatures_by(PLAN, one) for one in (USER, BACKUP)}
    text = with_signatures(PLAN, given_)
    assert signatures_in(PLAN, text) == given_
    tx = finalize(PLAN, signatures_in(PLAN, text))
    check_final(PLAN, tx)
    assert is_valid(PLAN, tx)


def test_a_single_keys_signatures_are_found_at_every_place() -> None:
    wallet, hot = hot_wallet(), account("hot", Role.HOT)
    plan = plan_of(
        wallet, pay(BTC), coins=tuple(coin(wallet, BTC, index=index, number=index) for index in range(5))
    )
    assert signatures_in(plan, signed_psbt(plan, hot)) == {hot.key: signatures_by(plan, hot)}


def test_the_order_of_the_fields_does_not_matter() -> None:
    maps = maps_of(SIGNED)
    maps.maps = [fields[::-1] for fields in maps.maps]
    assert signatures_in(PLAN, maps.text()) == signatures_in(PLAN, SIGNED)


def test_a_signer_may_say_that_it_signed_all() -> None:
    said = maps_of(SIGNED).put(1, SIGHASH_TYPE, (1).to_bytes(4, "little")).text()
    assert signatures_in(PLAN, said) == signatures_in(PLAN, SIGNED)


def test_blanks_around_it_do_not_matter() -> None:
    assert signatures_in(PLAN, f"\n {SIGNED}\r\n") == signatures_in(PLAN, SIGNED)


def test_a_key_that_signed_only_some_inputs_is_refused() -> None:
    maps = maps_of(SIGNED).drop(2, PARTIAL_SIG)
    assert fault(maps.text()) is PlanFault.SIGNATURE_COUNT


def other_transaction(change: Callable[[SpendPlan], SpendPlan]) -> str:
    return signed_psbt(change(PLAN), USER)


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: replace(plan, payments=(pay(30_000_001),)),
        lambda plan: replace(plan, payments=(pay(30_000_000, name="mallory"),)),
        lambda plan: replace(plan, payments=(*plan.payments, pay(10_000, "x"))),
        lambda plan: replace(plan, change=None),
        lambda plan: replace(plan, change=replace(plan.change, value_sats=plan.change.value_sats - 9_000)),
        lambda plan: replace(plan, change=replace(plan.change, place=Place(1, 9))),
        lambda plan: replace(plan, inputs=plan.inputs[:1]),
        lambda plan: replace(plan, inputs=plan.inputs[::-1]),
        lambda plan: replace(plan, inputs=(plan.inputs[0], coin(VAULT, BTC, number=7))),
    ],
)
def test_another_transaction_is_refused(change: Callable[[SpendPlan], SpendPlan]) -> None:
    assert fault(other_transaction(change)) is PlanFault.TRANSACTION


@pytest.mark.parametrize(
    "field", [{"version": 1}, {"lock_time": 9}, {"inputs": tuple(TxIn(one.outpoint, 0) for one in COINS)}]
)
def test_another_version_lock_time_or_sequence_is_refused(field: dict[str, object]) -> None:
    tx = replace(unsigned_tx(PLAN), **field)  # type: ignore[arg-type]
    assert fault(maps_of(SIGNED).put(0, UNSIGNED_TX, serialize(tx)).text()) is PlanFault.TRANSACTION


Spoil = Callable[[Maps], Maps]
SPOILS: dict[str, tuple[Spoil, PlanFault]] = {
    "no previous transaction": (lambda maps: maps.drop(1, NON_WITNESS_UTXO), PlanFault.FIELDS),
    "another previous transaction": (
        lambda maps: maps.put(1, NON_WITNESS_UTXO, maps.get(2, NON_WITNESS_UTXO)),
        PlanFault.FIELDS,
    ),
    "no coin": (lambda maps: maps.drop(1, WITNESS_UTXO), PlanFault.FIELDS),
    "another value": (
        lambda maps: maps.put(1, WITNESS_UTXO, bytes(8) + maps.get(1, WITNESS_UTXO)[8:]),
        PlanFault.FIELDS,
    ),
    "another script": (lambda maps: maps.put(1, WITNESS_SCRIPT, b"\x51"), PlanFault.FIELDS),
    "a redeem script": (lambda maps: maps.put(1, REDEEM_SCRIPT, b"\x51"), PlanFault.FIELDS),
    "no origin": (lambda maps: maps.drop(1, DERIVATION), PlanFault.FIELDS),
    "an origin more": (
        lambda maps: maps.put(1, DERIVATION, bytes(4), STRANGER.public_key_at(Place(0, 0))),
        PlanFault.FIELDS,
    ),
    "something of somebody's own": (
        lambda maps: maps.put(1, PROPRIETARY, b"x", b"\x03abc"),
        PlanFault.FIELDS,
    ),
    "something unknown": (lambda maps: maps.put(1, 0x7F, b"x"), PlanFault.FIELDS),
    "something unknown of all": (lambda maps: maps.put(0, 0x7F, b"x"), PlanFault.FIELDS),
    "an account's key of all": (lambda maps: maps.put(0, 0x01, bytes(4), bytes(78)), PlanFault.FIELDS),
    "something about a payment": (lambda maps: maps.put(3, 0x02, bytes(4), OWN_KEY), PlanFault.FIELDS),
    "nothing about the change": (lambda maps: maps.drop(4, 0x01), PlanFault.FIELDS),
    "a finished input": (lambda maps: maps.put(1, FINAL_SCRIPTWITNESS, b"\0"), PlanFault.FINAL),
    "another sighash asked for": (
        lambda maps: maps.put(1, SIGHASH_TYPE, (3).to_bytes(4, "little")),
        PlanFault.SIGHASH,
    ),
    "a sighash that is none": (lambda maps: maps.put(1, SIGHASH_TYPE, b"\1"), PlanFault.SIGHASH),
    "another sighash signed": (
        lambda maps: maps.put(1, PARTIAL_SIG, maps.get(1, PARTIAL_SIG)[:-1] + b"\x02", OWN_KEY),
        PlanFault.SIGHASH,
    ),
    "a high S": (
        lambda maps: maps.put(1, PARTIAL_SIG, high_s(maps.get(1, PARTIAL_SIG)), OWN_KEY),
        PlanFault.HIGH_S,
    ),
    "a signature of another input": (
        lambda maps: maps.put(1, PARTIAL_SIG, maps.get(2, PARTIAL_SIG), OWN_KEY),
        PlanFault.SIGNATURE,
    ),
    "no signature in its field": (lambda maps: maps.put(1, PARTIAL_SIG, b"", OWN_KEY), PlanFault.SIGNATURE),
    "a stranger's signature": (
        lambda maps: maps.put(
            1,
            PARTIAL_SIG,
            sign_digest(STRANGER.secret_at(Place(0, 0)), digest(PLAN, 0)),
            STRANGER.public_key_at(Place(0, 0)),
        ),
        PlanFault.FOREIGN_KEY,
    ),
    "the owner's signature from another place": (
        lambda maps: maps.put(
            1,
            PARTIAL_SIG,
            sign_digest(USER.secret_at(Place(0, 9)), digest(PLAN, 0)),
            USER.public_key_at(Place(0, 9)),
        ),
        PlanFault.FOREIGN_KEY,
    ),
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILS.values(), ids=SPOILS.keys())
def test_whatever_else_is_different_is_refused(spoil: Spoil, reason: PlanFault) -> None:
    assert fault(spoil(maps_of(SIGNED)).text()) is reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", WireFault.FORMAT),
        ("not base64 at all!", WireFault.FORMAT),
        (TEXT[:-4], WireFault.FORMAT),
        (TEXT[:40] + "\n" + TEXT[40:], WireFault.FORMAT),
        (base64.b64encode(b"psbt\xff").decode(), WireFault.FORMAT),
        (base64.b64encode(b"psbx" + base64.b64decode(TEXT)[4:]).decode(), WireFault.FORMAT),
        (base64.b64encode(base64.b64decode(TEXT) + b"\0").decode(), WireFault.FORMAT),
        (base64.b64decode(TEXT).hex(), WireFault.FORMAT),
        ("é" * 100, WireFault.FORMAT),
        ("A" * 5_000_000, WireFault.SIZE),
    ],
)
def test_what_is_no_psbt_is_refused(text: str, reason: WireFault) -> None:
    for reading in (lambda: signatures_in(PLAN, text), lambda: read_psbt(text)):
        with pytest.raises(BadPsbt) as refusal:
            reading()
        assert refusal.value.reason in (reason, WireFault.FIELD)


def test_a_field_that_stands_in_it_twice_is_refused() -> None:
    maps = maps_of(SIGNED)
    maps.maps[1].append(maps.maps[1][-1])
    with pytest.raises(BadPsbt):
        signatures_in(PLAN, maps.text())


def test_more_than_a_plan_can_need_is_refused_before_it_is_read() -> None:
    junk = maps_of(SIGNED).put(1, PROPRIETARY, bytes(2_000), b"\x03abc").text()
    with pytest.raises(BadPsbt) as refusal:
        signatures_in(PLAN, junk)
    assert refusal.value.reason is WireFault.SIZE
    assert len(junk) < MAX_PSBT_BYTES


def test_a_plan_with_large_previous_transactions_has_its_psbt_all_the_same() -> None:
    coins = tuple(coin(VAULT, BTC, number=number) for number in range(100))
    plan = plan_of(VAULT, pay(30_000_000), coins=coins)
    assert set(signatures_in(plan, signed_psbt(plan, USER, BACKUP))) == {USER.key, BACKUP.key}


RAW = base64.b64decode(SIGNED)


@given(st.lists(st.tuples(st.integers(0, len(RAW) - 1), st.integers(1, 255)), min_size=1, max_size=3))
def test_spoiled_bytes_are_refused_and_nothing_else_happens(changes: list[tuple[int, int]]) -> None:
    spoiled = bytearray(RAW)
    for at, change in changes:
        spoiled[at] ^= change
    if bytes(spoiled) != RAW:
        with pytest.raises((BadPsbt, PlanMismatch)):
            signatures_in(PLAN, base64.b64encode(bytes(spoiled)).decode())


@given(st.lists(st.tuples(st.integers(0, len(RAW) - 1), st.integers(1, 255)), min_size=1, max_size=3))
def test_spoiled_bytes_are_read_or_refused_where_there_is_no_plan(changes: list[tuple[int, int]]) -> None:
    spoiled = bytearray(RAW)
    for at, change in changes:
        spoiled[at] ^= change
    try:
        read_psbt(base64.b64encode(bytes(spoiled)).decode())
    except BitcoinError:
        return


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_nothing_else_happens(content: bytes) -> None:
    for text in (base64.b64encode(b"psbt\xff" + content).decode(), base64.b64encode(content).decode()):
        with pytest.raises(BadPsbt):
            signatures_in(PLAN, text)
