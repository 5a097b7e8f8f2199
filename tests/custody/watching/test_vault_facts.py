"""What vaults are told of their coins: each change once and in order, whose spend it is, what is young."""

from dataclasses import replace

from custody.bitcoin.encoding import plan_from_json
from custody.bitcoin.plans import unsigned_tx
from custody.bitcoin.types import OutPoint, TxOut
from custody.models import SpendVersion
from custody.selectors_vaults import (
    BEGINNING,
    Cursor,
    VaultCoinFacts,
    VaultSpendFacts,
    facts_position,
    spends_of_vaults,
    vault_coins,
    vault_coins_since,
    young_vault_sats,
)
from custody.services.spending.vaults import PlannedSpend, drop_vault_spend, plan_vault_spend
from custody.services.watching.rescan import rescan
from tests.custody.support.fake_chain import NO_WITNESS, spend
from tests.custody.support.house import BTC, CustodyHouse, person
from tests.custody.support.wallets import pay
from tests.custody.watching.vault_scene import VAULT, script


def told_since(cursor: Cursor) -> tuple[list[VaultCoinFacts], Cursor]:
    found = vault_coins_since(cursor)
    return found, found[-1].cursor if found else cursor


def only(cursor: Cursor) -> tuple[VaultCoinFacts, Cursor]:
    (found,), following = told_since(cursor)
    return found, following


def facts_of(planned: PlannedSpend) -> VaultSpendFacts:
    return spends_of_vaults([planned.spend_id])[planned.spend_id]


def test_each_change_of_a_coin_is_told_once(vault: CustodyHouse) -> None:
    assert told_since(BEGINNING) == ([], BEGINNING)
    made = vault.chain.pay(script(), BTC)
    vault.watch()
    seen, cursor = only(BEGINNING)
    assert (seen.txid, seen.reference, seen.owner_id) == (made, VAULT, person("alice").pk)
    assert (seen.value_sats, seen.branch, seen.height, seen.in_mempool) == (BTC, 0, None, True)

    vault.chain.mine()
    vault.watch()
    mined, cursor = only(cursor)
    assert (mined.height, mined.in_mempool) == (vault.chain.height, False)
    vault.chain.mine(3)
    vault.deposit("alice", BTC)  # no vault's
    assert told_since(cursor) == ([], cursor)

    vault.reorg(5, keep=True)
    gone, cursor = only(cursor)
    assert (gone.height, gone.in_mempool) == (None, True)
    vault.chain.mine()
    vault.watch()
    assert only(cursor)[0].height == vault.chain.height
    assert vault_coins([mined.coin_id]) == told_since(BEGINNING)[0]


def test_pages_leave_nothing_out(vault: CustodyHouse) -> None:
    vault.chain.pay(script(), *range(1_000, 1_007))
    vault.watch()
    vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    cursor, found = BEGINNING, []
    while page := vault_coins_since(cursor, limit=3):
        found += page
        cursor = page[-1].cursor
    assert sorted(one.value_sats for one in found) == [*range(1_000, 1_007), BTC]


def test_a_rival_in_a_block_is_told_with_its_height(vault: CustodyHouse) -> None:
    made = vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    rival = vault.double_spend(made)
    vault.reorg(1, [[rival]])
    coin, _ = only(BEGINNING)
    assert (coin.height, coin.in_mempool, coin.rival_sighted) == (None, False, False)
    assert coin.rival_height == vault.chain.height - 1


def test_a_strangers_spend_is_told_as_one(vault: CustodyHouse) -> None:
    made = vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    coin, cursor = only(BEGINNING)
    taken = vault.chain.send(spend([OutPoint(made, coin.vout)], [TxOut(BTC - 1_000, b"\x51")]))
    vault.watch()
    sighted, cursor = only(cursor)
    assert (sighted.spent_by, sighted.spent_height, sighted.spend_id) == (taken, None, None)
    vault.chain.mine()
    vault.watch()
    mined, cursor = only(cursor)
    assert (mined.spent_height, mined.spend_id) == (vault.chain.height, None)
    vault.chain.reorg(1, keep=False)
    vault.watch()
    assert only(cursor)[0].spent_by == ""


def test_our_own_spend_is_known_by_what_it_does(vault: CustodyHouse) -> None:
    vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    one = plan_vault_spend(reference=VAULT, payments=[pay(BTC // 2, "out")], fee_rate=3_000)
    facts = facts_of(one)
    assert (facts.spend_id, facts.status, facts.txid) == (one.spend_id, "PLANNED", one.txid)
    assert (facts.fee_sats, facts.change_vout, facts.was_told) == (one.fee_sats, 1, False)

    # The owner and his backup may sign it with another lock time: another txid that does the same.
    planned = unsigned_tx(plan_from_json(SpendVersion.objects.get().plan))
    inputs = tuple(replace(each, witness=NO_WITNESS) for each in planned.inputs)
    alike = vault.chain.send(replace(planned, inputs=inputs, lock_time=7))
    assert alike != one.txid
    vault.watch()
    spent = vault_coins(one.coin_ids)[0]
    assert (spent.spent_by, spent.spend_id) == (alike, one.spend_id)
    vault.chain.mine()
    vault.watch()
    settled = facts_of(one)
    assert (settled.status, settled.txid) == ("SETTLED", alike)
    vault.reorg(1, keep=True)
    assert facts_of(one).status == "BROADCAST"


def test_a_dropped_plan_has_no_transaction(vault: CustodyHouse) -> None:
    vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    one = plan_vault_spend(reference=VAULT, payments=[pay(BTC // 2, "out")], fee_rate=3_000)
    drop_vault_spend(spend_id=one.spend_id)
    facts = spends_of_vaults([one.spend_id, 10**9])
    assert [(each.status, each.txid) for each in facts.values()] == [("DROPPED", "")]


def test_what_is_young_counts_vaults_and_deposits_of_one_owner_together(vault: CustodyHouse) -> None:
    alice, bob = person("alice").pk, person("bob").pk
    vault.chain.pay(script(), BTC)
    vault.chain.pay(script(branch=1), 7)
    vault.deposit("alice", 2 * BTC)
    assert young_vault_sats([alice, bob]) == {alice: 3 * BTC + 7}
    vault.chain.mine(4)
    vault.watch()
    assert young_vault_sats([alice]) == {alice: 3 * BTC + 7}
    vault.chain.mine()
    vault.watch()
    assert young_vault_sats([alice]) == {}
    assert young_vault_sats([]) == {}


def test_blocks_that_are_read_again_are_told_again_as_they_are(vault: CustodyHouse) -> None:
    vault.chain.pay(script(), BTC)
    vault.chain.mine()
    vault.watch()
    before, cursor = only(BEGINNING)
    rescan(vault.source, 0)
    again, _ = only(cursor)
    assert again.told_number > before.told_number
    assert (again.height, again.value_sats) == (before.height, before.value_sats)


def test_the_position_says_whether_anything_changed(vault: CustodyHouse) -> None:
    before = facts_position()
    assert before is not None
    vault.watch()
    assert facts_position() == before
    vault.chain.pay(script(), BTC)
    vault.watch()
    after = facts_position()
    assert after is not None
    assert after.facts_number > before.facts_number
    assert vault_coins_since(BEGINNING)[0].told_number <= after.facts_number
