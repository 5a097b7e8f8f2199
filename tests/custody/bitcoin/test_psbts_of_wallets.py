"""What a person's wallet gives back counts by its transaction and its signatures, whatever it adds or drops.

embit and BDK give back every field; wallets that show PSBTs as QR codes send their signatures alone.
"""

from collections.abc import Callable

import pytest

from custody.bitcoin.errors import BadPsbt, PlanFault, PlanMismatch, WireFault
from custody.bitcoin.psbts import psbt_of, signatures_in, signatures_of_wallet, with_signatures
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.types import Place, Role
from tests.custody.bitcoin.test_finishing import high_s
from tests.custody.support.psbt_maps import (
    DERIVATION,
    FINAL_SCRIPTWITNESS,
    NON_WITNESS_UTXO,
    PARTIAL_SIG,
    PROPRIETARY,
    SIGHASH_TYPE,
    WITNESS_SCRIPT,
    WITNESS_UTXO,
    Maps,
    maps_of,
    signatures_by,
    signed_psbt,
)
from tests.custody.support.wallets import BTC, account, coin, pay, plan_of, vault_wallet

OWNER, STRANGER = account("user", Role.USER), account("mallory", Role.USER)
VAULT = vault_wallet()
COINS = (coin(VAULT, BTC, number=1), coin(VAULT, BTC, branch=1, number=2))
PLAN = plan_of(VAULT, pay(30_000_000), coins=COINS)
SIGNED = signed_psbt(PLAN, OWNER)
OWN_KEY = OWNER.public_key_at(COINS[0].place)
ACCOUNT_KEY, OUTPUT_DERIVATION, UNKNOWN = 0x01, 0x02, 0x7F

Change = Callable[[Maps], Maps]


def signatures_alone(maps: Maps) -> Maps:
    """As wallets do that show what they signed as a QR code."""
    kept = [[field for field in fields if field[0][0] == PARTIAL_SIG] for fields in maps.maps[1:3]]
    maps.maps = [maps.maps[0], *kept, [], []]
    return maps


HARMLESS: dict[str, Change] = {
    "nothing else": lambda maps: maps,
    "signatures alone": signatures_alone,
    "no previous transaction": lambda maps: maps.drop(1, NON_WITNESS_UTXO).drop(2, NON_WITNESS_UTXO),
    "no coin": lambda maps: maps.drop(1, WITNESS_UTXO),
    "no origins": lambda maps: maps.drop(1, DERIVATION),
    "nothing about the change": lambda maps: maps.drop(4, OUTPUT_DERIVATION),
    "another script": lambda maps: maps.put(1, WITNESS_SCRIPT, b"\x51"),
    "the account's key": lambda maps: maps.put(0, ACCOUNT_KEY, bytes(20), bytes(78)),
    "whose a payment is": lambda maps: maps.put(3, OUTPUT_DERIVATION, bytes(20), OWN_KEY),
    "something of the wallet's own": lambda maps: maps.put(1, PROPRIETARY, b"x", b"\x03abc"),
    "something unknown": lambda maps: maps.put(0, UNKNOWN, b"x"),
    "that all is signed": lambda maps: maps.put(1, SIGHASH_TYPE, (1).to_bytes(4, "little")),
}
WRONG: dict[str, tuple[Change, PlanFault]] = {
    "finished": (lambda maps: maps.put(1, FINAL_SCRIPTWITNESS, b"\0"), PlanFault.FINAL),
    "another sighash asked for": (
        lambda maps: maps.put(1, SIGHASH_TYPE, (0x81).to_bytes(4, "little")),
        PlanFault.SIGHASH,
    ),
    "another sighash signed": (
        lambda maps: maps.put(1, PARTIAL_SIG, maps.get(1, PARTIAL_SIG)[:-1] + b"\x83", OWN_KEY),
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
    "one input only": (lambda maps: maps.drop(2, PARTIAL_SIG), PlanFault.SIGNATURE_COUNT),
    "a stranger": (
        lambda maps: maps.put(
            1, PARTIAL_SIG, sign_digest(bytes(31) + b"\1", bytes(32)), STRANGER.public_key_at(Place(0, 0))
        ),
        PlanFault.FOREIGN_KEY,
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_fields_that_are_not_read_may_be_other_ones(change: Change) -> None:
    found = signatures_of_wallet(PLAN, change(maps_of(SIGNED)).text())
    assert found == {OWNER.key: signatures_by(PLAN, OWNER)}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_written_anew_it_is_what_a_signer_takes(change: Change) -> None:
    found = signatures_of_wallet(PLAN, change(maps_of(SIGNED)).text())
    assert signatures_in(PLAN, with_signatures(PLAN, found)) == found


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(("change", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_signatures_are_stays_as_strict(change: Change, reason: PlanFault, bare: bool) -> None:
    maps = signatures_alone(maps_of(SIGNED)) if bare else maps_of(SIGNED)
    with pytest.raises(PlanMismatch) as refusal:
        signatures_of_wallet(PLAN, change(maps).text())
    assert refusal.value.reason is reason


def test_another_transaction_is_refused_whatever_is_signed() -> None:
    other = plan_of(VAULT, pay(30_000_001), coins=COINS)
    with pytest.raises(PlanMismatch) as refusal:
        signatures_of_wallet(PLAN, signed_psbt(other, OWNER))
    assert refusal.value.reason is PlanFault.TRANSACTION


def test_one_that_nobody_signed_has_no_signatures() -> None:
    assert signatures_of_wallet(PLAN, psbt_of(PLAN)) == {}


def test_it_is_read_up_to_a_length() -> None:
    chatter = maps_of(SIGNED).put(1, PROPRIETARY, bytes(60_000), b"\x03abc").text()
    with pytest.raises(BadPsbt) as refusal:
        signatures_of_wallet(PLAN, chatter)
    assert refusal.value.reason is WireFault.SIZE
