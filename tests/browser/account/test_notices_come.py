"""A notice is counted in the head of every page as it comes, said in the corner, and read in the list."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import expect

from access.notices.services import Notice, notify
from tests.browser.chromium import assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import Person

pytestmark = pytest.mark.long
TEXT = "The price comes close to <b>your</b> vault's limit."


def test_it_is_counted_said_and_read(open_page: OpenPage, person: Callable[..., Person]) -> None:
    alice = person("alice")
    page = open_page("/account/notices", alice)
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    page.wait_for_timeout(1_000)  # a notice that is told before the socket listens only stands in the list
    with transaction.atomic():
        notify([Notice(alice.user.pk, "SECURITY_CHANGED", "a", TEXT)])
    expect(page.locator("#notices-count")).to_have_text("1", timeout=20_000)
    expect(page.locator(".notice-list").first).to_contain_text(TEXT)
    shot(page, "account-notices-told")
    assert_accessible(page)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("#notices-count")).to_be_hidden()
    page.get_by_label("Mail: A password").uncheck()
    expect(page.get_by_text("Kept.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Mail: A password")).not_to_be_checked()
