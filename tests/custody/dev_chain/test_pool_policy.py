"""What may wait for a block: refusals in Core's words, before and beyond consensus."""

from dataclasses import replace

import pytest

from custody.bitcoin.signatures import ORDER, read_der
from custody.bitcoin.transactions import parse_tx, serialize, txid, vbytes
from custody.bitcoin.types import Tx, TxIn, TxOut
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.node import DevNode
from tests.custody.dev_chain.paying import coin, elsewhere, made, payment, refusal, tampered


def number(value: int) -> bytes:
    data = value.to_bytes((value.bit_length() + 8) // 8, "big")
    return bytes([2, len(data)]) + data


def with_witness(tx: Tx, *witness: bytes) -> Tx:
    return replace(tx, inputs=(replace(tx.inputs[0], witness=witness),))


def signed(node: DevNode, *outputs: TxOut, sequence: int = 0xFFFFFFFD, lock_time: int = 0) -> Tx:
    """Of the oldest coin, which pays what `outputs` leave over as the fee."""
    return node.miner.signed([coin(node)], outputs, sequence, lock_time)


def test_a_tampered_signature_does_not_wait(node: DevNode) -> None:
    reason = refusal(node, tampered(payment(node, coin(node))))
    assert reason == "mandatory-script-verify-flag-failed (Script failed)"


def test_somebody_elses_key_does_not_sign(node: DevNode) -> None:
    spend = payment(node, coin(node))
    assert "mandatory-script" in refusal(node, with_witness(spend, spend.inputs[0].witness[0], b"\2" * 33))
    assert "mandatory-script" in refusal(node, with_witness(spend))


def test_a_high_s_does_not_wait_though_consensus_takes_it(node: DevNode) -> None:
    spend = payment(node, coin(node))
    signature, key = spend.inputs[0].witness
    r, s = read_der(signature[:-1])
    body = number(r) + number(ORDER - s)
    high = with_witness(spend, bytes([0x30, len(body)]) + body + signature[-1:], key)
    assert "S value is unnecessarily high" in refusal(node, high)
    node.mine_on(node.tip, [high])
    assert node.confirmations(txid(high)) == 1


def test_missing_and_spent_inputs_have_their_own_code(node: DevNode) -> None:
    orphan = payment(node, made(payment(node, coin(node))))
    with pytest.raises(ChainError, match="bad-txns-inputs-missingorspent") as caught:
        node.accept(serialize(orphan))
    assert caught.value.code is Code.VERIFY


def test_what_is_in_the_chain_has_its_own_code_until_it_is_spent(node: DevNode) -> None:
    spend = payment(node, coin(node), script=node.miner.script)
    node.mine_on(node.tip, [spend])
    with pytest.raises(ChainError) as caught:
        node.accept(serialize(spend))
    assert caught.value.code is Code.IN_CHAIN
    node.mine_on(node.tip, [payment(node, made(spend))])
    with pytest.raises(ChainError) as caught:
        node.accept(serialize(spend))
    assert caught.value.code is Code.VERIFY


def test_the_same_again_is_as_good_as_once(node: DevNode) -> None:
    raw = serialize(payment(node, coin(node)))
    assert node.accept(raw) == node.accept(raw)
    assert len(node.pool) == 1


def test_an_unripe_reward_waits_for_nothing(node: DevNode) -> None:
    assert refusal(node, payment(node, coin(node, 20))) == ""  # its block is the hundredth from the next
    assert refusal(node, payment(node, coin(node, 21))) == "bad-txns-premature-spend-of-coinbase"


def test_the_least_fee_is_a_satoshi_for_a_vbyte(node: DevNode) -> None:
    size = vbytes(payment(node, coin(node)))
    assert refusal(node, payment(node, coin(node), fee=size - 2)) == "min relay fee not met"
    assert refusal(node, payment(node, coin(node), fee=size)) == ""


def test_a_fee_above_the_callers_limit_is_refused(node: DevNode) -> None:
    raw = serialize(payment(node, coin(node), fee=20_000))
    with pytest.raises(ChainError, match="Fee exceeds maximum"):
        node.accept(raw, most_rate=10_000)
    assert node.accept(raw, most_rate=0)


def test_more_out_than_in_is_refused(node: DevNode) -> None:
    assert refusal(node, payment(node, coin(node), fee=-1)) == "bad-txns-in-belowout"


@pytest.mark.parametrize(
    ("script", "least"),
    [
        (b"\0\x14" + b"\1" * 20, 294),
        (b"\0\x20" + b"\1" * 32, 330),
        (b"\x51\x20" + b"\1" * 32, 330),
        (b"\x76\xa9\x14" + b"\1" * 20 + b"\x88\xac", 546),
        (b"\xa9\x14" + b"\1" * 20 + b"\x87", 540),
        (b"\x6a\x04note", 0),
    ],
)
def test_dust_is_what_costs_more_than_it_is_worth(node: DevNode, script: bytes, least: int) -> None:
    rest = TxOut(coin(node).value_sats - 10_000, node.miner.script)
    if least:
        assert refusal(node, signed(node, TxOut(least - 1, script), rest)) == "dust"
    assert refusal(node, signed(node, TxOut(least, script), rest)) == ""


def test_odd_scripts_are_mined_but_not_passed_on(node: DevNode) -> None:
    odd = signed(node, TxOut(1_000_000, b"\x51\x87" * 8))
    assert refusal(node, odd) == "scriptpubkey"
    node.mine_on(node.tip, [odd])
    assert node.confirmations(txid(odd)) == 1


def test_one_note_is_passed_on_and_two_are_not(node: DevNode) -> None:
    note, rest = TxOut(0, b"\x6a\x01n"), TxOut(coin(node).value_sats - 5_000, node.miner.script)
    assert refusal(node, signed(node, note, note, rest)) == "multi-op-return"
    assert refusal(node, signed(node, TxOut(0, b"\x6a\x4c\x60" + b"n" * 96), rest)) == "scriptpubkey"


def test_an_input_twice_is_refused(node: DevNode) -> None:
    spend = payment(node, coin(node))
    assert refusal(node, replace(spend, inputs=spend.inputs * 2)) == "bad-txns-inputs-duplicate"


def test_a_reward_cannot_be_sent(node: DevNode) -> None:
    stored = node.block(node.tip)
    assert stored is not None
    first = parse_tx(stored.raw[81:])
    assert refusal(node, first) == "coinbase"


def test_another_version_is_refused(node: DevNode) -> None:
    spend = payment(node, coin(node))
    assert refusal(node, replace(spend, version=9)) == "version"


def test_a_script_that_computes_is_no_signature(node: DevNode) -> None:
    spend = payment(node, coin(node))
    odd: TxIn = replace(spend.inputs[0], script_sig=b"\x76")
    assert refusal(node, replace(spend, inputs=(odd,))) == "scriptsig-not-pushonly"


def test_a_lock_time_is_waited_for(node: DevNode) -> None:
    output = TxOut(coin(node).value_sats - 1_000, elsewhere(node))
    early = signed(node, output, lock_time=node.height + 1)
    assert refusal(node, early) == "non-final"
    node.mine()
    assert refusal(node, early) == ""


def test_a_relative_lock_is_waited_for(node: DevNode) -> None:
    first = payment(node, coin(node), script=node.miner.script)
    node.mine_on(node.tip, [first])
    locked = node.miner.signed(
        [made(first)], [TxOut(made(first).value_sats - 1_000, elsewhere(node))], sequence=3
    )
    assert refusal(node, locked) == "non-BIP68-final"
    node.mine(2)
    assert refusal(node, locked) == ""


@pytest.mark.parametrize("raw", [b"", b"\0", b"\1" * 60, bytes.fromhex("02000000000000000000")])
def test_what_is_no_transaction_is_refused(node: DevNode, raw: bytes) -> None:
    with pytest.raises(ChainError) as caught:
        node.accept(raw)
    assert caught.value.code is Code.DESERIALIZATION
