"""What is done when a transaction that nobody here made spends our coins: it all stops until people look.

Not for a vault's coins: its owner and the backup may spend them, and who pays a vault may spend twice.
"""

import logging

from django.db import transaction

from access.services import Origin
from custody.bitcoin.types import Purpose
from custody.models import Spend
from custody.rules.spends import SpendEvent, next_status
from custody.rules.statuses import SpendStatus
from custody.services.spending.audit import note
from custody.services.stops import stop_by_itself

log = logging.getLogger(__name__)


def contest(spend_id: int, rival: str, problem: str) -> bool:
    """Mark the spend, and stop withdrawals where its coins are the house's. False where it was done, or the
    spend is past it: what people have looked at and let go on is not stopped for the same again."""
    found = Spend.objects.filter(pk=spend_id).exclude(status=SpendStatus.CONTESTED).first()
    if found is None:
        return False
    if found.purpose != Purpose.VAULT:
        stop_by_itself(reason=f"Spend {spend_id}: {problem}")
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        if next_status(SpendStatus(spend.status), SpendEvent.CONTEST) is None:
            return False
        spend.status, spend.problem = SpendStatus.CONTESTED, problem[:300]
        spend.save(update_fields=["status", "problem", "changed_at"])
        facts = {"rival": rival, "problem": problem}
        note(spend_id, Origin(), "contested", facts)
    log.error("spend %s is contested: %s", spend_id, problem)
    return True
