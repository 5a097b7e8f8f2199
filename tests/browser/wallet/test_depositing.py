"""A deposit shows as it comes: seen, then counted, confirmation by confirmation."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import shot
from tests.browser.conftest import OpenPage
from tests.browser.wallet.people import saver_with
from tests.custody.support.house import CustodyHouse

pytestmark = pytest.mark.long


def test_it_is_seen_and_then_credited(open_page: OpenPage, client: httpx.Client, chain: CustodyHouse) -> None:
    person, saver = saver_with(client, "heidi", "0.1")
    page = open_page("/wallet/deposit", person)
    expect(page.get_by_role("img", name="QR code of your deposit address")).to_be_visible()
    address = saver.get("/api/v1/deposit-address")["address"]
    assert page.locator(".big-address .address").get_attribute("title") == address
    expect(page.get_by_text("No deposits yet")).to_be_visible()
    saver.pay_unconfirmed(chain, 2_000_000)
    expect(page.get_by_text("Seen, in no block yet")).to_be_visible()
    expect(page.locator(".track")).to_contain_text("0/")
    shot(page, "wallet-deposit-seen")
    chain.chain.mine(1)
    chain.watch()
    expect(page.get_by_text("Credited")).to_be_visible()
    shot(page, "wallet-deposit-credited")
