"""The life of a deposit: what the chain says of its coin, as an event, and where each leads.

Leaving CREDITED, wherever to, takes the credit back; entering it gives it.
"""

from dataclasses import dataclass
from typing import Final

from custody.rules.statuses import DepositEvent as Event
from custody.rules.statuses import DepositStatus as Status


@dataclass(frozen=True, slots=True)
class CoinFacts:
    """What is known of a coin now. A rival is another transaction that spends what the coin's own does."""

    confirmations: int
    in_mempool: bool
    rival_mined: bool
    rival_sighted: bool


def event_of(facts: CoinFacts, required_confirmations: int) -> Event:
    """The chain before the mempool, and a mined rival before everything that is not mined."""
    if facts.confirmations:
        return Event.DEEP if facts.confirmations >= required_confirmations else Event.MINED
    if facts.rival_mined:
        return Event.CONFLICT_MINED
    if facts.in_mempool:
        return Event.SIGHTED
    return Event.CONFLICT_SIGHTED if facts.rival_sighted else Event.GONE


def _row(**states: Status) -> dict[Event, Status]:
    return {Event(name): status for name, status in states.items()}


def _uncredited(**states: Status) -> dict[Event, Status]:
    """Where the chain leads whatever there was before; what is said of other events comes on top."""
    always = {"MINED": Status.CONFIRMED, "DEEP": Status.CREDITED, "CONFLICT_MINED": Status.DOUBLE_SPENT}
    return _row(**(always | states))


_TABLE: Final = {
    Status.SEEN: _uncredited(SIGHTED=Status.SEEN, GONE=Status.EVICTED, CONFLICT_SIGHTED=Status.REPLACED),
    Status.CONFIRMED: _uncredited(SIGHTED=Status.SEEN, GONE=Status.EVICTED, CONFLICT_SIGHTED=Status.REPLACED),
    # What was credited and is in a block of the active chain stays credited, however deep.
    Status.CREDITED: _row(
        MINED=Status.CREDITED,
        DEEP=Status.CREDITED,
        SIGHTED=Status.REORGED,
        GONE=Status.REORGED,
        CONFLICT_SIGHTED=Status.REORGED,
        CONFLICT_MINED=Status.DOUBLE_SPENT,
    ),
    Status.REORGED: _uncredited(SIGHTED=Status.REORGED, GONE=Status.REORGED, CONFLICT_SIGHTED=Status.REORGED),
    Status.DOUBLE_SPENT: _uncredited(
        SIGHTED=Status.SEEN, GONE=Status.EVICTED, CONFLICT_SIGHTED=Status.REPLACED
    ),
    Status.REPLACED: _uncredited(SIGHTED=Status.SEEN, GONE=Status.REPLACED, CONFLICT_SIGHTED=Status.REPLACED),
    Status.EVICTED: _uncredited(SIGHTED=Status.SEEN, GONE=Status.EVICTED, CONFLICT_SIGHTED=Status.REPLACED),
}
TRANSITIONS: Final = {
    (status, event): following for status, row in _TABLE.items() for event, following in row.items()
}


def next_status(status: Status, event: Event) -> Status:
    """Every pair leads somewhere: facts of the chain cannot be refused."""
    return TRANSITIONS[status, event]
