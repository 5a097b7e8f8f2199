"""Alerts of the front door and of notices. They stand here, for access knows nothing of health."""

from health.alerting.conditions import Both, Compare, check_finds
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, Increase, begins, one_of, select
from health.rules import Status

_WINDOW_S = 300
_ALL = Increase(select("ballast_http_requests_total"), _WINDOW_S)
_ERRORS = Increase(select("ballast_http_requests_total", begins("status", "5")), _WINDOW_S)
_FAST = Increase(select("ballast_http_request_seconds_bucket", one_of("le", "1.0")), _WINDOW_S)
_COUNTED = Increase(select("ballast_http_request_seconds_count"), _WINDOW_S)
_LIMITED = Increase(select("ballast_rate_limited_total"), _WINDOW_S)
_SENT = "ballast_notice_deliveries_total"
_MAIL = one_of("channel", "EMAIL")
_SOCKETS = Gauge(select("ballast_websocket_connections"), by=("instance",))
_SOCKETS_MOST = Gauge(select("ballast_websocket_connections_limit"), by=("instance",))
# 1013: the server was too busy; 1011: it made a mistake.
_BAD_CLOSES = Increase(select("ballast_websocket_closes_total", one_of("code", "1011", "1013")), _WINDOW_S)

ALERTS = (
    page(
        "ServerErrors",
        Both(Compare(_ERRORS, ">", _ALL, percent=5), Compare(_ERRORS, ">", 20)),
        for_s=60,
        summary="More than 5 % of requests were answered with 5xx for five minutes.",
        stake="Customers are turned away, and cannot know what became of what they sent.",
    ),
    warn(
        "ServerErrorsFew",
        Compare(_ERRORS, ">", 5),
        for_s=600,
        summary="Requests have been answered with 5xx for ten minutes.",
        stake="Something fails for somebody: a bug, or a server that comes and goes.",
    ),
    warn(
        "AnswersSlow",
        Both(Compare(_FAST, "<", _COUNTED, percent=95), Compare(_COUNTED, ">", 100)),
        for_s=300,
        summary="More than 5 % of requests took longer than a second.",
        stake="Pages feel broken, and programs run into their time-outs.",
    ),
    warn(
        "RateLimitStorm",
        Both(Compare(_LIMITED, ">", _ALL, percent=30), Compare(_LIMITED, ">", 1_000)),
        for_s=300,
        summary="Nearly a third of requests were refused for their rate.",
        stake="An attack, a client that runs wild, or a proxy whose hops are not configured.",
    ),
    warn(
        "SocketsNearLimit",
        Compare(_SOCKETS, ">", _SOCKETS_MOST, percent=90),
        for_s=60,
        summary="A web process ({instance}) has nine tenths of the sockets that it takes.",
        stake="Beyond that customers get no live data.",
    ),
    warn(
        "SocketsCut",
        Compare(_BAD_CLOSES, ">", 100),
        for_s=60,
        summary="The house has closed more than 100 sockets in five minutes as too busy or by mistake.",
        stake="Customers see stale books and reconnect all at once.",
    ),
    warn(
        "NoticesUndelivered",
        Compare(Gauge(select("ballast_notices_oldest_seconds")), ">", 900),
        for_s=60,
        summary="Notices have waited to be sent for a quarter of an hour.",
        stake="Owners of vaults are not warned, and nobody hears of a new address or key of his.",
    ),
    warn(
        "MailsFail",
        Both(
            Compare(
                Increase(select(_SENT, _MAIL, one_of("outcome", "FAILED")), 1_800),
                ">",
                Increase(select(_SENT, _MAIL), 1_800),
                percent=50,
            ),
            Compare(Increase(select(_SENT, _MAIL, one_of("outcome", "FAILED")), 1_800), ">", 5),
        ),
        for_s=300,
        summary="More than half of the mails of half an hour could not be sent.",
        stake="Codes, warnings and receipts do not arrive.",
    ),
    page(
        "BackupTooOld",
        check_finds("backup", Status.WARN),
        for_s=600,
        summary="The newest backup is older than two of its periods, or there is none.",
        stake="If the database is lost now, hours of trading are lost with it.",
    ),
    warn(
        "BackupFailed",
        Compare(Increase(select("ballast_backup_failures_total"), 3_600, by=()), ">", 0),
        summary="A backup has failed within the last hour.",
        stake="The next one may, too; then there is none.",
    ),
)
