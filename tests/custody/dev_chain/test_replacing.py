"""A transaction that says so can be replaced by one that pays more, as BIP-125 has it."""

from dataclasses import replace

from custody.bitcoin.transactions import serialize, txid, vbytes
from custody.bitcoin.types import TxOut
from custody.dev_chain.node import DevNode, script_of
from tests.custody.dev_chain.paying import FINAL, coin, elsewhere, made, payment, refusal


def test_one_that_pays_more_takes_the_place(node: DevNode) -> None:
    spent = coin(node)
    first = payment(node, spent)
    assert refusal(node, first) == ""
    second = payment(node, spent, fee=2_000)
    assert refusal(node, second) == ""
    assert list(node.pool.entries) == [txid(second)]


def test_it_pays_for_the_room_of_its_own_as_well(node: DevNode) -> None:
    spent = coin(node)
    first = payment(node, spent)
    node.accept(serialize(first))
    size = vbytes(first)
    assert refusal(node, payment(node, spent, fee=1_000 + size - 1)) == "insufficient fee"
    assert refusal(node, payment(node, spent, fee=1_000 + size)) == ""


def test_what_does_not_say_so_stays(node: DevNode) -> None:
    spent = coin(node)
    node.accept(serialize(payment(node, spent, sequence=FINAL)))
    assert refusal(node, payment(node, spent, fee=50_000)) == "txn-mempool-conflict"


def test_a_child_of_what_says_so_can_be_replaced_itself(node: DevNode) -> None:
    parent = payment(node, coin(node))
    node.accept(serialize(parent))
    node.accept(serialize(payment(node, made(parent), sequence=FINAL)))
    assert refusal(node, payment(node, made(parent), fee=5_000)) == ""


def test_all_that_descends_goes_and_is_paid_for(node: DevNode) -> None:
    spent = coin(node)
    parent = payment(node, spent)
    node.accept(serialize(parent))
    node.accept(serialize(payment(node, made(parent), fee=10_000)))
    assert refusal(node, payment(node, spent, fee=10_900)) == "insufficient fee"
    assert refusal(node, payment(node, spent, fee=11_200)) == ""
    assert len(node.pool) == 1


def test_a_larger_one_must_not_pay_a_lower_rate(node: DevNode) -> None:
    spent, more = coin(node), coin(node, 1)
    node.accept(serialize(payment(node, spent, fee=10_000)))
    outputs = [TxOut(1_000_000, elsewhere(node)) for _ in range(40)]
    rest = spent.value_sats + more.value_sats - 40_000_000 - 12_500
    larger = node.miner.signed([spent, more], [*outputs, TxOut(rest, node.miner.script)])
    assert refusal(node, larger) == "insufficient fee"


def test_it_adds_no_unconfirmed_input(node: DevNode) -> None:
    spent = coin(node)
    node.accept(serialize(payment(node, spent)))
    other = payment(node, coin(node, 1))
    node.accept(serialize(other))
    both = node.miner.signed(
        [spent, made(other)], [TxOut(spent.value_sats, node.miner.script), TxOut(10_000, elsewhere(node))]
    )
    assert refusal(node, both) == "replacement-adds-unconfirmed"


def test_it_cannot_spend_what_it_replaces(node: DevNode) -> None:
    spent = coin(node)
    first = payment(node, spent)
    node.accept(serialize(first))
    snake = node.miner.signed([spent, made(first)], [TxOut(spent.value_sats, node.miner.script)])
    assert refusal(node, snake) == "bad-txns-spends-conflicting-tx"


def test_the_miner_replaces_his_own_payment(node: DevNode) -> None:
    address = node.new_address()
    sent = node.send(address, 5_000_000)
    other = node.replacement(sent, [TxOut(4_000_000, script_of(address))], fee_sats=9_000)
    node.accept(serialize(other))
    assert node.transaction(sent) is None
    node.mine()
    assert node.confirmations(txid(other)) == 1


def test_a_confirmed_one_is_replaced_only_on_another_branch(node: DevNode) -> None:
    fork, address = node.tip, node.new_address()
    sent = node.send(address, 5_000_000)
    node.mine()
    rival = node.replacement(sent, [], fee_sats=9_000)
    assert refusal(node, rival) == "bad-txns-inputs-missingorspent"
    node.mine_on(node.mine_on(fork, [rival]))
    assert node.confirmations(txid(rival)) == 2
    assert node.confirmations(sent) == 0


def test_another_witness_of_the_same_transaction_is_no_replacement(node: DevNode) -> None:
    first = payment(node, coin(node))
    node.accept(serialize(first))
    spent = replace(first.inputs[0], witness=(*first.inputs[0].witness[:1], b"\2" * 33))
    reason = refusal(node, replace(first, inputs=(spent,)))
    assert reason == "txn-same-nonwitness-data-in-mempool"
