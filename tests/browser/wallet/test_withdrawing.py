"""A withdrawal by a second factor: what leaves is said before, a code is asked for, it can be taken back."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE, Watch, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.wallet.people import saver_with

pytestmark = pytest.mark.long


def test_it_is_asked_for_with_a_code_followed_and_canceled(open_page: OpenPage, client: httpx.Client) -> None:
    person, saver = saver_with(client, "erin", "1")
    page = open_page("/wallet/withdraw", person)
    page.get_by_label("Amount that arrives").fill("0.05")
    expect(page.locator("#preview")).to_contain_text("Leaves your wallet")
    page.get_by_label("Code of your second factor").fill(saver.code())
    shot(page, "wallet-withdraw-filled")
    assert_accessible(page)
    page.get_by_role("button", name="Withdraw 0.05 BTC").click()
    expect(page.locator("#withdrawals")).to_contain_text("0.05 BTC")
    shot(page, "wallet-withdraw-asked")
    page.get_by_role("button", name="Cancel the withdrawal of 0.05").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(page.locator("#withdrawals")).to_contain_text("Canceled; the money is back")
    assert saver.holding("BTC")["funding_available"] == "1.00000000"


def test_what_cannot_be_is_said_at_its_field(open_page: OpenPage, client: httpx.Client, watch: Watch) -> None:
    watch.allow("status of 403")
    person, _ = saver_with(client, "frank", "0.2")
    page = open_page("/wallet/withdraw", person, width=PHONE)
    page.get_by_label("Amount that arrives").fill("0.2")
    expect(page.get_by_text("With the fee that is more than")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw 0.2 BTC")).to_be_disabled()
    page.get_by_role("button", name="All").click()
    page.get_by_label("Code of your second factor").fill("000000")
    page.get_by_role("button", name="Withdraw 0").click()
    expect(page.get_by_text("The code is wrong, or too old.")).to_be_visible()
    assert_fits(page)


def test_a_label_that_looks_like_a_page_is_only_text(open_page: OpenPage, client: httpx.Client) -> None:
    person, saver = saver_with(client, "grace", "0.2")
    saver.home.label = "<img src=x onerror=alert(1)>"
    saver.home.save(update_fields=["label"])
    page = open_page("/wallet/withdraw", person)
    expect(page.locator("#addresses")).to_contain_text("<img src=x")
    assert page.locator("#addresses img").count() == 0
