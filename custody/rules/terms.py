"""The figures by which bitcoin comes and goes: flat whole numbers, each with its least and its most.

Amounts are satoshis, rates satoshis per 1,000 vbytes, times seconds. Who changes one makes another version.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

BITCOIN_SATS = 100_000_000
SUPPLY_SATS = 21_000_000 * BITCOIN_SATS
DAY_SECONDS = 86_400

Json = Any  # as a JSON column has it: `terms_from_json` is what gives it a shape


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for in `rules.withdrawals`, `rules.coins` and `rules.fees`; defaults are in force first.

    `fee_sats` is what a customer pays, whatever miners get. Above `four_eyes_above_sats`, together with what
    went without an operator in 24 hours, a withdrawal needs `approvals` of them; above
    `new_address_above_sats`, in the same way, to addresses younger than `new_address_seconds`, one. The hot
    wallet is swept down to `sweep_target_sats` once it holds more than `hot_cap_sats`. No transaction pays
    miners above `max_fee_rate` or `max_fee_sats`.
    """

    min_deposit_sats: int = 1_000
    min_withdrawal_sats: int = 10_000
    max_withdrawal_sats: int = 10 * BITCOIN_SATS
    fee_sats: int = 2_000
    user_day_sats: int = 10 * BITCOIN_SATS
    user_day_count: int = 20
    house_hour_sats: int = 50 * BITCOIN_SATS
    four_eyes_above_sats: int = BITCOIN_SATS
    approvals: int = 2
    new_address_seconds: int = 7 * DAY_SECONDS
    new_address_above_sats: int = BITCOIN_SATS // 4
    address_delay_seconds: int = DAY_SECONDS
    security_hold_seconds: int = DAY_SECONDS
    max_addresses: int = 50
    hot_cap_sats: int = 25 * BITCOIN_SATS
    sweep_target_sats: int = 15 * BITCOIN_SATS
    payments_per_spend: int = 20
    confirm_target_blocks: int = 3
    min_fee_rate: int = 1_000
    max_fee_rate: int = 300_000
    max_fee_sats: int = 2_000_000
    bump_after_blocks: int = 6
    max_bumps: int = 10
    retell_seconds: int = 600


LIMITS: Mapping[str, tuple[int, int]] = {
    "min_deposit_sats": (330, BITCOIN_SATS),
    "min_withdrawal_sats": (546, BITCOIN_SATS),  # the highest dust limit of any script that is paid
    "max_withdrawal_sats": (546, SUPPLY_SATS),
    "fee_sats": (0, BITCOIN_SATS // 100),
    "user_day_sats": (0, SUPPLY_SATS),
    "user_day_count": (0, 1_000),
    "house_hour_sats": (0, SUPPLY_SATS),
    "four_eyes_above_sats": (0, SUPPLY_SATS),
    "approvals": (2, 5),
    "new_address_seconds": (0, 365 * DAY_SECONDS),
    "new_address_above_sats": (0, SUPPLY_SATS),
    "address_delay_seconds": (DAY_SECONDS, 30 * DAY_SECONDS),
    "security_hold_seconds": (DAY_SECONDS, 30 * DAY_SECONDS),
    "max_addresses": (1, 200),
    "hot_cap_sats": (330, SUPPLY_SATS),
    "sweep_target_sats": (0, SUPPLY_SATS),
    "payments_per_spend": (1, 100),
    "confirm_target_blocks": (1, 144),
    "min_fee_rate": (1_000, 1_000_000),
    "max_fee_rate": (1_000, 10_000_000),
    "max_fee_sats": (1_000, BITCOIN_SATS),
    "bump_after_blocks": (1, 144),
    "max_bumps": (0, 50),
    "retell_seconds": (10, DAY_SECONDS),
}
# Where the first is above the second, the two do not go together.
_ORDERED = (
    ("min_withdrawal_sats", "max_withdrawal_sats"),
    ("max_withdrawal_sats", "hot_cap_sats"),
    ("sweep_target_sats", "hot_cap_sats"),
    ("min_fee_rate", "max_fee_rate"),
)


class MalformedTerms(ValueError):
    """JSON that is no terms, or with a figure out of its range."""


def wrong_figure(figures: Mapping[str, int]) -> str:
    """The first that is out of its range, or does not go with another; "" where all are well."""
    for name, (least, most) in LIMITS.items():
        if not least <= figures[name] <= most:
            return name
    return next((first for first, second in _ORDERED if figures[first] > figures[second]), "")


def terms_to_json(terms: Terms) -> dict[str, int]:
    return asdict(terms)


def terms_from_json(content: Json) -> Terms:
    """Absent figures have their defaults, for an older release may have written it. Raises MalformedTerms."""
    try:
        figures = msgspec.convert(content, dict[str, int])
    except msgspec.ValidationError as error:
        raise MalformedTerms(str(error)) from error
    unknown = figures.keys() - LIMITS.keys()
    values = {**terms_to_json(Terms()), **figures}
    wrong = ", ".join(sorted(unknown)) or wrong_figure(values)
    if wrong:
        raise MalformedTerms(f"no such figure of terms: {wrong}")
    return Terms(**values)
