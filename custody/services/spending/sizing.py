"""What a choice of coins aims at: the fees of a wallet's transactions and what change is worth making."""

from collections.abc import Callable, Sequence

from custody.bitcoin.plans import MAX_INPUTS, dust_sats, estimated_vbytes
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, Place, WalletSpec
from custody.rules.coins import Aim
from custody.rules.fees import fee_of


def aim_at(
    spec: WalletSpec,
    scripts: Sequence[bytes],
    target_sats: int,
    rate: int,
    fee: Callable[[int], int] | None = None,
) -> Aim:
    """Pay these scripts `target_sats` altogether; `fee(vbytes)` where it is not the rate's alone.

    Change is made where it is worth more than it costs to make and to spend later; up to that much may go to
    the miner instead.
    """
    change = script_at(spec, Place(CHANGE, 0)).script

    def vbytes(inputs: int, with_change: bool) -> int:
        return estimated_vbytes(spec, max(inputs, 1), [*scripts, change] if with_change else list(scripts))

    def pay(inputs: int, with_change: bool) -> int:
        size = vbytes(inputs, with_change)
        return fee_of(rate, size) if fee is None else fee(size)

    spending_it = fee_of(rate, vbytes(2, True) - vbytes(1, True))
    making_it = fee_of(rate, fee_bytes(change))
    return Aim(target_sats, pay, max(dust_sats(change), spending_it), making_it + spending_it, MAX_INPUTS)


def fee_bytes(script: bytes) -> int:
    """Virtual bytes of an output: its value, its length and itself."""
    return 8 + 1 + len(script)
