"""What goes into a block on a given parent: its height, its time and what its miner earns."""

import time
from collections.abc import Sequence

from custody.bitcoin.transactions import txid
from custody.bitcoin.types import OutPoint, Tx
from custody.dev_chain.coins import find_coin
from custody.dev_chain.mining import Template, make_block, subsidy_sats
from custody.dev_chain.store import Store, StoredBlock

_MEDIAN_OF = 11


def assemble(
    store: Store, parent: StoredBlock, transactions: Sequence[Tx], script: bytes, tag: bytes
) -> bytes:
    """The block, with the work. Fees are taken on the active chain alone: coins of others are not known."""
    height = parent.height + 1
    fees = _fees_sats(store, transactions) if parent.height == store.height() else 0
    template = Template(
        previous_hash=parent.hash,
        height=height,
        time=max(int(time.time()), median_time(store, parent) + 1),
        script=script,
        reward_sats=subsidy_sats(height) + fees,
        transactions=tuple(transactions),
        tag=tag,
    )
    return make_block(template)


def median_time(store: Store, stored: StoredBlock) -> int:
    """Of a block and the ten below it, on whatever branch: a later one must be above it (BIP-113)."""
    times = [stored.time]
    while len(times) < _MEDIAN_OF and (below := store.block(stored.previous_hash)) is not None:
        stored = below
        times.append(stored.time)
    return sorted(times)[len(times) // 2]


def _fees_sats(store: Store, transactions: Sequence[Tx]) -> int:
    """What they leave over. To take less breaks no rule, so what spends the unknown counts nothing."""
    made: dict[str, Tx] = {}
    total = 0
    for one in transactions:
        values = [_value_sats(store, spent.outpoint, made) for spent in one.inputs]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            total += sum(known) - sum(output.value_sats for output in one.outputs)
        made[txid(one)] = one
    return max(total, 0)


def _value_sats(store: Store, outpoint: OutPoint, made: dict[str, Tx]) -> int | None:
    if outpoint.txid in made and outpoint.vout < len(made[outpoint.txid].outputs):
        return made[outpoint.txid].outputs[outpoint.vout].value_sats
    coin = find_coin(store, outpoint)
    return None if coin is None else coin.value_sats
