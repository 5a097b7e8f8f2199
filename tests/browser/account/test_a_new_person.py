"""Somebody new: signs up, sets up a second factor, logs in with it from elsewhere, and ends that login."""

import re
import secrets
import time

import pytest
from playwright.sync_api import Page, expect

from access.second_factor import code_at
from access.second_factor.codes import STEP_SECONDS
from tests.browser.chromium import Watch, assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import PASSWORD

pytestmark = pytest.mark.long
SLOW_MS = 60_000  # a password is hashed a million times, on a machine that does much else


def signed_up(page: Page) -> str:
    name = f"ivan-{secrets.token_hex(4)}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Mail address").fill(f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Open the account").dblclick()
    page.wait_for_url("**/wallet", timeout=SLOW_MS, wait_until="domcontentloaded")
    return name


def patient(page: Page) -> Page:
    page.set_default_timeout(SLOW_MS)
    return page


def step() -> int:
    return int(time.time()) // STEP_SECONDS


def with_factor(page: Page) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    page.goto("/account/security")
    page.get_by_role("button", name="Set up a second factor").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name="QR code for an authenticator")).to_be_visible()
    shot(page, "account-security-enrolling")
    assert_accessible(page)
    page.get_by_label("First code").fill(code_at(secret, step() - 1))
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("Keep these recovery codes now")).to_be_visible(timeout=SLOW_MS)
    shot(page, "account-security-codes")
    codes = page.locator(".codes li").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("Recovery codes left")).to_be_visible(timeout=SLOW_MS)
    return secret, codes


def test_signs_up_guards_the_account_and_ends_a_login_elsewhere(open_page: OpenPage, watch: Watch) -> None:
    watch.allow("status of 401")  # the page of the login that ended asks once more
    page = patient(open_page("/signup"))
    name = signed_up(page)
    secret, codes = with_factor(page)
    assert len(codes) == 10

    other = patient(open_page("/login?next=/account"))
    other.get_by_label("Name or mail address").fill(name)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_role("heading", name="Second step")).to_be_visible(timeout=SLOW_MS)
    assert_accessible(other)
    assert not [one for one in other.context.cookies() if one["name"] == "sessionid"]
    other.get_by_label("Code", exact=True).fill(code_at(secret, step()))
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url("**/account", timeout=SLOW_MS, wait_until="domcontentloaded")

    page.goto("/account/security")
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("All other logins have ended.")).to_be_visible(timeout=SLOW_MS)
    expect(other.get_by_text("Your login has ended")).to_be_visible(timeout=20_000)
    other.goto("/account")
    expect(other).to_have_url(re.compile("/login"))


def test_the_keyboard_alone_signs_up_and_out(open_page: OpenPage) -> None:
    page = patient(open_page("/signup"))
    name = f"judy-{secrets.token_hex(4)}"
    page.keyboard.type(name)  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(f"{name}@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet", timeout=SLOW_MS, wait_until="domcontentloaded")
    page.locator("#account-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


def test_an_api_key_is_made_shown_once_and_revoked(open_page: OpenPage, watch: Watch) -> None:
    watch.allow("status of 422")
    page = patient(open_page("/signup"))
    signed_up(page)
    page.goto("/account/keys")
    page.get_by_role("button", name="Make a key").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("<b>bot</b>")
    form.get_by_label("Withdraw").check()
    form.get_by_role("button", name="Make the key").click()
    expect(form.get_by_text("A key that may withdraw needs a list of allowed networks.")).to_be_visible()
    form.get_by_label("Only from").fill("127.0.0.1")
    form.get_by_role("button", name="Make the key").click()
    done = page.get_by_role("dialog", name="The key is made")
    expect(done.get_by_text("Secret", exact=True)).to_be_visible()
    assert_accessible(page)
    done.get_by_role("button", name="I have kept the secret").click()
    expect(page.get_by_role("rowheader", name="<b>bot</b>")).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_text("No keys yet")).to_be_visible()
