"""Operators pause a market and restart a process from the page, each with a reason; nobody else may."""

import re
from collections.abc import Callable

import httpx
import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from redis import Redis

from access.models import AuditEntry
from access.operator_session import SEEN, SINCE
from access.sessions import SessionStore
from exchange.models import Market
from health.supervised import restart_orders
from tests.api.house import FREE_MARKET, House
from tests.browser.conftest import OpenPage
from tests.browser.people import Person, new_person
from tests.support.operators import mark
from tests.support.waiting import until

pytestmark = pytest.mark.long

SLOW_MS = 40_000
WHY = "The book looks wrong to me."


@pytest.fixture
def operator(client: httpx.Client) -> Person:
    return new_person(client, "olivia", is_staff=True)


class AsOperator:
    """The same person with an operator's own login."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def cookies(self, url: str) -> list[dict[str, object]]:
        found = self._person.cookies(url)
        session = SessionStore(found[0]["value"])
        mark(session, self._person.user.pk)
        session[SINCE] = session[SEEN] = 4_000_000_000  # of a clock that no test waits for
        session.save()
        return found


def deed(page: Page, button: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=button).first.click(timeout=SLOW_MS)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Why")).to_be_visible()
    dialog.get_by_label("Why").fill(WHY)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0, timeout=SLOW_MS)


def test_a_market_is_paused_and_opened_with_a_reason(open_page: OpenPage, operator: Person) -> None:
    page = open_page("/status", AsOperator(operator))
    deed(page, f"Pause {FREE_MARKET} …")
    until(lambda: Market.objects.get(symbol=FREE_MARKET).status == "CANCEL_ONLY")
    entry = AuditEntry.objects.filter(action="engine.status").latest("pk")
    assert (entry.user_id, entry.subject) == (operator.user.pk, f"market:{FREE_MARKET}")
    assert entry.after is not None
    assert entry.after["reason"] == WHY
    deed(page, f"Open {FREE_MARKET} …")
    until(lambda: Market.objects.get(symbol=FREE_MARKET).status == "OPEN")


def test_a_process_is_ordered_to_start_again(open_page: OpenPage, operator: Person, site: House) -> None:
    page = open_page("/status", AsOperator(operator))
    with Redis.from_url(site.servers.redis_url) as redis:
        # Nobody supervises this house's engine, and its own conscience would end it: one that is not there.
        deed(page, re.compile("Restart worker"))
        assert list(restart_orders(redis, ["worker", "engine"])) == ["worker"]
    entry = AuditEntry.objects.filter(action="process.restart_ordered").latest("pk")
    assert (entry.user_id, entry.subject) == (operator.user.pk, "process:worker")


def test_a_reason_is_asked_for(open_page: OpenPage, operator: Person) -> None:
    page = open_page("/status", AsOperator(operator))
    page.get_by_role("button", name=re.compile("Restart worker")).click(timeout=SLOW_MS)
    page.locator("dialog button[type=submit]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_staff_without_an_operators_login_is_shown_the_way_there(
    open_page: OpenPage, operator: Person
) -> None:
    page = open_page("/status", operator)
    expect(page.get_by_role("link", name="Log in as an operator")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name=re.compile("Restart"))).to_have_count(0)


def test_a_customer_sees_no_deeds_and_is_refused(
    open_page: OpenPage, person: Callable[..., Person], site: House
) -> None:
    carol = person("carol")
    page = open_page("/status", carol)
    expect(page.get_by_text(carol.name)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("For operators")).to_have_count(0)
    assert User.objects.get(pk=carol.user.pk).is_staff is False
