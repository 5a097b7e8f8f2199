"""The operators' pages under the policy of all pages: none complains, each fits, and everybody can use it."""

import re
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page, expect

from exchange.models import Market
from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.cockpit.conftest import OpenAdmin
from tests.browser.conftest import OpenPage
from tests.browser.people import Person

pytestmark = pytest.mark.long


def settled(page: Page) -> None:
    """Alpine has shown it, and what the page asks by itself is there."""
    expect(page.locator("html")).not_to_have_attribute("x-cloak", "")
    page.wait_for_load_state("networkidle")


def market_deed(name: str) -> str:
    return f"{reverse('admin:exchange_market_deed', args=[name])}?ids={first_market()}"


def first_market() -> int:
    return Market.objects.earliest("pk").pk


PAGES: dict[str, Callable[[Person], str]] = {
    "home": lambda _: "/admin/",
    "search": lambda _: "/admin/search/?q=nothing",
    "customer": lambda person: f"/admin/customers/{person.user.pk}/",
    "deed": lambda _: market_deed("parameters"),
    "list": lambda _: "/admin/access/apikey/",
    "row": lambda _: f"/admin/exchange/market/{first_market()}/change/",
}


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_every_day_can_be_used_by_everybody(
    open_admin: OpenAdmin, olivia: Person, name: str, theme: str
) -> None:
    page = open_admin(PAGES[name](olivia), theme=theme)
    settled(page)
    shot(page, f"admin-{name}-{DESK}-{theme}")
    assert_fits(page)
    assert_accessible(page)
    page.set_viewport_size({"width": PHONE, "height": 844})
    shot(page, f"admin-{name}-{PHONE}-{theme}")
    assert_fits(page)


@pytest.mark.timeout(400)  # as many pages as there are models
def test_no_list_of_the_admin_complains(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/")
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        page.goto(reverse(f"admin:{name}_changelist"))
        expect(page.locator("html")).not_to_have_attribute("x-cloak", "")
        expect(page.locator("#changelist")).to_be_visible()


def test_a_form_shows_what_will_change_before_it_is_saved(open_admin: OpenAdmin) -> None:
    page = open_admin(reverse("admin:exchange_feetierrule_add"))
    settled(page)
    expect(page.locator("#changes")).to_be_hidden()
    page.locator("#id_tier").fill("7")
    row = page.locator("#changes tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Tier")
    page.locator("#id_tier").fill("")
    expect(page.locator("#changes")).to_be_hidden()


def test_a_deed_marks_what_is_another_value(open_admin: OpenAdmin) -> None:
    page = open_admin(market_deed("parameters"))
    settled(page)
    expect(page.locator(".deed-field.changes")).to_have_count(0)
    page.get_by_label("Max open orders").fill("77")
    expect(page.locator(".deed-field.changes")).to_have_count(1)


def test_a_key_leads_to_the_search_box_and_it_finds(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/access/apikey/")
    settled(page)
    page.keyboard.press("/")
    expect(page.locator("#search-everything")).to_be_focused()
    page.keyboard.type("nothing of this name")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is called")).to_be_visible()
    expect(page.locator("#search-everything")).to_have_value("nothing of this name")


def test_the_menu_opens_on_a_phone(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/", width=PHONE)
    settled(page)
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(page.locator("#nav-sidebar")).to_be_visible()
    page.get_by_role("link", name="Audit entries").click()
    expect(page.locator("#changelist")).to_be_visible()


def test_filters_open_and_lead(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/access/apikey/")
    settled(page)
    page.get_by_text("Filters").click()
    page.locator("#changelist-filter").get_by_role("link", name="Not empty").first.click()
    expect(page).to_have_url(re.compile("isempty=0"))


def test_the_theme_is_chosen_and_kept(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/")
    settled(page)
    page.get_by_text("unfold_more").last.click()
    page.get_by_text("Light", exact=True).click()
    expect(page.locator("html")).not_to_have_class("dark")
    page.reload()
    settled(page)
    expect(page.locator("html")).not_to_have_class("dark")


def test_the_door_complains_of_nothing(open_page: OpenPage) -> None:
    page = open_page("/admin/login/")
    settled(page)
    assert_accessible(page)
