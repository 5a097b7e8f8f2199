"""The scan: a price, or a rate, that has moved brings vaults into the states that they belong to.

What it costs grows with what has to change. It goes on with what it left, whoever dies when.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from access.exclusive import alone
from access.notices import notify
from oracle.errors import NoPrice
from oracle.selectors import price_for_liquidation
from vaults.broadcast import tell_after_commit
from vaults.rules.moments import milliseconds
from vaults.rules.statuses import VaultEvent
from vaults.selectors_rate import current_rate
from vaults.selectors_scan import Question, candidates
from vaults.services.rate import hold_rate
from vaults.services.restating import Grounds, Restated, claim, judge, store_many
from vaults.services.scan_notices import notice_of

CHUNK = 500
BUDGET_S = 1.5  # the next turn is due after two
SCAN_LOCK = 0x_BA_11_5C_A2  # nobody else's advisory lock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one turn did. `is_mine` is False where another's was under way. `refused` is the code of why there
    is no price to judge by, "" where there is one. `failed` are vaults whose rows contradict each other; the
    log says how. `is_whole`: nobody was left for want of time."""

    is_mine: bool = True
    refused: str = ""
    looked_at: int = 0
    held_by_others: int = 0
    failed: int = 0
    entered: dict[VaultEvent, int] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def changed(self) -> int:
        return sum(self.entered.values())


def run_once(now: datetime, *, budget_s: float = BUDGET_S, chunk: int = CHUNK) -> Scan:
    """Never waits for another turn. Every vault is judged under its lock, by the price and the rate of that
    moment: where the price cannot be used any more, the turn ends."""
    with alone(SCAN_LOCK) as is_mine:
        return _Turn(now, budget_s, chunk).run() if is_mine else Scan(is_mine=False)


def chunks(grounds: Grounds, size: int) -> Iterator[list[UUID]]:
    """Whom to judge: a chunk of each question in turn, so that a flood of one leaves time for the others."""
    waiting = [_found(question, grounds, size) for question in Question]
    while waiting:
        for pieces in tuple(waiting):
            vault_ids = next(pieces, None)
            if vault_ids is None:
                waiting.remove(pieces)
            else:
                yield vault_ids


def _found(question: Question, grounds: Grounds, size: int) -> Iterator[list[UUID]]:
    """Asked when it is its turn: what an earlier one has moved is not found again."""
    found = candidates(question, price_e8=grounds.price_e8, rate_ray=grounds.rate_ray)
    for begin in range(0, len(found), size):
        yield found[begin : begin + size]


class _Turn:
    def __init__(self, now: datetime, budget_s: float, chunk: int) -> None:
        self.began = now
        self.began_s = time.monotonic()
        self.budget_s = budget_s
        self.chunk = chunk
        self.looked_at = self.held_by_others = self.failed = 0
        self.entered: Counter[VaultEvent] = Counter()

    def run(self) -> Scan:
        try:
            is_whole = self._enter_all()
        except NoPrice as refusal:
            return self._scan(refusal.code, is_whole=False)
        return self._scan("", is_whole=is_whole)

    def _scan(self, refused: str, *, is_whole: bool) -> Scan:
        counts = (self.looked_at, self.held_by_others, self.failed)
        return Scan(True, refused, *counts, dict(self.entered), is_whole)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(seconds=time.monotonic() - self.began_s)

    def _enter_all(self) -> bool:
        """Whether there was time for everybody."""
        for vault_ids in chunks(self._grounds(current_rate().rate_ray), self.chunk):
            self._enter_around_faults(vault_ids)
            if time.monotonic() - self.began_s > self.budget_s:
                return False
        return True

    def _grounds(self, rate_ray: int) -> Grounds:
        price = price_for_liquidation(now_ms=milliseconds(self.now))
        return Grounds(price.upper_e8, price.round_id, rate_ray)

    def _enter_around_faults(self, vault_ids: Sequence[UUID]) -> None:
        """One vault whose rows contradict each other keeps nobody else from being judged."""
        try:
            self.entered.update(one.event for one in self._enter(vault_ids))
        except (IntegrityError, DataError):
            if len(vault_ids) == 1:
                logger.exception("vault %s cannot be judged", vault_ids[0])
                self.failed += 1
                return
            middle = len(vault_ids) // 2
            self._enter_around_faults(vault_ids[:middle])
            self._enter_around_faults(vault_ids[middle:])

    @transaction.atomic
    def _enter(self, vault_ids: Sequence[UUID]) -> list[Restated]:
        vaults = claim(vault_ids)
        restated = judge(vaults, self._grounds(hold_rate().rate_ray))
        told = store_many(restated, self.now)
        notify([notice for one in restated if (notice := notice_of(one)) is not None])
        tell_after_commit(told)
        self.looked_at += len(vaults)
        self.held_by_others += len(vault_ids) - len(vaults)
        return restated
