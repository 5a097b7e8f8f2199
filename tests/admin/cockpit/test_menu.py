"""Every page is in the menu for who may see it; the house says what it is, in red where money is real."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from config import cockpit_menu
from config.cockpit_menu import GROUPS
from tests.admin.cockpit.conftest import text

HOME = "/admin/"
REGISTERED = {model._meta.label for model in admin.site._registry}
NAMED = [label for _, _, labels in GROUPS for label in labels]


def test_every_page_has_one_place_and_an_icon() -> None:
    assert len(NAMED) == len(set(NAMED))
    assert set(NAMED) <= REGISTERED
    assert all(icon for _, _, labels in GROUPS for icon in labels.values())


def test_what_is_named_nowhere_stands_last(
    client: Client, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cockpit_menu, "GROUPS", GROUPS[:1])
    monkeypatch.setattr(cockpit_menu, "_everything", cockpit_menu._everything.__wrapped__)
    page = text(client, HOME)
    assert page.index("<summary>More</summary>") < page.index('href="/admin/ledger/transfer/"')


def test_the_menu_shows_what_somebody_may_see(client: Client, olaf: User) -> None:
    page = text(client, HOME)
    assert 'href="/admin/access/auditentry/"' in page
    assert 'href="/admin/custody/withdrawal/"' not in page
    assert "Keys and terms of custody" not in page


@pytest.mark.parametrize(
    ("changed", "label", "is_red"),
    [
        ({"DEBUG": False, "DEMO": False, "BITCOIN_NETWORK": "main"}, "Production", True),
        ({"DEBUG": False, "DEMO": False, "BITCOIN_NETWORK": "regtest"}, "Production, regtest", True),
        ({"DEBUG": False, "DEMO": True}, "Demo", False),
        ({"DEBUG": True, "DEMO": False}, "Development", False),
    ],
)
@pytest.mark.parametrize("url", [HOME, "/admin/auth/user/", "/admin/search/"])
def test_production_has_a_red_frame(
    client: Client,
    olga: User,
    settings: Settings,
    changed: dict[str, object],
    label: str,
    is_red: bool,
    url: str,
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    page = text(client, url)
    assert f"<title>{label} · " in page
    assert ("red-frame " in page) is is_red


def test_the_door_has_the_frame_too(client: Client, db: None, settings: Settings) -> None:
    settings.DEMO = settings.DEBUG = False
    assert "red-frame " in text(client, "/admin/login/")
