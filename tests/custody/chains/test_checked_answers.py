"""What an answer must be before it is believed, down to its digits."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.types import Network
from custody.bitcoin.wire import double_sha256, shown_hash
from custody.chains.checking import (
    MAX_VALUES,
    decoded,
    network_of,
    read_block,
    read_count,
    read_fee_rate,
    read_hash,
    read_header,
    read_hex,
    read_transaction,
    read_txids,
)
from custody.chains.source import MAX_FEE_RATE, MIN_FEE_RATE, ChainUnfit, Unfit
from tests.custody.support.fake_chain import GENESIS

SATS_PER_BTC = 100_000_000
# The first block of the main network: real work, and far less than any block of today.
MAIN_HEADER = bytes.fromhex(
    "01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    "29ab5f49ffff001d1dac2b7c"
)
MAIN_GENESIS = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
# Block 800,000, of July 2023.
LATER_HEADER = bytes.fromhex(
    "00601d3455bb9fbd966b3ea2dc42d0c22722e4c0c1729fad172101000000000000000000"
    "55087fab0c8f3f89f8bcfd4df26c504d81b0a88e04907161838c0c53001af09135edbd64943805175e955e06"
)
LATER = "00000000000000000002a7c4c1e48d76c5a37902165a270156b7a8d72728a054"
REGTEST_GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b"\xff\xfe",
        b"1" * 5_000,
        b"1e99999999999999999999",
        b"[" * 100_000,
        b"[" + b"1," * MAX_VALUES + b"1,1]",
    ],
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(ChainUnfit) as found:
        decoded(body)
    assert found.value.reason is Unfit.MALFORMED


def test_decimals_are_exact() -> None:
    assert decoded(b"0.00001000") == Decimal("0.00001000")
    assert type(decoded(b"0.1")) is Decimal


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        (b"0.00001000", SATS_PER_BTC, 1_000),
        (b"0.00012345", SATS_PER_BTC, 12_345),
        (b"0.000123450001", SATS_PER_BTC, 12_346),  # up: it is what is needed
        (b"1e-4", SATS_PER_BTC, 10_000),
        (b"0.00000001", SATS_PER_BTC, MIN_FEE_RATE),
        (b"1e-999999", SATS_PER_BTC, MIN_FEE_RATE),
        (b"1e999999", SATS_PER_BTC, MAX_FEE_RATE),
        (b"3", SATS_PER_BTC, MAX_FEE_RATE),
        (b"87.882", 1_000, 87_882),
        (b"1.0001", 1_000, 1_001),
        (b"2001", 1_000, MAX_FEE_RATE),
        (b"0", 1_000, None),
        (b"-1", SATS_PER_BTC, None),
        (b"-1e999999", SATS_PER_BTC, None),
    ],
)
def test_a_fee_rate_is_rounded_up_and_kept_within_bounds(
    text: bytes, unit: int, expected: int | None
) -> None:
    assert read_fee_rate(decoded(text), unit) == expected


@pytest.mark.parametrize("value", [None, True, "0.1", [], {}])
def test_what_is_no_number_is_no_fee_rate(value: object) -> None:
    with pytest.raises(ChainUnfit):
        read_fee_rate(value, 1_000)


@pytest.mark.parametrize("value", [-1, True, "7", Decimal(7), None, 100_000_001, 10**40])
def test_what_is_no_height_is_refused(value: object) -> None:
    with pytest.raises(ChainUnfit):
        read_count(value, "height")


@pytest.mark.parametrize(
    "value", ["", "11" * 31, "11" * 33, "AA" * 32, "zz" * 32, "1 " * 32, "١" * 64, 7, None]
)
def test_what_is_no_hash_is_refused(value: object) -> None:
    with pytest.raises(ChainUnfit):
        read_hash(value, "hash")


def test_one_wrong_name_makes_the_whole_mempool_malformed() -> None:
    assert read_txids(["11" * 32, "22" * 32, "11" * 32]) == {"11" * 32, "22" * 32}
    with pytest.raises(ChainUnfit):
        read_txids(["11" * 32, "22"])


def test_a_header_is_believed_for_its_work() -> None:
    assert read_header(LATER_HEADER, LATER, Network.MAIN) == 1_690_168_629
    assert read_header(GENESIS[:80], REGTEST_GENESIS, Network.REGTEST) == 1_296_688_602


def test_on_the_main_network_little_work_is_no_work() -> None:
    with pytest.raises(ChainUnfit) as found:
        read_header(MAIN_HEADER, MAIN_GENESIS, Network.MAIN)
    assert found.value.reason is Unfit.WRONG_BLOCK
    assert read_header(MAIN_HEADER, MAIN_GENESIS, Network.TESTNET)


def test_a_header_of_a_network_without_work_is_none_elsewhere() -> None:
    for network in (Network.MAIN, Network.TESTNET, Network.SIGNET):
        with pytest.raises(ChainUnfit):
            read_header(GENESIS[:80], REGTEST_GENESIS, network)


@pytest.mark.parametrize("bits", ["00000000", "ffffff20", "0000807f", "ffff7f22", "ffffffff"])
def test_a_header_cannot_say_by_itself_that_it_needs_no_work(bits: str) -> None:
    header = GENESIS[:72] + bytes.fromhex(bits) + GENESIS[76:80]
    with pytest.raises(ChainUnfit):
        read_header(header, shown_hash(double_sha256(header)), Network.REGTEST)


def test_both_test_networks_are_testnet() -> None:
    assert network_of("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943") is Network.TESTNET
    assert network_of("00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043") is Network.TESTNET
    assert network_of(MAIN_GENESIS) is Network.MAIN
    with pytest.raises(ChainUnfit):
        network_of("11" * 32)


@given(ANYTHING)
def test_whatever_was_answered_it_is_read_or_unfit(value: object) -> None:
    for read in (
        lambda: read_fee_rate(value, SATS_PER_BTC),
        lambda: read_count(value, "height"),
        lambda: read_hash(value, "hash"),
        lambda: read_txids(value),
        lambda: read_hex(value, "block"),
    ):
        with suppress(ChainUnfit):
            read()


@given(st.binary(max_size=400))
def test_whatever_bytes_came_they_are_read_or_unfit(raw: bytes) -> None:
    for read in (
        lambda: read_block(raw, REGTEST_GENESIS, Network.REGTEST),
        lambda: read_block(GENESIS[:80] + raw, REGTEST_GENESIS, Network.REGTEST),
        lambda: read_transaction(raw, "11" * 32),
        lambda: decoded(raw),
    ):
        with suppress(ChainUnfit):
            read()
