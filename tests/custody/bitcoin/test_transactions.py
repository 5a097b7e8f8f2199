"""Transactions are read strictly, and written as they were."""

from dataclasses import replace

import pytest
from btclib.script.sig_hash import segwit_v0
from btclib.tx import Tx as OtherTx
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.errors import BadTransaction, BitcoinError, WireFault
from custody.bitcoin.transactions import (
    MAX_SATS,
    MAX_TX_BYTES,
    is_coinbase,
    parse_bare_tx,
    parse_tx,
    serialize,
    sighash_all,
    txid,
    vbytes,
    weight,
    wtxid,
)
from custody.bitcoin.types import OutPoint, Tx, TxIn, TxOut
from tests.custody.bitcoin.cases import BIP341, MULTISIG
from tests.custody.bitcoin.shapes import transactions

SIGNED = bytes.fromhex(BIP341["keyPathSpending"][0]["auxiliary"]["fullySignedTx"])
UNSIGNED = bytes.fromhex(BIP341["keyPathSpending"][0]["given"]["rawUnsignedTx"])
ONE = Tx(2, (TxIn(OutPoint("11" * 32, 0)),), (TxOut(5_000, b"\0\x14" + bytes(20)),))


@given(transactions)
def test_what_is_written_is_read_as_it_was(tx: Tx) -> None:
    assert parse_tx(serialize(tx)) == tx
    assert parse_bare_tx(serialize(tx, witness=False)).outputs == tx.outputs


@given(transactions)
def test_another_library_reads_the_same(tx: Tx) -> None:
    raw = serialize(tx)
    other = OtherTx.parse(raw, check_validity=False)
    assert (other.id.hex(), other.hash.hex()) == (txid(tx), wtxid(tx))
    assert (other.weight, other.vsize) == (weight(tx), vbytes(tx))


@pytest.mark.parametrize("raw", [SIGNED, UNSIGNED])
def test_transactions_of_others_keep_every_byte(raw: bytes) -> None:
    assert serialize(parse_tx(raw)) == raw


@pytest.mark.parametrize("case", MULTISIG["cases"])
def test_it_weighs_what_the_shared_cases_say(case: dict[str, object]) -> None:
    tx = parse_tx(bytes.fromhex(str(case["final_tx"])))
    assert (weight(tx), vbytes(tx)) == (case["weight"], case["vbytes"])


def test_the_digest_of_a_witness_spend_is_what_another_library_counts() -> None:
    raw = bytes.fromhex(
        "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffff"
        "ef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206"
        "000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42db"
        "ee7e4dbe6a21b2d50ce2f0167faa815988ac11000000"
    )
    code = bytes.fromhex("76a9141d0f172a0ecb48aeda1c2c0a4bd4a0c1dbd5b0b688ac")
    digest = sighash_all(parse_tx(raw), 1, code, 600_000_000)
    other = OtherTx.parse(raw, check_validity=False)
    assert digest == segwit_v0(code, other, 1, 1, 600_000_000)


@pytest.mark.parametrize("cut", range(1, 60))
def test_it_refuses_one_that_is_cut_off(cut: int) -> None:
    with pytest.raises(BadTransaction) as refusal:
        parse_tx(serialize(ONE)[:-cut])
    assert refusal.value.reason is WireFault.FORMAT


def test_it_refuses_bytes_left_over() -> None:
    with pytest.raises(BadTransaction):
        parse_tx(serialize(ONE) + b"\0")


def test_it_refuses_more_bytes_than_a_block_has() -> None:
    with pytest.raises(BadTransaction) as refusal:
        parse_tx(bytes(MAX_TX_BYTES + 1))
    assert refusal.value.reason is WireFault.SIZE


@pytest.mark.parametrize("count", [b"\xfd\x01\x00", b"\xfe\x01\x00\x00\x00", b"\xff" + b"\x01" + bytes(7)])
def test_it_refuses_a_count_in_more_bytes_than_it_needs(count: bytes) -> None:
    raw = serialize(ONE)
    assert raw[4:5] == b"\x01"
    with pytest.raises(BadTransaction):
        parse_tx(raw[:4] + count + raw[5:])


def test_it_refuses_a_count_that_promises_more_than_there_is_at_once() -> None:
    with pytest.raises(BadTransaction):
        parse_tx(serialize(ONE)[:4] + b"\xff" + b"\xff" * 8 + bytes(1000))


def test_it_refuses_a_witness_without_anything_in_it() -> None:
    raw = serialize(ONE)
    with pytest.raises(BadTransaction):
        parse_tx(raw[:4] + b"\0\1" + raw[4:-4] + b"\0" + raw[-4:])


@pytest.mark.parametrize("flag", [b"\0\0", b"\0\2"])
def test_it_refuses_an_unknown_flag(flag: bytes) -> None:
    raw = serialize(ONE)
    with pytest.raises(BadTransaction):
        parse_tx(raw[:4] + flag + raw[4:])


def test_it_refuses_one_without_outputs() -> None:
    with pytest.raises(BadTransaction):
        parse_tx(serialize(replace(ONE, outputs=())))


def test_it_refuses_an_output_of_more_than_there_can_be() -> None:
    with pytest.raises(BadTransaction) as refusal:
        parse_tx(serialize(replace(ONE, outputs=(TxOut(MAX_SATS + 1, b""),))))
    assert refusal.value.reason is WireFault.VALUE


@pytest.mark.parametrize(
    "tx",
    [
        replace(ONE, version=2**31),
        replace(ONE, lock_time=-1),
        replace(ONE, outputs=(TxOut(-1, b""),)),
        replace(ONE, outputs=(TxOut(2**64, b""),)),
        replace(ONE, inputs=(TxIn(OutPoint("11" * 31, 0)),)),
        replace(ONE, inputs=(TxIn(OutPoint("AA" * 32, 0)),)),
        replace(ONE, inputs=(TxIn(OutPoint("zz" * 32, 0)),)),
        replace(ONE, inputs=(TxIn(OutPoint("11 " * 21 + "1", 0)),)),
        replace(ONE, inputs=(TxIn(OutPoint("11" * 32, 2**32)),)),
    ],
)
def test_what_has_no_form_on_the_wire_is_refused_when_it_is_written(tx: Tx) -> None:
    with pytest.raises(BadTransaction):
        serialize(tx)


def test_it_knows_a_coinbase() -> None:
    assert is_coinbase(replace(ONE, inputs=(TxIn(OutPoint("00" * 32, 0xFFFFFFFF)),)))
    assert not is_coinbase(ONE)


@given(transactions, st.data())
def test_spoiled_bytes_are_refused_or_read_and_nothing_else_happens(tx: Tx, data: st.DataObject) -> None:
    raw = bytearray(serialize(tx))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = parse_tx(bytes(raw))
    except BitcoinError:
        return
    assert serialize(read) == bytes(raw)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_refused_or_read_and_nothing_else_happens(raw: bytes) -> None:
    try:
        assert serialize(parse_tx(raw)) == raw
    except BitcoinError:
        return
