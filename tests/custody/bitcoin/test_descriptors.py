"""A wallet and its descriptor are the same thing said twice."""

from dataclasses import replace

import pytest
from btclib_wallet.descriptors import Descriptor, add_checksum, at_index, multipath_descriptors, parse
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.descriptors import descriptor_of, read_descriptor
from custody.bitcoin.errors import BadKey, KeyFault
from custody.bitcoin.keys import key_text
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, FixedKey, Network, Place, Role, WalletSpec
from tests.custody.bitcoin.cases import MULTISIG
from tests.custody.support.wallets import account, cold_wallet, hot_wallet, vault_wallet

TOKEN = FixedKey(account("token", Role.PROTOCOL).public_key_at(Place(0, 0)))
WALLETS = [vault_wallet(), vault_wallet("alice", protocol=TOKEN), hot_wallet(), cold_wallet(Network.MAIN)]
TEXT = descriptor_of(vault_wallet())
BODY = TEXT.partition("#")[0]
A, B, C = (key_text(key) + "/<0;1>/*" for key in vault_wallet().keys)


def fault(text: str, network: Network = Network.REGTEST) -> KeyFault:
    with pytest.raises(BadKey) as refusal:
        read_descriptor(text, network)
    return refusal.value.reason


@pytest.mark.parametrize("wallet", WALLETS)
def test_a_wallet_is_read_from_its_descriptor(wallet: WalletSpec) -> None:
    assert read_descriptor(descriptor_of(wallet), wallet.network) == wallet
    assert read_descriptor(f" {descriptor_of(wallet)}\n", wallet.network) == wallet


def test_it_is_that_of_the_shared_cases() -> None:
    assert MULTISIG["descriptor"].partition("#")[0] == BODY
    assert add_checksum(MULTISIG["descriptor"]) == TEXT


@pytest.mark.parametrize("wallet", WALLETS)
def test_another_library_finds_the_same_scripts_in_it(wallet: WalletSpec) -> None:
    network = {Network.MAIN: "mainnet"}.get(wallet.network, wallet.network.value)
    branches = [parse(one, network) for one in multipath_descriptors(descriptor_of(wallet))]
    for branch, index in ((RECEIVE, 0), (RECEIVE, 7), (CHANGE, 0), (CHANGE, 4_000)):
        assert _script(branches[branch], index) == script_at(wallet, Place(branch, index)).script


def _script(descriptor: Descriptor, index: int) -> bytes:
    (script,) = at_index(descriptor, index).script_pub_keys()
    return bytes(script.script)


@pytest.mark.parametrize(
    "text",
    [
        "",
        BODY,
        f"sh({BODY})#aaaaaaaa",
        add_checksum(f"wsh(multi(2,{A},{B},{C}))"),
        add_checksum(f"wsh(sortedmulti(1,{A},{B},{C}))"),
        add_checksum(f"wsh(sortedmulti(3,{A},{B},{C}))"),
        add_checksum(f"wsh(sortedmulti(2,{A},{B}))"),
        add_checksum(f"sh(wsh(sortedmulti(2,{A},{B},{C})))"),
        add_checksum(f"wsh(sortedmulti(2,{A},{B},{C.replace('<0;1>', '0')}))"),
        add_checksum(f"wsh(sortedmulti(2,{A},{B},{C.replace('<0;1>', '<1;0>')}))"),
        add_checksum(f"wsh(sortedmulti(2,{A},{B},{C}h))"),
        add_checksum(f"wsh(sortedmulti(2,{A},{B},{C.removesuffix('/<0;1>/*')}))"),
        add_checksum(f"pkh({A})"),
        "x" * 100_000,
    ],
)
def test_it_refuses_every_other_descriptor(text: str) -> None:
    assert fault(text) in (KeyFault.DESCRIPTOR, KeyFault.ORIGIN)


@pytest.mark.parametrize("check", ["", "aaaaaaaa", "#", "12345678", "é"])
def test_it_refuses_a_wrong_checksum(check: str) -> None:
    assert fault(f"{BODY}#{check}") is KeyFault.CHECKSUM


def test_it_refuses_one_for_another_network() -> None:
    assert fault(TEXT, Network.MAIN) is KeyFault.NETWORK


def test_it_refuses_a_single_key_at_a_vaults_path() -> None:
    assert fault(add_checksum(f"wpkh({A})")) is KeyFault.PATH


def test_it_refuses_the_same_key_twice() -> None:
    assert fault(add_checksum(f"wsh(sortedmulti(2,{A},{B},{A}))")) is KeyFault.DUPLICATE


def test_a_wallet_without_its_keys_has_none() -> None:
    with pytest.raises(BadKey):
        descriptor_of(replace(vault_wallet(), keys=()))


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("023456789acdefghjklmnpqrstuvwxyzACX/()<>*"))
def test_one_wrong_letter_is_always_refused(at: int, letter: str) -> None:
    if TEXT[at] != letter:
        fault(TEXT[:at] + letter + TEXT[at + 1 :])


@given(st.text(max_size=300))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    fault(text)
