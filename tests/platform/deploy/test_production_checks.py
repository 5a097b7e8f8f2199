"""A production with anything made up or guessable in it is refused, and one that is well set is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import CheckMessage, registry
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind
from config import deploy_settings
from config.deploy_checks import check_accepted, check_faults, check_real_custody, check_real_prices
from config.deploy_ready_checks import (
    READY_CHECKS,
    check_encryption_key,
    check_https,
    check_names,
    check_nothing_of_a_demo,
)
from config.management.commands.release import Command as Release
from exchange.services.demo import seed_demo

REAL = ["binance:BTC/USDT", "coinbase:BTC/USD", "kraken:BTC/USD"]
Check = Callable[..., list[CheckMessage]]


@pytest.fixture(autouse=True)
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BALLAST_FAULT", "BALLAST_CUSTODY_FAULT", "BALLAST_ACCEPT"):
        monkeypatch.delenv(name, raising=False)
    settings.DEBUG = settings.DEMO = settings.BOTS = False
    settings.SECRET_KEY, settings.ENCRYPTION_KEY = "s" * 48, "e" * 48
    settings.ORACLE_SOURCES = REAL
    settings.CUSTODY, settings.BITCOIN_NETWORK = True, "main"
    settings.SIGNERS = {"hot": ("https://signer.example.com", "x" * 32)}
    settings.HTTPS, settings.TRUSTED_PROXY_HOPS = True, 1
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://exchange.example.com", ["exchange.example.com"]


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [one.id for one in found]


EVERY: tuple[Check, ...] = (
    check_faults,
    check_real_prices,
    check_real_custody,
    check_accepted,
    *READY_CHECKS,
)


@pytest.mark.parametrize("check", EVERY)
def test_what_is_well_set_passes(check: Check) -> None:
    assert check(None) == []


@pytest.mark.parametrize("check", EVERY)
def test_a_demo_and_a_laptop_may_be_anything(check: Check, settings: Settings) -> None:
    settings.ORACLE_SOURCES, settings.SIGNERS = ["simulated:1"], {"hot": ("memory:/x", "")}
    settings.BITCOIN_NETWORK, settings.HTTPS, settings.SITE_URL = "regtest", False, ""
    settings.ENCRYPTION_KEY = settings.SECRET_KEY
    settings.DEMO = True
    assert check(None) == []
    settings.DEMO, settings.DEBUG = False, True
    assert check(None) == []


@pytest.mark.parametrize("name", ["BALLAST_FAULT", "BALLAST_CUSTODY_FAULT"])
def test_a_point_of_failure_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "after_commit")
    assert ids(check_faults(None)) == ["ballast.E040"]


@pytest.mark.parametrize("made_up", ["simulated:1", "recorded:march"])
def test_a_price_that_is_made_up_or_of_another_day_is_refused(settings: Settings, made_up: str) -> None:
    settings.ORACLE_SOURCES = [made_up]
    assert ids(check_real_prices(None)) == ["ballast.E041"]


@pytest.mark.parametrize("source", ["simulated", "recorded:/somewhere"])
def test_bots_that_copy_what_is_made_up_are_refused(settings: Settings, source: str) -> None:
    settings.BOTS, settings.BOTS_TERMS = True, {**settings.BOTS_TERMS, "source": source}
    assert ids(check_real_prices(None)) == ["ballast.E041"]


@pytest.mark.parametrize("network", ["main", "testnet", "signet"])
def test_a_signer_in_memory_is_refused_on_every_network(settings: Settings, network: str) -> None:
    settings.BITCOIN_NETWORK, settings.SIGNERS = network, {"hot": ("memory:/secret/place", "")}
    found = check_real_custody(None)
    assert ids(found) == ["ballast.E042"]
    assert "/secret/place" not in str(found)


def test_a_chain_that_anybody_mines_is_refused(settings: Settings) -> None:
    settings.BITCOIN_NETWORK = "regtest"
    assert ids(check_real_custody(None)) == ["ballast.E043"]


def test_custody_that_is_off_is_not_looked_at(settings: Settings) -> None:
    settings.CUSTODY, settings.BITCOIN_NETWORK = False, "regtest"
    assert check_real_custody(None) == []


@pytest.mark.parametrize("said", ["E049", "W005,all", "ballast.W005", "w005", "security.W004"])
def test_what_is_no_warning_of_ours_is_not_accepted(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALLAST_ACCEPT", said)
    assert ids(check_accepted(None)) == ["ballast.E044"]


def test_only_warnings_are_silenced() -> None:
    silenced = deploy_settings.accepted_warnings({"BALLAST_ACCEPT": "W005, W004,E049,ballast.E001"})
    assert silenced == ["security.W021", "ballast.W005", "ballast.W004"]


@pytest.mark.parametrize("key", ["s" * 48, "k3y"])
def test_stored_secrets_have_a_key_of_their_own(settings: Settings, key: str) -> None:
    settings.ENCRYPTION_KEY = key
    found = check_encryption_key(None)
    assert ids(found) == ["ballast.E045"]
    assert key not in str(found)


def test_plain_http_is_refused_and_a_proxy_that_is_not_counted_warned_of(settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 0
    assert ids(check_https(None)) == ["ballast.W040"]
    settings.HTTPS = False
    assert ids(check_https(None)) == ["ballast.E046"]


@pytest.mark.parametrize(
    "url",
    ["", "http://exchange.example.com", "exchange.example.com", "https://", "https://exchange.example.com/x"],
)
def test_a_house_says_where_it_is(settings: Settings, url: str) -> None:
    settings.SITE_URL = url
    assert ids(check_names(None)) == ["ballast.E047"]


def test_a_house_is_not_served_under_every_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["exchange.example.com", "*"]
    assert ids(check_names(None)) == ["ballast.E048"]


def asked() -> list[str | None]:
    return ids(check_nothing_of_a_demo(None, databases=["default"]))


@pytest.mark.django_db
def test_play_money_in_the_database_is_refused(settings: Settings) -> None:
    assert asked() == []
    settings.DEMO = True
    call_command("release", verbosity=0)
    seed_demo()
    settings.DEMO = False
    assert asked() == ["ballast.E049"]


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "found"), [("demo", ["ballast.E049"]), ("mine", [])])
def test_keys_of_demo_users_are_refused_and_those_of_a_namesake_are_not(
    django_user_model: Any, label: str, found: list[str]
) -> None:
    alice = django_user_model.objects.create(username="alice", email="alice@example.org")
    create_api_key(user_id=alice.pk, label=label, kind=KeyKind.HMAC, scopes=[Scope.READ], origin=Origin())
    assert asked() == found


@pytest.mark.django_db
def test_the_release_step_of_production_asks_all_of_it_and_counts_warnings(settings: Settings) -> None:
    settings.SITE_URL = ""
    with pytest.raises(SystemCheckError, match=r"ballast\.E047"):
        call_command("release", verbosity=0, skip_checks=False)


def test_the_release_step_of_a_demo_asks_what_every_command_asks(settings: Settings) -> None:
    settings.DEMO = True
    assert Release().get_check_kwargs({}) == {}


def test_checks_of_a_deploy_are_asked_in_a_deploy_alone() -> None:
    always = registry.registry.get_checks(include_deployment_checks=False)
    assert not set(READY_CHECKS) & set(always)
    assert {check_faults, check_real_prices, check_real_custody} <= set(always)
