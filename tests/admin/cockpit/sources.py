"""Sources of the tests' own: work of every urgency, one source that breaks, one that never ends."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection
from django.utils.html import format_html

from access.cockpit import (
    Figure,
    FigureSource,
    Found,
    Panel,
    PanelSource,
    SearchSource,
    Urgency,
    Work,
    WorkItem,
    WorkSource,
)

LONG_AGO, LATELY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
SEEN_BY: list[int] = []
PERMISSION = "access.view_auditentry"


def _url() -> str:
    return "/admin/access/auditentry/"


def _payments(operator_id: int) -> Work:
    SEEN_BY.append(operator_id)
    items = [
        WorkItem(
            "2.50000000 BTC to bc1qtest",
            LATELY,
            "/admin/custody/withdrawal/1/",
            reasons=("first withdrawal", "<b>new</b> address"),
            deeds=(("Approve", "/approve/"), ("Reject", "/reject/")),
        ),
        WorkItem("Older one", LONG_AGO, "/admin/custody/withdrawal/2/"),
    ]
    return Work(items, 41)


def _dangers(operator_id: int) -> Work:
    return Work([WorkItem("Money is missing", LATELY, "/danger/", urgency=Urgency.NOW)], 1)


def _nothing(operator_id: int) -> Work:
    return Work([], 0)


def _broken(*_: object) -> Work:
    raise RuntimeError("the source is broken")


def _endless(*_: object) -> Work:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    raise AssertionError


WORK = (
    WorkSource("payments", "Payments to approve", PERMISSION, _payments, "no payments", _url),
    WorkSource("frozen", "Frozen accounts", PERMISSION, _nothing, "no frozen accounts", _url),
    WorkSource("dangers", "Dangers", PERMISSION, _dangers, "no dangers", _url),
    WorkSource("secrets", "Secrets", "auth.delete_permission", _dangers, "no secrets", _url),
)
ONE = WORK[:1]
BROKEN = (WorkSource("broken", "Broken", PERMISSION, _broken, "nothing broken", _url),)
ENDLESS = (WorkSource("endless", "Endless", PERMISSION, _endless, "nothing endless", _url),)


def _figures() -> Sequence[Figure]:
    return [
        Figure("House", "all is well", "12 checks", "good", "/status"),
        Figure("Owed and not covered", "0.00000001 BTC", tone="bad"),
    ]


FIGURES = (FigureSource("house", PERMISSION, _figures),)


def _orders(term: str) -> Sequence[Found]:
    if term != "17" and term != "many":
        return []
    count = 30 if term == "many" else 1
    return [
        Found("Orders", f"Order {n}", "open", f"/admin/exchange/order/{n}/") for n in range(17, 17 + count)
    ]


def _people(term: str) -> Sequence[Found]:
    return [Found("Customers", "alice", "", "/admin/customers/1/")] if term == "many" else []


SEARCH = (
    SearchSource("orders", PERMISSION, _orders),
    SearchSource("people", "auth.view_user", _people),
)
BROKEN_SEARCH = (SearchSource("broken", PERMISSION, _broken),)  # type: ignore[arg-type]  # it fails anyway


def _account(customer_id: int) -> Panel:
    return Panel(
        facts=(("Number", str(customer_id)), ("Called", "<i>alice</i>")),
        deeds=(("Freeze", "/freeze/"),),
    )


def _orders_of(customer_id: int) -> Panel:
    link = format_html('<a href="/admin/exchange/order/{}/">{}</a>', 17, "17")
    return Panel(head=("Order", "Side"), rows=((link, "BUY"),), more_url="/all/")


def _empty(customer_id: int) -> Panel:
    return Panel()


PANELS = (
    PanelSource("account", "Account", PERMISSION, _account),
    PanelSource("orders", "Orders", PERMISSION, _orders_of),
    PanelSource("empty", "Nothing here", PERMISSION, _empty),
    PanelSource("broken", "Broken", PERMISSION, _broken),  # type: ignore[arg-type]  # it fails anyway
    PanelSource("secret", "Secret", "auth.delete_permission", _account),
)
