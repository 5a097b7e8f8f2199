"""The page of one's own proof: found in a snapshot that was just taken, checked there and by the script."""

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from tests.browser.chromium import DESK, PHONE, Watch, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import Person
from vaults.reserves.snapshots import take_snapshot

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

MakePerson = Callable[..., Person]


@pytest.fixture
def counted(person: MakePerson) -> Person:
    """Held 2,500 USDB when the newest snapshot was taken, and was not alone."""
    found = person("alice", USDB="2500")
    person("bob", USDB="100", BTC="0.5")
    take_snapshot(timezone.now())
    return found


def verdict(page: Page) -> str:
    return page.locator("#proof-verdict").inner_text()


@pytest.mark.parametrize(("width", "theme"), list(product((DESK, PHONE), ("dark", "light"))))
def test_whoever_was_counted_sees_it_proved(
    open_page: OpenPage, counted: Person, width: int, theme: str
) -> None:
    page = open_page("/reserves/proof", counted, width=width, theme=theme)
    expect(page.locator("#proof-verdict")).to_contain_text("Proved: you are counted")
    expect(page.locator("#proof-amounts")).to_contain_text("2,500.00")
    expect(page.locator("#proof-amounts")).to_contain_text(f"{counted.user.pk}:{counted.name}")
    expect(page.locator("#path .is-root")).to_have_count(1)
    shot(page, f"reserves-proof-{width}-{theme}")
    assert_fits(page)
    assert_accessible(page)


def test_what_the_page_gives_is_believed_by_the_script(
    open_page: OpenPage, counted: Person, tmp_path: Path
) -> None:
    page = open_page("/reserves/proof", counted)
    expect(page.locator("#save-proof")).to_be_enabled()
    for button, name in (("#save-proof", "proof.json"), ("#save-snapshot", "snapshot.json")):
        with page.expect_download() as download:
            page.click(button)
        download.value.save_as(tmp_path / name)
    script = Path(settings.BASE_DIR) / "docs" / "verify_liabilities.py"
    command = [sys.executable, str(script), "proof.json", "--published", "snapshot.json"]
    asked = [*command, "--audit-id", f"{counted.user.pk}:{counted.name}"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([*command, "--audit-id", "1:mallory"], cwd=tmp_path, check=False).returncode == 1


def test_who_held_nothing_then_is_told_so(
    open_page: OpenPage, counted: Person, person: MakePerson, watch: Watch
) -> None:
    watch.allow("404")
    late = person("late")
    page = open_page("/reserves/proof", late)
    expect(page.locator("#proof-verdict")).to_contain_text("There is no proof of yours here")
    expect(page.locator("#save-proof")).to_be_disabled()


def test_a_house_that_shows_another_amount_is_found_out(open_page: OpenPage, counted: Person) -> None:
    def lie(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("250000000000", "350000000000"))

    page = open_page("/reserves", counted)
    page.route("**/api/v1/reserves/proof*", lie)
    page.goto("/reserves/proof")
    expect(page.locator("#proof-verdict")).to_contain_text("Not proved")
    expect(page.locator("#path-panel")).to_be_hidden()
