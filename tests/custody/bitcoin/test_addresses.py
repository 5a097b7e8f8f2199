"""An address is read for one network, in the one way it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.addresses import address_of, read_address
from custody.bitcoin.errors import AddressFault, BadAddress, BitcoinError
from custody.bitcoin.types import Network
from tests.custody.bitcoin.cases import BIP67, BIP341

P2PKH = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
P2SH = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"
P2WPKH = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
P2WSH = "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"
P2TR = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
TEST_P2WPKH = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
REGTEST_P2WPKH = "bcrt1q6z64a43mjgkcq0ul2znwneq3spghrlau9slefp"
TEST_P2PKH = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"
TEST_P2SH = "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc"


def fault(text: str, network: Network = Network.MAIN) -> AddressFault:
    with pytest.raises(BadAddress) as refusal:
        read_address(text, network)
    return refusal.value.reason


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (P2PKH, "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac"),
        (P2SH, "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87"),
        (P2WPKH, "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
        (P2WPKH.upper(), "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
        (P2WSH, "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"),
        (P2TR, "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
    ],
)
def test_it_reads_every_kind_that_is_served(text: str, script: str) -> None:
    assert read_address(text, Network.MAIN).hex() == script
    assert address_of(bytes.fromhex(script), Network.MAIN) in (text, text.lower())


@pytest.mark.parametrize(
    "case", BIP341["scriptPubKey"], ids=lambda case: case["expected"]["bip350Address"][:16]
)
def test_it_reads_the_taproot_addresses_of_bip_341(case: dict[str, dict[str, str]]) -> None:
    script, address = case["expected"]["scriptPubKey"], case["expected"]["bip350Address"]
    assert read_address(address, Network.MAIN).hex() == script
    assert address_of(bytes.fromhex(script), Network.MAIN) == address


@pytest.mark.parametrize("case", BIP67, ids=lambda case: case["address"])
def test_it_reads_the_script_addresses_of_bip_67(case: dict[str, str]) -> None:
    for name in ("address", "p2wsh_address"):
        assert address_of(read_address(case[name], Network.MAIN), Network.MAIN) == case[name]


@pytest.mark.parametrize("network", [Network.TESTNET, Network.SIGNET, Network.REGTEST])
def test_the_test_networks_share_the_letters_of_base58(network: Network) -> None:
    for text in (TEST_P2PKH, TEST_P2SH):
        assert address_of(read_address(text, network), network) == text


@pytest.mark.parametrize(
    ("text", "network"),
    [
        (TEST_P2WPKH, Network.MAIN),
        (REGTEST_P2WPKH, Network.MAIN),
        (TEST_P2PKH, Network.MAIN),
        (TEST_P2SH, Network.MAIN),
        (P2PKH, Network.REGTEST),
        (P2SH, Network.TESTNET),
        (P2WPKH, Network.SIGNET),
        (TEST_P2WPKH, Network.REGTEST),
        (REGTEST_P2WPKH, Network.TESTNET),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", Network.MAIN),
        ("LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", Network.MAIN),
    ],
)
def test_it_refuses_another_network(text: str, network: Network) -> None:
    assert fault(text, network) is AddressFault.NETWORK


@pytest.mark.parametrize(
    "text",
    [
        P2PKH[:-1] + "3",
        P2SH[:-1] + "z",
        P2WPKH[:-1] + "5",
        # bech32 and bech32m mixed up (BIP-350)
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "bc1rw5uspcuh",
        "bc1gmk9yu",
    ],
)
def test_it_refuses_a_wrong_checksum(text: str) -> None:
    assert fault(text) is AddressFault.CHECKSUM


@pytest.mark.parametrize("text", ["bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "BC1SW50QGDZ25J"])
def test_it_refuses_witness_versions_that_mean_nothing_yet(text: str) -> None:
    assert fault(text) is AddressFault.WITNESS_VERSION


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        P2WPKH[:6] + P2WPKH[6:].upper(),
        "BC1" + P2WPKH[3:],
        " " + P2PKH,
        P2PKH + "\n",
        P2PKH[:10] + " " + P2PKH[10:],
        P2WPKH[:10] + "\u200b" + P2WPKH[10:],
        "１" + P2PKH[1:],
        "1" + P2PKH,  # one more zero byte in front
        P2PKH[1:],  # one less
        P2PKH.replace("S", "0"),  # no letter of base58
        "bc1pfeessrawgf",  # anybody's: version 1 with two bytes
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",  # version 0 with 16 bytes
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4"[:40],
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
        "bitcoin:" + P2WPKH,
        "a" * 10_000,
    ],
)
def test_it_refuses_what_is_not_how_an_address_is_written(text: str) -> None:
    assert fault(text) in (AddressFault.FORMAT, AddressFault.CHECKSUM)


@pytest.mark.parametrize("script", ["", "6a", "51024e73", "5220" + "00" * 32, "0014", "21" + "02" * 33])
def test_other_scripts_have_no_address_here(script: str) -> None:
    assert address_of(bytes.fromhex(script), Network.MAIN) is None


@pytest.mark.parametrize("script", [b"\0\x14" + b"0123456789abcdef0123", b"\x51\x20" + b"ab" * 16])
def test_bytes_that_look_like_hex_are_taken_as_they_are(script: bytes) -> None:
    shown = address_of(script, Network.REGTEST)
    assert shown is not None
    assert read_address(shown, Network.REGTEST) == script


scripts = st.one_of(
    st.binary(min_size=20, max_size=20).map(lambda digest: b"\x76\xa9\x14" + digest + b"\x88\xac"),
    st.binary(min_size=20, max_size=20).map(lambda digest: b"\xa9\x14" + digest + b"\x87"),
    st.binary(min_size=20, max_size=20).map(lambda digest: b"\0\x14" + digest),
    st.binary(min_size=32, max_size=32).map(lambda digest: b"\0\x20" + digest),
    st.binary(min_size=32, max_size=32).map(lambda digest: b"\x51\x20" + digest),
)


@given(scripts, st.sampled_from(Network))
def test_every_script_is_found_again_from_its_address(script: bytes, network: Network) -> None:
    shown = address_of(script, network)
    assert shown is not None
    assert read_address(shown, network) == script


@given(scripts, st.data())
def test_one_wrong_letter_is_always_refused(script: bytes, data: st.DataObject) -> None:
    shown = address_of(script, Network.MAIN)
    assert shown is not None
    at = data.draw(st.integers(0, len(shown) - 1))
    letter = data.draw(
        st.sampled_from("023456789acdefghjklmnpqrstuvwxyz").filter(lambda one: one != shown[at])
    )
    with pytest.raises(BadAddress):
        read_address(shown[:at] + letter + shown[at + 1 :], Network.MAIN)


@given(st.text(max_size=100), st.sampled_from(Network))
def test_any_text_is_refused_and_nothing_else_happens(text: str, network: Network) -> None:
    with pytest.raises(BitcoinError):
        read_address(text, network)
