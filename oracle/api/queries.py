"""What a client may ask the oracle's lists for."""

from django.conf import settings

from access.fields import BooleanField, ChoiceField, IntegerField
from access.intervals import DAY_S, MAX_CANDLES
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, CursorField, SpanQuery
from access.serializers import StrictSerializer
from oracle.selectors_history import INTERVALS

LONGEST_TWAP_S = settings.ORACLE_KEPT_DAYS * DAY_S
HOUR_WINDOW_S = 3_600


class HistoryQuery(SpanQuery):
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = CursorField(default=None)
    sources = BooleanField(default=False)


class OracleCandlesQuery(SpanQuery):
    interval = ChoiceField(list(INTERVALS))
    limit = IntegerField(1, MAX_CANDLES, default=500)


class TwapQuery(StrictSerializer):
    window = IntegerField(1, LONGEST_TWAP_S, default=HOUR_WINDOW_S)
