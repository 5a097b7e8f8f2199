"""Why a person should look at a withdrawal: reasons in words, each with a weight. It decides nothing.

What needs approval is decided in `rules.withdrawals`; this tells whoever approves where to look first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from custody.rules.terms import DAY_SECONDS, Terms
from ledger.money import format_atoms

_HOUR_SECONDS, _MINUTE_SECONDS = 3_600, 60
MOST = 100
HIGH_FROM, RAISED_FROM = 60, 30
YOUNG_ACCOUNT_SECONDS = 30 * DAY_SECONDS
RECENT_CHANGE_SECONDS = 7 * DAY_SECONDS
NEW_NETWORK_SECONDS = 2 * DAY_SECONDS
KNOWN_FROM = 3  # so many withdrawals say what is usual
MANY_A_DAY = 3
_BTC_DECIMALS = 8


class Signal(StrEnum):
    FIRST_WITHDRAWAL = "FIRST_WITHDRAWAL"
    UNUSUAL_AMOUNT = "UNUSUAL_AMOUNT"
    NEW_ADDRESS = "NEW_ADDRESS"
    SHARED_ADDRESS = "SHARED_ADDRESS"
    YOUNG_ACCOUNT = "YOUNG_ACCOUNT"
    SECURITY_CHANGE = "SECURITY_CHANGE"
    NEW_NETWORK = "NEW_NETWORK"
    VELOCITY = "VELOCITY"
    PASSED_THROUGH = "PASSED_THROUGH"


class Level(StrEnum):
    HIGH = "high"
    RAISED = "raised"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A withdrawal as of its asking. `earlier_*`: of the owner's latest that were confirmed before it;
    `day_*`: what he asked for in the 24 hours up to it, it included; `came_in_sats`: deposits that were
    credited in them. `change`: the latest change of what guards the account, "" where there is none; below 0
    `change_seconds` says how long after the asking it came.

    `network_seconds`: how long before it the network that it was asked from was first seen with the owner;
    None where that cannot be told.
    """

    amount_sats: int
    address_seconds: int
    paid_before: int
    other_owners: int
    account_seconds: int
    earlier_count: int
    earlier_largest_sats: int
    day_count: int
    day_sats: int
    came_in_sats: int
    change: str = ""
    change_seconds: int = 0
    network_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    signal: Signal
    weight: int
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """`score` is 0 to MOST; the heaviest reason stands first."""

    score: int
    level: Level
    reasons: tuple[Reason, ...]

    @property
    def text(self) -> str:
        return f"{self.level}, {self.score} of {MOST}"


def risk_of(what: Circumstances, terms: Terms) -> Risk:
    reasons = sorted(_reasons(what, terms), key=lambda one: -one.weight)
    score = min(sum(one.weight for one in reasons), MOST)
    level = Level.HIGH if score >= HIGH_FROM else Level.RAISED if score >= RAISED_FROM else Level.LOW
    return Risk(score, level, tuple(reasons))


def _reasons(what: Circumstances, terms: Terms) -> Iterator[Reason]:
    yield from _of_amount(what)
    yield from _of_address(what, terms)
    yield from _of_account(what)
    yield from _of_pace(what, terms)


def _of_amount(what: Circumstances) -> Iterator[Reason]:
    if not what.earlier_count:
        yield Reason(Signal.FIRST_WITHDRAWAL, 15, "The first withdrawal of this account")
        return
    largest = what.earlier_largest_sats
    if what.amount_sats <= largest:
        return
    tenths = what.amount_sats * 10 // largest
    if what.earlier_count >= KNOWN_FROM and tenths > 10:
        weight = 30 if tenths >= 50 else 20 if tenths >= 20 else 10
        times = f"{tenths // 10}.{tenths % 10}"
        text = f"{times} times the largest of {what.earlier_count} earlier ones ({_btc(largest)} BTC)"
        yield Reason(Signal.UNUSUAL_AMOUNT, weight, text)


def _of_address(what: Circumstances, terms: Terms) -> Iterator[Reason]:
    if what.address_seconds < terms.new_address_seconds and not what.paid_before:
        text = f"The address is on the list for {_span(what.address_seconds)}, and was never paid before"
        yield Reason(Signal.NEW_ADDRESS, 20, text)
    elif not what.paid_before:
        yield Reason(Signal.NEW_ADDRESS, 5, "The address was never paid before")
    if what.other_owners:
        who = (
            "Another customer has" if what.other_owners == 1 else f"{what.other_owners} other customers have"
        )
        yield Reason(Signal.SHARED_ADDRESS, 25, f"{who} the same address on the list")


def _of_account(what: Circumstances) -> Iterator[Reason]:
    if what.account_seconds < YOUNG_ACCOUNT_SECONDS:
        weight = 20 if what.account_seconds < 7 * DAY_SECONDS else 10
        yield Reason(Signal.YOUNG_ACCOUNT, weight, f"The account is {_span(what.account_seconds)} old")
    if what.change and what.change_seconds < 0:
        text = f"{_words(what.change)} changed {_span(-what.change_seconds)} after it was asked for"
        yield Reason(Signal.SECURITY_CHANGE, 30, text)
    elif what.change and what.change_seconds < RECENT_CHANGE_SECONDS:
        weight = 25 if what.change_seconds < 2 * DAY_SECONDS else 15
        text = f"{_words(what.change)} changed {_span(what.change_seconds)} before"
        yield Reason(Signal.SECURITY_CHANGE, weight, text)
    if what.network_seconds is not None and what.network_seconds < NEW_NETWORK_SECONDS:
        text = f"Asked from a network that was first seen {_span(what.network_seconds)} before"
        yield Reason(Signal.NEW_NETWORK, 15, text)


def _of_pace(what: Circumstances, terms: Terms) -> Iterator[Reason]:
    is_half = what.day_sats * 2 >= terms.user_day_sats and what.day_count > 1
    if what.day_count >= MANY_A_DAY or is_half:
        text = f"Number {what.day_count} in 24 hours, {_btc(what.day_sats)} BTC together"
        yield Reason(Signal.VELOCITY, 15, text)
    if what.came_in_sats * 10 >= what.amount_sats * 8:
        text = f"{_btc(what.came_in_sats)} BTC came in within 24 hours before"
        yield Reason(Signal.PASSED_THROUGH, 15, text)


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _btc(sats: int) -> str:
    return format_atoms(sats, _BTC_DECIMALS).rstrip("0").rstrip(".")


def _span(seconds: int) -> str:
    for unit, name in ((DAY_SECONDS, "days"), (_HOUR_SECONDS, "hours"), (_MINUTE_SECONDS, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{max(seconds, 0)} seconds"
