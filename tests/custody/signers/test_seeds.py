"""An account's private keys: the standard's vectors, where they come from, and that they stay inside."""

import pickle
from pathlib import Path

import pytest

from custody.bitcoin.keys import child_public_key, key_text, read_account_key
from custody.bitcoin.types import Network, Place, Role
from custody.signers.seeds import (
    AccountSecret,
    BadSecret,
    account_from_seed,
    account_from_xprv,
    account_path,
    base58,
    read_secret,
)
from tests.custody.support.wallets import account, seed_of

# BIP-32, test vector 1: m/0h and its extended keys.
_XPRV = (
    "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvU"
    "xt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7"
)
_XPUB = (
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEj"
    "WgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw"
)
# BIP-84: the account of the words "abandon ... about", which is the main network's.
_BIP84_SEED = bytes.fromhex(
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
    "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
)
_BIP84_KEY = "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c"
_BIP84_SECRET = "4604b4b710fe91f584fff084e1a9159fe4f8408fff380596a604948474ce4fa3"


def test_it_derives_as_bip84_says() -> None:
    account = account_from_seed(_BIP84_SEED, Role.HOT, Network.MAIN)
    place = Place(0, 0)
    assert account.secret_at(place).hex() == _BIP84_SECRET
    assert account.public_key_at(place).hex() == _BIP84_KEY
    assert (account.key.fingerprint, account.key.path) == ("73c5da0a", "84h/0h/0h")


def test_it_reads_an_extended_key_as_bip32_writes_it() -> None:
    account = account_from_xprv(_XPRV, "3442193e", "0h", Network.MAIN)
    assert account.key.xpub == _XPUB


@pytest.mark.parametrize("role", [Role.HOT, Role.COLD, Role.USER, Role.PROTOCOL, Role.BACKUP])
@pytest.mark.parametrize("network", list(Network))
def test_private_and_public_derivation_agree(role: Role, network: Network) -> None:
    account = account_from_seed(seed_of("carol"), role, network)
    assert account.key.path == account_path(role, network)
    assert read_account_key(key_text(account.key), network, None) == account.key
    for place in (Place(0, 0), Place(1, 7), Place(0, 2**31 - 1)):
        assert account.public_key_at(place) == child_public_key(account.key, place)


def test_a_file_holds_a_seed_in_hex() -> None:
    text = f"{seed_of('carol').hex()}\n"
    assert read_secret(text, Role.HOT, Network.REGTEST).key == account("carol", Role.HOT).key


def test_a_file_may_hold_an_accounts_key_with_its_origin() -> None:
    assert read_secret(f"[3442193e/0']{_XPRV}", Role.USER, Network.MAIN).key.xpub == _XPUB


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "00" * 15,
        "00" * 65,
        _XPRV,
        f"[3442193e/0h/0h]{_XPRV}",
        f"[3442193e/0h]{_XPUB}",
        f"[3442193e/0h]{_XPRV[:-1]}8",
        f"[3442193e/0h]{_XPRV}7",
        f"[3442193e/0h]{_XPRV[:-1]}",
        f"[3442193e/0h{_XPRV}",
        f"[3442193/0h]{_XPRV}",
        "[3442193e/0h]",
        "[3442193e/0h]0OIl",
    ],
)
def test_it_refuses_what_is_no_secret_and_does_not_repeat_it(text: str) -> None:
    with pytest.raises(BadSecret) as refused:
        read_secret(text, Role.USER, Network.MAIN)
    assert not text or text not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("secret", [b"\0" * 32, b"\xff" * 32])
def test_it_refuses_a_number_that_is_no_private_key(secret: bytes) -> None:
    payload = bytes.fromhex("0488ade4") + b"\1" + b"\0" * 8 + b"\1" * 32 + b"\0" + secret
    with pytest.raises(BadSecret):
        read_secret(f"[3442193e/0h]{base58(payload)}", Role.USER, Network.MAIN)


def test_it_refuses_a_key_of_another_network() -> None:
    with pytest.raises(BadSecret):
        read_secret(f"[3442193e/0h]{_XPRV}", Role.USER, Network.REGTEST)


def test_it_neither_shows_nor_pickles_its_secret() -> None:
    secret: AccountSecret = account("carol", Role.USER)
    assert repr(secret) == f"AccountSecret({secret.key.fingerprint}/48h/1h/0h/2h)"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_no_module_of_the_house_but_signers_reads_private_keys() -> None:
    root = Path(__file__).parents[3]
    named = [
        path.relative_to(root).parts[:2]
        for path in (root / "custody").rglob("*.py")
        if "signers.seeds" in path.read_text()
    ]
    theirs = {("custody", "signers"), ("custody", "cosigner")}
    of_owners = {("custody", "recovery"), ("custody", "owner_wallet")}  # which run without the house
    assert set(named) <= theirs | of_owners
