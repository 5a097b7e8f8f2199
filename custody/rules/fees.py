"""What a transaction pays its miner: the rate that is aimed at, a replacement's fee (BIP-125), a child's for
its parent. Rates are satoshis per 1,000 virtual bytes; fees round up.
"""

from dataclasses import dataclass

RELAY_RATE = 1_000  # what nodes ask of any transaction, and of each replacement on top of what it replaces


@dataclass(frozen=True, slots=True)
class Paid:
    """What one transaction, or several that stand or fall together, pays and how large it is."""

    fee_sats: int
    vbytes: int

    def __add__(self, other: "Paid") -> "Paid":
        return Paid(self.fee_sats + other.fee_sats, self.vbytes + other.vbytes)


NOTHING_PAID = Paid(0, 0)


def fee_of(rate: int, vbytes: int) -> int:
    """Satoshis, rounded up: a transaction never pays less than its rate."""
    return -(-rate * vbytes // 1_000)


def rate_of(paid: Paid) -> int:
    """The whole rate that is surely paid."""
    return paid.fee_sats * 1_000 // paid.vbytes if paid.vbytes else 0


def target_rate(estimate: int | None, *, floor: int, ceiling: int, fallback: int) -> int:
    """The rate to aim at. `fallback` stands in where the source does not know; both stay within bounds."""
    return max(RELAY_RATE, floor, min(ceiling, fallback if estimate is None else estimate))


def is_worth_a_bump(now: Paid, rate: int, *, blocks: int, patience_blocks: int, was_too_low: bool) -> bool:
    """Whether what is paid lies below the rate and has waited long enough, or was not let in at all."""
    return rate_of(now) < rate and (was_too_low or blocks >= patience_blocks)


def replacement_fee(old: Paid, vbytes: int, rate: int, ancestors: Paid = NOTHING_PAID) -> int:
    """The least fee of a replacement of `vbytes` that brings itself and its unconfirmed ancestors to `rate`
    and that nodes let in: BIP-125 asks for the old fee and the relay rate on top, Bitcoin Core for a higher
    rate too."""
    wanted = fee_of(rate, vbytes + ancestors.vbytes) - ancestors.fee_sats
    on_top = old.fee_sats + fee_of(RELAY_RATE, vbytes)
    higher = old.fee_sats * vbytes // old.vbytes + 1
    return max(wanted, on_top, higher)


def child_fee(parents: Paid, vbytes: int, rate: int) -> int:
    """What a child of `vbytes` pays so that it and its unconfirmed parents together reach `rate`."""
    return max(fee_of(rate, parents.vbytes + vbytes) - parents.fee_sats, fee_of(RELAY_RATE, vbytes))
