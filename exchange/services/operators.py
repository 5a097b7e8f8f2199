"""What an operator asks of a market beside the admin: a request with its reason, in the audit trail."""

from uuid import UUID

from django.db import transaction

from access.services import Origin, hold_audit_trail, record_audit
from exchange.engine.types import MarketStatus
from exchange.errors import MarketNotFound
from exchange.models import EngineRequest, Market
from exchange.services.requests import request_market_status


@transaction.atomic
def change_market_status(
    *, symbol: str, status: MarketStatus, reason: str, origin: Origin, command_id: UUID
) -> EngineRequest:
    """The engine carries it out within a second. Sent again with the same id it counts, and is entered, once.

    Raises MarketNotFound, ReasonRequired, RequestConflict.
    """
    hold_audit_trail()  # or the same sent twice at once would be entered twice
    market = Market.objects.filter(symbol=symbol).first()
    if market is None:
        raise MarketNotFound(field="market")
    is_known = EngineRequest.objects.filter(command_id=command_id).exists()
    request = request_market_status(
        market=market, status=status, reason=reason, requested_by=origin.user_id, command_id=command_id
    )
    if not is_known:
        record_audit(
            origin=origin,
            action="engine.status",
            subject=f"market:{symbol}",
            before={"status": market.status},
            after={
                "asked": request.summary,
                "reason": reason,
                "request": request.pk,
                "command_id": str(command_id),
            },
        )
    return request
