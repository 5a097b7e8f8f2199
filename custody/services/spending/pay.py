"""One turn of spending: plan, ask, tell, bump, sweep, each step with commits of its own.

Whatever process is killed at whatever statement, the next turn goes on where the rows say.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from access.exclusive import alone
from custody.bitcoin.types import Role
from custody.chains.source import ChainFailure, ChainSource
from custody.models import FeeEstimate, WalletKey
from custody.rules.fees import target_rate
from custody.rules.terms import Terms
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import open_stop
from custody.services.exclusive import Job
from custody.services.spending.ask import ask_signers
from custody.services.spending.bump import bump_stuck
from custody.services.spending.drop import drop_unasked
from custody.services.spending.outside import Outside
from custody.services.spending.plan import plan_withdrawals
from custody.services.spending.sweep import sweep_hot
from custody.services.spending.tell import tell_network

log = logging.getLogger(__name__)

FALLBACK_RATE = 10_000  # where the source knows no rate: it may be bumped later


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did. `is_mine` is False where another worker's turn was under way."""

    is_mine: bool = True
    dropped: int = 0
    planned: int = 0
    signed: int = 0
    told: int = 0
    bumped: int = 0
    swept: int = 0


def run_once(outside: Outside, *, now: datetime) -> Turn:
    """Never waits for another turn. A source that gives no rate lets nothing be planned; what is signed is
    told all the same."""
    with alone(Job.PAYING) as is_mine:
        return _turn(outside, now) if is_mine else Turn(is_mine=False)


def _turn(outside: Outside, now: datetime) -> Turn:
    terms = terms_in_force()
    dropped = drop_unasked(now=now, is_stopped=open_stop() is not None)
    rate = _rate(outside.source, terms)
    if rate is not None:
        FeeEstimate.objects.update_or_create(pk=1, defaults={"rate": rate, "at": now})
    planned = bumped = swept = 0
    try:
        if rate is not None and WalletKey.objects.filter(role=Role.HOT).exists():
            planned = plan_withdrawals(rate=rate, terms=terms, now=now)
            bumped = bump_stuck(rate=rate, terms=terms)
            swept = sweep_hot(rate=rate, terms=terms)
    finally:  # whatever is wrong with what is new, what is on its way goes on
        signed = ask_signers(outside, now=now)
        told = tell_network(outside.source, terms=terms, now=now)
    return Turn(True, dropped, planned, signed, told, bumped, swept)


def _rate(source: ChainSource, terms: Terms) -> int | None:
    try:
        estimate = source.fee_rate(terms.confirm_target_blocks)
    except ChainFailure as error:
        log.warning("no fee rate, so nothing is planned: %s", error)
        return None
    return target_rate(estimate, floor=terms.min_fee_rate, ceiling=terms.max_fee_rate, fallback=FALLBACK_RATE)
