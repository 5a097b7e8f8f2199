"""Account keys are read with their origin, and derived as everybody derives them."""

import pytest
from bitcoinlib.keys import HDKey
from btclib_wallet.bip32 import BIP32KeyData, derive
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.errors import BadKey, KeyFault
from custody.bitcoin.keys import Standard, child_public_key, distinct, key_text, read_account_key, read_key
from custody.bitcoin.types import CHANGE, RECEIVE, AccountKey, FixedKey, Network, Place, Role
from tests.custody.support.wallets import account

ALICE = account("alice", Role.USER)
BOB = account("bob", Role.USER)
MAIN = account("alice", Role.USER, Network.MAIN)
COLD = account("carol", Role.COLD)
TEXT = key_text(ALICE.key)
ORIGIN, XPUB = f"[{ALICE.key.fingerprint}/48h/1h/0h/2h]", ALICE.key.xpub

places = st.builds(Place, st.sampled_from([RECEIVE, CHANGE]), st.integers(0, 2**31 - 1))

# The invalid extended keys of BIP-32, those that are public.
INVALID = [
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4",
    "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ",
    "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8",
    "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf2Qgo6oujFktLHdHY4",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY",
]


def fault(
    text: str, network: Network = Network.REGTEST, standard: Standard | None = Standard.VAULT
) -> KeyFault:
    with pytest.raises(BadKey) as refusal:
        read_account_key(text, network, standard)
    error = refusal.value
    assert error.__cause__ is None
    assert error.__context__ is None
    return error.reason


def extended(data: BIP32KeyData) -> str:
    return data.b58encode()


def test_it_reads_what_it_writes() -> None:
    assert read_account_key(TEXT, Network.REGTEST) == ALICE.key
    assert key_text(read_key(f"  {TEXT}\n", Network.TESTNET)) == TEXT
    assert read_account_key(key_text(MAIN.key), Network.MAIN) == MAIN.key


def test_other_ways_to_write_a_path_are_the_same_key() -> None:
    for written in (TEXT.replace("h", "'", 4), f"[{ALICE.key.fingerprint.upper()}/48H/1H/0H/2H]{XPUB}"):
        assert read_account_key(written, Network.REGTEST) == ALICE.key


def test_cold_storage_has_a_path_of_its_own() -> None:
    assert read_account_key(key_text(COLD.key), Network.REGTEST, Standard.SINGLE) == COLD.key
    assert fault(key_text(COLD.key)) is KeyFault.PATH
    assert fault(TEXT, standard=Standard.SINGLE) is KeyFault.PATH
    assert read_account_key(key_text(COLD.key), Network.REGTEST, None) == COLD.key


@pytest.mark.parametrize(
    "text",
    [
        "",
        XPUB,
        f"[]{XPUB}",
        f"[/48h/1h/0h/2h]{XPUB}",
        f"[123/48h/1h/0h/2h]{XPUB}",
        f"[{ALICE.key.fingerprint}]{XPUB}",
        f"[{ALICE.key.fingerprint}/48/1/0/2]{XPUB}",
        f"[{ALICE.key.fingerprint}/48h/1h/0h/2]{XPUB}",
        f"{ORIGIN}{XPUB}/<0;1>/*",
        f"{ORIGIN} {XPUB}",
        f"{ORIGIN}{ORIGIN}{XPUB}",
        f"{TEXT} {TEXT}",
        "x" * 100_000,
        ORIGIN + "x" * 1_000,
    ],
)
def test_it_refuses_a_key_without_its_origin_in_brackets(text: str) -> None:
    assert fault(text) is KeyFault.ORIGIN


@pytest.mark.parametrize("path", ["49h/1h/0h/2h", "48h/0h/0h/2h", "48h/1h/0h/1h"])
def test_it_refuses_another_path(path: str) -> None:
    last = int(path[-2])
    data = BIP32KeyData.b58decode(XPUB)
    child = BIP32KeyData(data.version, 4, data.parent_fingerprint, last + 2**31, data.chain_code, data.key)
    assert fault(f"[{ALICE.key.fingerprint}/{path}]{extended(child)}") is KeyFault.PATH


@pytest.mark.parametrize("path", ["48h/1h/0h/2147483648h", "48h/01h/0h/2h", "48h/1h/9999999999h/2h"])
def test_it_refuses_a_step_out_of_range(path: str) -> None:
    assert fault(f"[{ALICE.key.fingerprint}/{path}]{XPUB}") is KeyFault.PATH


def test_it_refuses_a_depth_that_is_not_the_paths() -> None:
    data = BIP32KeyData.b58decode(XPUB)
    deep = BIP32KeyData(data.version, 9, data.parent_fingerprint, data.index, data.chain_code, data.key)
    assert fault(ORIGIN + extended(deep)) is KeyFault.DEPTH
    assert fault(f"[{ALICE.key.fingerprint}/48h/1h/2h]{XPUB}") is KeyFault.DEPTH


def test_it_refuses_another_child_than_the_path_says() -> None:
    assert fault(f"[{ALICE.key.fingerprint}/48h/1h/0h/3h]{XPUB}") is KeyFault.ORIGIN


def test_it_refuses_a_key_of_another_network() -> None:
    assert fault(key_text(MAIN.key)) is KeyFault.NETWORK
    assert fault(TEXT, Network.MAIN) is KeyFault.NETWORK


@pytest.mark.parametrize("version", ["02575483", "045f1cf6", "02aa7ed3"])
def test_it_refuses_the_letters_that_some_wallets_write_instead(version: str) -> None:
    data = BIP32KeyData.b58decode(XPUB)
    other = BIP32KeyData(
        bytes.fromhex(version), 4, data.parent_fingerprint, data.index, data.chain_code, data.key,
        check_validity=False,
    )  # fmt: skip
    assert fault(ORIGIN + other.b58encode(check_validity=False)) is KeyFault.FORMAT


@pytest.mark.parametrize("at", [4, 20, 60, 110])
def test_it_refuses_a_wrong_letter(at: int) -> None:
    letter = "2" if XPUB[at] != "2" else "3"
    assert fault(ORIGIN + XPUB[:at] + letter + XPUB[at + 1 :]) is KeyFault.CHECKSUM


@pytest.mark.parametrize("text", INVALID, ids=lambda text: text[-8:])
def test_it_refuses_the_invalid_keys_of_bip_32(text: str) -> None:
    assert fault(f"[00000000/0h]{text}", Network.MAIN, None) in (KeyFault.CHECKSUM, KeyFault.DEPTH)


@given(places)
def test_it_derives_as_two_other_libraries_and_as_the_private_key_does(place: Place) -> None:
    key = child_public_key(ALICE.key, place)
    assert key == BIP32KeyData.b58decode(derive(XPUB, [place.branch, place.index])).key
    assert key == ALICE.public_key_at(place)


def test_it_derives_as_bitcoinlib_does() -> None:
    other = HDKey(XPUB, network="testnet")
    for place in (Place(RECEIVE, 0), Place(CHANGE, 7), Place(CHANGE, 2**31 - 1)):
        child = other.child_public(place.branch).child_public(place.index)
        assert child.public_byte == child_public_key(ALICE.key, place)


@pytest.mark.parametrize("place", [Place(2, 0), Place(-1, 0), Place(0, -1), Place(0, 2**31)])
def test_it_refuses_what_is_no_place(place: Place) -> None:
    with pytest.raises(BadKey) as refusal:
        child_public_key(ALICE.key, place)
    assert refusal.value.reason is KeyFault.PLACE


def test_a_fixed_key_gives_itself_everywhere() -> None:
    key = read_key("02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", Network.MAIN)
    assert isinstance(key, FixedKey)
    assert (
        child_public_key(key, Place(RECEIVE, 0)) == child_public_key(key, Place(CHANGE, 9)) == key.public_key
    )
    assert read_key(key_text(key).upper(), Network.REGTEST) == key


def test_a_fixed_key_is_a_point_of_the_curve() -> None:
    with pytest.raises(BadKey) as refusal:
        read_key("02" + "ff" * 32, Network.MAIN)
    assert refusal.value.reason is KeyFault.POINT


def test_the_same_key_twice_is_refused_however_it_is_written() -> None:
    other_origin = AccountKey("00000000", "48h/1h/5h/2h", XPUB)
    own = BIP32KeyData.b58decode(XPUB).key
    distinct([ALICE.key, BOB.key, FixedKey(ALICE.public_key_at(Place(0, 0)))])
    for twice in (ALICE.key, other_origin, FixedKey(bytes(own))):
        with pytest.raises(BadKey) as refusal:
            distinct([ALICE.key, BOB.key, twice])
        assert refusal.value.reason is KeyFault.DUPLICATE


@given(st.text(max_size=250))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(BadKey):
        read_key(text, Network.REGTEST)
