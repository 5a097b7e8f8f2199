"""An operator's first login in a browser: password, a second factor that is set up, recovery codes, home."""

from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from access.models import TotpDevice
from access.second_factor import code_at, step_at
from tests.browser.conftest import OpenPage
from tests.browser.people import PASSWORD, Person, new_person

pytestmark = pytest.mark.long

WIDTHS = (1440, 390)
SLOW_MS = 60_000


@pytest.fixture
def nina(client: httpx.Client) -> Person:
    return new_person(client, "nina", is_staff=True)


def give_password(page: Page, person: Person) -> None:
    page.get_by_label("Name").fill(person.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def give_code(page: Page, secret: str, button: str) -> None:
    page.get_by_label("Code").fill(code_at(secret, step_at(datetime.now(UTC))))
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_is_in_before_the_factor_is_there(open_page: OpenPage, nina: Person, width: int) -> None:
    page = open_page("/admin/", width=width)
    page.set_default_timeout(SLOW_MS)  # a password is hashed, on a machine that does much else
    give_password(page, nina)
    expect(page.get_by_role("img", name="QR code for an authenticator")).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.querySelector('img[alt^=QR]').naturalWidth") > 100
    page.goto("/admin/")
    expect(page.get_by_label("Code")).to_be_visible()  # not let past it
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    give_code(page, secret, "Set it up and log in")
    expect(page.locator("[data-recovery] li")).to_have_count(10, timeout=SLOW_MS)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    page.context.clear_cookies()
    TotpDevice.objects.filter(pk=nina.user.pk).update(last_step=0)
    page.goto("/admin/")
    give_password(page, nina)
    give_code(page, secret, "Log in")
    page.wait_for_url("**/admin/")
