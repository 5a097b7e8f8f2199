"""An operator who has never seen the house lets a withdrawal go from the home page, in three clicks."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.models import AuditEntry
from custody.models import AllowedAddress, Withdrawal
from tests.browser.chromium import DESK, PHONE, assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import new_person
from tests.browser.status.test_operators import AsOperator
from tests.browser.wallet.people import saver_with
from tests.custody.support.house import BTC, CustodyHouse

pytestmark = pytest.mark.long

WHY = "I called her on the number that we have, and she named the address."
# Counts what a person presses, over all pages of the visit. Playwright's own scripts stand beside the policy.
_COUNT = """
addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.pressed = Number(sessionStorage.pressed || 0) + 1;
}, true)"""


def pressed(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.pressed || 0)"))


@pytest.fixture
def waiting(client: httpx.Client, chain: CustodyHouse) -> Withdrawal:
    """0.3 BTC to an address of three days: one operator has to agree."""
    _, saver = saver_with(client, "wanda", "0.1")
    saver.paid(chain, BTC)
    AllowedAddress.objects.filter(pk=saver.home.pk).update(created_at=timezone.now() - timedelta(days=3))
    answer = saver.ask(amount="0.3")
    assert answer.status_code == 202, answer.text
    asked = answer.json()["withdrawal"]
    row = Withdrawal.objects.get(pk=asked["withdrawal_id"])
    assert (row.status, row.approvals_needed) == ("AWAITING_APPROVAL", 1)
    return row


def test_a_withdrawal_is_approved_in_three_clicks(
    open_page: OpenPage, client: httpx.Client, waiting: Withdrawal
) -> None:
    newcomer = new_person(client, "nora", is_staff=True)
    page = open_page("/admin/", AsOperator(newcomer))
    page.add_init_script(_COUNT)
    page.reload()
    item = page.locator(".work-item", has_text=f"{waiting.owner} to {waiting.address}")
    expect(item).to_contain_text("Needs 1 operator, 0 agreed")
    expect(item).to_contain_text("The first withdrawal of this account")
    expect(item).to_contain_text("The address is on the list for 3 days, and was never paid before")
    shot(page, "operators-home")
    assert_accessible(page)

    item.get_by_role("link", name="Approve").click()
    facts = page.locator(".deed-page")
    expect(facts).to_contain_text("The first withdrawal of this account")
    expect(facts).to_contain_text(f"0.30000000 BTC  {waiting.address}")
    expect(facts).to_contain_text(f"{waiting.owner} since ")  # whose list the address is on
    expect(facts).to_contain_text(f"deposit of {waiting.owner}")
    expect(facts).to_contain_text("back to the hot wallet")
    expect(facts).to_contain_text("sat/vB")
    shot(page, "operators-approve")
    assert_accessible(page)
    page.set_viewport_size({"width": PHONE, "height": 844})  # the whole address is there to be compared
    assert page.evaluate(
        "[...document.querySelectorAll('.scrolls')].every(e => e.scrollWidth <= e.clientWidth)"
    )
    page.set_viewport_size({"width": DESK, "height": 900})
    page.get_by_label("Reason").click()
    page.keyboard.type(WHY)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: it is signed with the next turn.")).to_be_visible()

    assert pressed(page) == 3
    waiting.refresh_from_db()
    assert waiting.status == "APPROVED"
    entry = AuditEntry.objects.get(subject=f"withdrawal:{waiting.pk}", action="withdrawal.approved")
    assert entry.user_id == newcomer.user.pk
    assert (entry.after or {})["reason"] == WHY
    page.goto("/admin/")
    expect(page.locator(".work-item", has_text=str(waiting.owner))).to_have_count(0)
