"""A wallet's scripts are those that everybody else would make of its keys."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.addresses import address_of
from custody.bitcoin.errors import BadKey, KeyFault
from custody.bitcoin.keys import child_public_key
from custody.bitcoin.scripts import check_spec, script_at, two_of_three
from custody.bitcoin.types import (
    CHANGE,
    RECEIVE,
    FixedKey,
    KeySource,
    Network,
    Place,
    Role,
    WalletKind,
    WalletSpec,
)
from tests.custody.bitcoin.cases import BIP67, MULTISIG
from tests.custody.support.wallets import account, hot_wallet, vault_wallet

VAULT = vault_wallet()
HOT = hot_wallet()
TOKEN = FixedKey(account("token", Role.PROTOCOL).public_key_at(Place(0, 0)))


@pytest.mark.parametrize("case", BIP67, ids=lambda case: case["address"])
def test_keys_stand_in_the_order_of_bip_67(case: dict[str, list[str]]) -> None:
    keys = [bytes.fromhex(one) for one in case["list"]]
    assert [one.hex() for one in sorted(keys)] == case["sorted"]
    if len(keys) == 3:
        # The cases are 2 of 3 in the older kind of script, which has the same words.
        assert two_of_three(keys).hex() == str(case["script"])


def test_a_vault_has_the_addresses_of_the_shared_cases() -> None:
    places = [Place(branch, index) for branch in (RECEIVE, CHANGE) for index in range(5)]
    assert [script_at(VAULT, one).address for one in places] == MULTISIG["first_receive_and_change_addresses"]
    first = script_at(VAULT, Place(RECEIVE, 0))
    assert first.witness_script.hex() == MULTISIG["witness_script_0_0"]
    assert first.script.hex() == MULTISIG["script_pubkey_0_0"]


def test_the_public_keys_stand_in_the_order_of_the_wallets_keys() -> None:
    place = Place(RECEIVE, 3)
    assert script_at(VAULT, place).public_keys == tuple(child_public_key(key, place) for key in VAULT.keys)


@pytest.mark.parametrize("keys", list(itertools.permutations(VAULT.keys)))
def test_the_order_of_the_keys_does_not_change_the_address(keys: tuple[KeySource, ...]) -> None:
    place = Place(RECEIVE, 0)
    assert script_at(replace(VAULT, keys=keys), place).address == script_at(VAULT, place).address


@given(st.lists(st.binary(min_size=33, max_size=33), min_size=3, max_size=3, unique=True))
def test_a_script_lists_its_keys_in_order(keys: list[bytes]) -> None:
    script = two_of_three(keys)
    assert (script[0], script[-2:], len(script)) == (0x52, b"\x53\xae", 105)
    assert [script[2 + 34 * at : 35 + 34 * at] for at in range(3)] == sorted(keys)


def test_a_single_key_has_a_script_of_20_bytes_and_signs_the_older_one() -> None:
    made = script_at(HOT, Place(RECEIVE, 0))
    assert (len(made.script), made.script[:2], made.witness_script) == (22, b"\0\x14", b"")
    assert made.script_code == b"\x76\xa9\x14" + made.script[2:] + b"\x88\xac"
    assert made.address == address_of(made.script, Network.REGTEST)


def test_a_tokens_key_is_the_same_at_every_place_and_the_address_is_not() -> None:
    vault = vault_wallet(protocol=TOKEN)
    first, second = script_at(vault, Place(RECEIVE, 0)), script_at(vault, Place(RECEIVE, 1))
    assert first.public_keys[1] == second.public_keys[1] == TOKEN.public_key
    assert first.address != second.address


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (replace(VAULT, keys=VAULT.keys[:2]), KeyFault.FORMAT),
        (replace(VAULT, keys=(*VAULT.keys, TOKEN)), KeyFault.FORMAT),
        (replace(HOT, keys=()), KeyFault.FORMAT),
        (WalletSpec(Network.REGTEST, WalletKind.SINGLE, VAULT.keys), KeyFault.FORMAT),
        (replace(VAULT, keys=(VAULT.keys[0], VAULT.keys[1], VAULT.keys[0])), KeyFault.DUPLICATE),
        (replace(VAULT, keys=(VAULT.keys[0],) * 3), KeyFault.DUPLICATE),
        (replace(VAULT, keys=(TOKEN, VAULT.keys[1], TOKEN)), KeyFault.DUPLICATE),
    ],
)
def test_it_refuses_a_wallet_without_the_keys_of_its_kind(spec: WalletSpec, reason: KeyFault) -> None:
    for making in (lambda: check_spec(spec), lambda: script_at(spec, Place(RECEIVE, 0))):
        with pytest.raises(BadKey) as refusal:
            making()
        assert refusal.value.reason is reason


def test_it_refuses_a_fixed_key_that_is_another_keys_child_at_the_place() -> None:
    child = FixedKey(child_public_key(VAULT.keys[0], Place(RECEIVE, 5)))
    vault = replace(VAULT, keys=(VAULT.keys[0], child, VAULT.keys[2]))
    script_at(vault, Place(RECEIVE, 4))
    with pytest.raises(BadKey) as refusal:
        script_at(vault, Place(RECEIVE, 5))
    assert refusal.value.reason is KeyFault.DUPLICATE
