"""A block is believed as far as work was done for it and its transactions are those it commits to."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.blocks import Block, merkle_root, parse_block, target_of
from custody.bitcoin.errors import BadBlock, WireFault
from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import Network, OutPoint, Tx, TxIn, TxOut
from custody.bitcoin.wire import double_sha256, size_bytes
from tests.custody.bitcoin.mined import block_of, coinbase, lazy

GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61"
    "7fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c01010000000100000000000000000000000000000000000000"
    "00000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f323030392043"
    "68616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff"
    "0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4"
    "f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)


def paid(number: int, inputs: int = 2) -> Tx:
    spent = tuple(
        TxIn(OutPoint(f"{number:060x}{at:04x}", at), witness=(b"\x30" * 71, b"\x02" * 33))
        for at in range(inputs)
    )
    return Tx(2, spent, (TxOut(1_000, b"\0\x14" + bytes(20)), TxOut(2_000, b"\0\x20" + bytes(32))))


def block_with(*transactions: Tx) -> bytes:
    return block_of([coinbase(transactions), *transactions])


def read(raw: bytes) -> Block:
    return parse_block(raw, Network.REGTEST)


def reason(raw: bytes, network: Network = Network.REGTEST) -> WireFault:
    with pytest.raises(BadBlock) as refusal:
        parse_block(raw, network)
    return refusal.value.reason


def test_the_first_block_there_is_reads_as_everybody_knows_it() -> None:
    block = parse_block(GENESIS, Network.MAIN)
    assert block.hash == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert block.txids == ("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",)
    assert (block.previous_hash, block.time) == ("00" * 32, 1_231_006_505)


def test_a_block_has_the_transactions_it_commits_to_with_their_names() -> None:
    transactions = [paid(number) for number in range(5)]
    block = read(block_with(*transactions))
    assert block.transactions[1:] == tuple(transactions)
    assert block.txids == tuple(map(txid, block.transactions))


def test_it_refuses_a_block_without_enough_work() -> None:
    assert reason(lazy(block_with(paid(1)))) is WireFault.POW


def test_it_refuses_work_that_is_too_little_for_the_network() -> None:
    assert reason(block_with(paid(1)), Network.MAIN) is WireFault.POW
    assert reason(block_with(paid(1)), Network.SIGNET) is WireFault.POW


@pytest.mark.parametrize("bits", [0, 0x20FFFFFF, 0x217FFFFF, 0x01003456, 0xFF7FFFFF])
def test_it_refuses_a_target_that_makes_no_sense(bits: int) -> None:
    assert reason(block_of([coinbase([])], bits=bits)) is WireFault.POW


def test_targets_are_counted_as_in_bitcoin_core() -> None:
    assert target_of(0x1D00FFFF) == 0xFFFF << 208
    assert target_of(0x01123456) == 0x12
    assert target_of(0x04923456) == 0


def test_it_refuses_a_transaction_that_was_changed() -> None:
    raw = block_with(paid(1))
    at = raw.index((1_000).to_bytes(8, "little"))
    assert reason(raw[:at] + (9_000).to_bytes(8, "little") + raw[at + 8 :]) is WireFault.MERKLE


def test_it_refuses_a_transaction_that_was_left_out_or_added() -> None:
    transactions = [paid(number) for number in range(3)]
    whole = [coinbase(transactions), *transactions]
    root = merkle_root([double_sha256(serialize(one, witness=False)) for one in whole])
    assert reason(block_of(whole[:-1], root=root)) is WireFault.MERKLE
    assert reason(block_of([*whole, paid(9)], root=root)) is WireFault.MERKLE


def test_it_refuses_the_same_transactions_twice_at_the_end_although_the_root_is_right() -> None:
    transactions = [paid(1), paid(2)]
    whole = [coinbase(transactions), *transactions]
    raw = block_of(whole)
    assert reason(raw[:80] + size_bytes(4) + raw[81:] + serialize(transactions[-1])) is WireFault.MERKLE


def test_it_refuses_a_witness_that_was_changed() -> None:
    raw = block_with(paid(1))
    at = raw.index(b"\x30" * 71)
    assert reason(raw[:at] + b"\x31" + raw[at + 1 :]) is WireFault.WITNESS


def test_it_refuses_witnesses_that_nothing_commits_to() -> None:
    bare = replace(coinbase([]), outputs=(TxOut(5_000_000_000, b"\x51"),))
    assert reason(block_of([bare, paid(1)])) is WireFault.WITNESS


@pytest.mark.parametrize("transactions", [[paid(1)], [coinbase([]), coinbase([paid(1)])]])
def test_it_refuses_a_block_in_which_not_exactly_the_first_makes_coins(transactions: list[Tx]) -> None:
    assert reason(block_of(transactions)) is WireFault.FORMAT


@pytest.mark.parametrize("end", [-1, 80, 40, 0])
def test_it_refuses_bytes_left_over_or_missing(end: int) -> None:
    raw = block_with(paid(1))
    assert reason(raw[:end]) is WireFault.FORMAT
    assert reason(raw + b"\0") is WireFault.FORMAT


def test_it_refuses_more_bytes_than_a_block_may_have() -> None:
    assert reason(bytes(4_000_001)) is WireFault.SIZE


@given(st.data())
def test_spoiled_bytes_are_refused(data: st.DataObject) -> None:
    raw = bytearray(block_with(paid(1), paid(2)))
    at = data.draw(st.integers(80, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadBlock):
        read(bytes(raw))


def test_a_block_of_three_thousand_transactions_is_read_in_two_seconds() -> None:
    raw = block_with(*(paid(number, inputs=3) for number in range(3_000)))
    assert len(raw) > 1_500_000
    started = time.process_time()
    block = read(raw)
    assert time.process_time() - started < 2
    assert len(block.txids) == 3_001
