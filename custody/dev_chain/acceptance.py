"""Judges whether a transaction may wait for a block, as Bitcoin Core would, in its words. Changes nothing."""

import time
from dataclasses import dataclass

from custody.bitcoin.errors import BadTransaction
from custody.bitcoin.transactions import parse_tx, txid, vbytes, weight, wtxid
from custody.bitcoin.types import OutPoint, Tx
from custody.dev_chain import policy
from custody.dev_chain.coins import Coin, find_coin, has_coins_of
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.kernel import script_holds
from custody.dev_chain.policy import refused
from custody.dev_chain.pool import Entry, Pool, rate_of
from custody.dev_chain.store import Store

_MOST_CHAINED = 25  # of a package: ancestors or descendants, itself among them
_MOST_REPLACED = 100
_MOST_WAITING = 5_000
_MOST_WAITING_VBYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    entry: Entry
    replaced: frozenset[str]  # and all that descends from them


def read_transaction(raw: bytes) -> Tx:
    try:
        return parse_tx(raw)
    except BadTransaction:
        reason = "TX decode failed. Make sure the tx has at least one input."
        raise ChainError(Code.DESERIALIZATION, reason) from None


@dataclass(frozen=True, slots=True)
class Gate:
    """`pays` is off for what comes back from a block: it was good enough for one."""

    store: Store
    pool: Pool
    pays: bool = True

    def judge(self, raw: bytes) -> Judged:
        tx = read_transaction(raw)
        policy.check_form(tx)
        if self.pays:
            policy.check_standard(tx)
            policy.check_low_s(tx)
        self._check_new(tx)
        conflicts = self._replaceable_conflicts(tx)
        coins = self._coins(tx)
        self._check_locks(tx, coins)
        entry = self._entry(tx, raw, coins)
        replaced = self._check_replacement(entry, conflicts)
        self._check_room(entry, replaced)
        self._check_scripts(raw, coins)
        return Judged(entry, replaced)

    def _check_new(self, tx: Tx) -> None:
        known = self.pool.entries.get(txid(tx))
        if known is not None:
            same = known.wtxid == wtxid(tx)
            raise refused("txn-already-in-mempool" if same else "txn-same-nonwitness-data-in-mempool")
        if has_coins_of(self.store, txid(tx)):
            raise ChainError(Code.IN_CHAIN, "Transaction outputs already in utxo set")
        height = self.store.height()
        policy.check_final(tx, height + 1, self.store.median_time(height))

    def _replaceable_conflicts(self, tx: Tx) -> set[str]:
        conflicts = self.pool.conflicts(tx)
        if not all(map(self.pool.is_replaceable, conflicts)):
            raise refused("txn-mempool-conflict")
        return conflicts

    def _coins(self, tx: Tx) -> list[Coin]:
        found = [self._coin(one.outpoint) for one in tx.inputs]
        coins = [one for one in found if one is not None]
        if len(coins) < len(found):
            raise ChainError(Code.VERIFY, "bad-txns-inputs-missingorspent")
        return coins

    def _coin(self, outpoint: OutPoint) -> Coin | None:
        output = self.pool.output(outpoint)
        if output is not None:
            return Coin(outpoint, output.value_sats, output.script, None, False)
        return find_coin(self.store, outpoint)

    def _check_locks(self, tx: Tx, coins: list[Coin]) -> None:
        tip = self.store.height()
        if any(one.is_coinbase and tip + 1 - (one.height or 0) < policy.MATURITY_BLOCKS for one in coins):
            raise refused("bad-txns-premature-spend-of-coinbase")
        for index, blocks, seconds in policy.relative_locks(tx):
            height = coins[index].height
            made_at = tip + 1 if height is None else height
            too_low = made_at + blocks > tip + 1
            since = self.store.median_time(max(made_at - 1, 0))
            if too_low or (seconds and since + seconds > self.store.median_time(tip)):
                raise refused("non-BIP68-final")

    def _entry(self, tx: Tx, raw: bytes, coins: list[Coin]) -> Entry:
        fee = sum(one.value_sats for one in coins) - sum(one.value_sats for one in tx.outputs)
        if fee < 0:
            raise refused("bad-txns-in-belowout")
        size = vbytes(tx)
        if self.pays:
            policy.check_rate(fee, size)
        now, height = int(time.time()), self.store.height()
        return Entry(txid(tx), wtxid(tx), tx, raw, fee, size, weight(tx), now, height)

    def _check_replacement(self, entry: Entry, conflicts: set[str]) -> frozenset[str]:
        """The rules of BIP-125, as Core keeps them."""
        if not conflicts:
            return frozenset()
        replaced = self.pool.with_descendants(conflicts)
        if replaced & self.pool.ancestors(entry.tx):
            raise refused("bad-txns-spends-conflicting-tx")
        if len(replaced) > _MOST_REPLACED:
            raise refused("too many potential replacements")
        entries = [self.pool.entries[one] for one in replaced]
        direct = [one for one in entries if one.txid in conflicts]
        known = {spent.outpoint.txid for one in direct for spent in one.tx.inputs}
        if any(one.outpoint.txid in self.pool.entries.keys() - known for one in entry.tx.inputs):
            raise refused("replacement-adds-unconfirmed")
        rate = rate_of(entry.fee_sats, entry.vbytes)
        fees = sum(one.fee_sats for one in entries)
        if any(rate <= rate_of(one.fee_sats, one.vbytes) for one in direct):
            raise refused("insufficient fee")
        if entry.fee_sats < fees + policy.fee_at(policy.INCREMENTAL_RATE, entry.vbytes):
            raise refused("insufficient fee")
        return frozenset(replaced)

    def _check_room(self, entry: Entry, replaced: frozenset[str]) -> None:
        ancestors = self.pool.ancestors(entry.tx)
        grown = [len(self.pool.with_descendants({one}) - replaced) + 1 for one in ancestors]
        if len(ancestors) + 1 > _MOST_CHAINED or any(count > _MOST_CHAINED for count in grown):
            raise refused("too-long-mempool-chain")
        if len(self.pool) - len(replaced) >= _MOST_WAITING or self.pool.vbytes() > _MOST_WAITING_VBYTES:
            raise refused("mempool full")

    def _check_scripts(self, raw: bytes, coins: list[Coin]) -> None:
        outputs = [one.output for one in coins]
        if not all(script_holds(raw, index, outputs) for index in range(len(outputs))):
            raise refused("mandatory-script-verify-flag-failed (Script failed)")
