"""A demo where no disk is kept: the release step makes its people, and whoever starts gets new keys."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import Settings

from access.selectors import live_keys
from exchange.demo_keys import keys_file, read_demo_keys
from exchange.models import Market

PEOPLE = {"alice", "bob", "maker", "taker"}


@pytest.fixture(autouse=True)
def demo(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO, settings.DEV_CHAIN = True, False
    settings.STATE_DIR = tmp_path / "not" / "there"
    call_command("release", verbosity=0)


def seed(settings: Settings) -> set[str]:
    """The public keys that the file has then."""
    call_command("seed_demo", stdout=StringIO())
    return {one.key for one in read_demo_keys(keys_file(settings.STATE_DIR)).values()}


def test_the_release_step_makes_people_and_market_once() -> None:
    call_command("release", verbosity=0)
    assert set(User.objects.values_list("username", flat=True)) == PEOPLE
    assert Market.objects.get().symbol == "BTC-USDB"


def test_a_house_for_money_gets_neither(settings: Settings) -> None:
    settings.DEMO = False
    Market.objects.all().delete()
    call_command("release", verbosity=0)
    assert not Market.objects.exists()


def test_keys_are_kept_while_their_file_is_there(settings: Settings) -> None:
    assert seed(settings) == seed(settings)


def test_keys_whose_file_is_gone_are_revoked_and_never_pile_up(settings: Settings) -> None:
    first = seed(settings)
    for number in range(2):
        settings.STATE_DIR = settings.STATE_DIR.with_name(f"disk{number}")
        latest = seed(settings)
    assert not first & latest
    live = {key.public_id for user in User.objects.all() for key in live_keys(user.pk)}
    assert live == latest
