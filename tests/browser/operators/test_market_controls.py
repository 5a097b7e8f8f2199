"""From the home page an operator halts a market and opens it again, and finds a customer's page by a name."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from exchange.models import EngineRequest, Market
from tests.api.house import FREE_MARKET
from tests.browser.chromium import assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import new_person
from tests.browser.status.test_operators import AsOperator
from tests.browser.wallet.people import saver_with
from tests.support.waiting import until

pytestmark = pytest.mark.long

WHY = "Its prices look wrong."


def status() -> str:
    return str(Market.objects.get(symbol=FREE_MARKET).status)


def switch(page: Page, deed: str) -> None:
    page.goto("/admin/")
    page.locator(".figure").get_by_role("link", name=FREE_MARKET).click()
    page.get_by_role("link", name=f"{deed} …", exact=True).click()
    page.get_by_label("Reason").fill(WHY)
    page.get_by_role("button", name=deed, exact=True).click()
    expect(page.get_by_text("Asked; the answer of the engine is below.")).to_be_visible()


def test_a_market_is_halted_and_opened_from_the_home_page(open_page: OpenPage, client: httpx.Client) -> None:
    page = open_page("/admin/", AsOperator(new_person(client, "mona", is_staff=True)))
    switch(page, "Halt")
    until(lambda: status() == "HALTED")
    page.goto("/admin/")
    item = page.locator(".work-item", has_text=f"{FREE_MARKET} is HALTED")
    expect(item).to_contain_text(WHY)
    expect(item.get_by_role("link", name="Open", exact=True)).to_be_visible()
    shot(page, "operators-halted")
    switch(page, "Open")
    until(lambda: status() == "OPEN")
    assert EngineRequest.objects.filter(reason=WHY, status="APPLIED").count() == 2


def test_a_customer_is_found_by_name_and_shown_whole(open_page: OpenPage, client: httpx.Client) -> None:
    customer, _ = saver_with(client, "carla", "0.5")
    page = open_page("/admin/", AsOperator(new_person(client, "nils", is_staff=True)))
    page.keyboard.press("/")
    page.keyboard.type(customer.name)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/admin/customers/{customer.user.pk}/")
    for title in ("Account", "Balances and holds", "Allowed addresses", "API keys"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_text("0.50000000").first).to_be_visible()
    assert_accessible(page)
    shot(page, "operators-customer")
