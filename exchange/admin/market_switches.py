"""The four ways a market can stand, each a deed of its own: for when there is no time to fill in a form."""

from typing import ClassVar

from django.db.models import Model

from access.deeds import Doing, Takes
from exchange.admin.market_deeds import MarketDeed
from exchange.engine.types import MarketStatus
from exchange.models import EngineRequest, Market
from exchange.models import MarketStatus as RowStatus
from exchange.services.requests import request_market_status


class Switch(MarketDeed):
    permission = "exchange.request_market_status"
    takes = Takes.MANY
    status: ClassVar[MarketStatus]

    def suits(self, row: Model) -> bool:
        assert isinstance(row, Market)
        return row.status not in (self.status.name, RowStatus.PENDING)

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        assert isinstance(row, Market)
        return [
            request_market_status(
                market=row,
                status=self.status,
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(row.pk),
            )
        ]


class Open(Switch):
    name = "open"
    title = "Open"
    about = "It takes orders again. A breaker's halt ends, and its price is that of the first trade."
    status = MarketStatus.OPEN


class PostOnly(Switch):
    name = "post-only"
    title = "Post-only"
    about = "Post-only orders and cancels alone: a book can form before anybody trades."
    status = MarketStatus.POST_ONLY


class CancelOnly(Switch):
    name = "cancel-only"
    title = "Pause: cancels only"
    about = "Nobody trades, and everybody can take his orders back."
    status = MarketStatus.CANCEL_ONLY


class Halt(Switch):
    name = "halt"
    title = "Halt"
    about = "It takes nothing from customers, cancels neither. What is due by the clock still closes."
    status = MarketStatus.HALTED


SWITCHES = (Open(), CancelOnly(), PostOnly(), Halt())
