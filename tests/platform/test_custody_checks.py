"""Custody that could not work, or that would not be safe, is refused before it serves anybody."""

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from config.custody_checks import check_custody, check_dev_chain

SECRET = "a secret of more than thirty-two characters"
COLD = (
    "[5037f71c/84h/1h/0h]tpubDCM59F2P9ZpkWrrwE4tJvFjVQFuPsTKvXJYq8kURS431QuNkUuKDGeiECfY2FApkYbHiqV78b"
    "HhzjXFkBeRNQe2ZWx1uB47cXhqLfJbgjbB"
)


@pytest.fixture(autouse=True)
def safe(settings: Settings) -> None:
    settings.DEBUG = settings.DEMO = settings.DEV_CHAIN = settings.OWN_BACKUP = False
    settings.CUSTODY = True
    settings.BITCOIN_NETWORK = "regtest"
    settings.CHAIN_URL = "core+http://user:password@127.0.0.1:18443"
    settings.CHAIN_SECOND = ""
    settings.CHAIN_START_HEIGHT = None
    settings.CUSTODY_POLL_SECONDS = 2.0
    settings.COLD_KEY = COLD
    settings.SIGNERS = {
        "hot": ("http://127.0.0.1:8045", SECRET),
        "protocol": ("http://127.0.0.1:8045", SECRET),
        "backup": ("https://backup.example.com", SECRET),
    }


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [one.id for one in found]


def test_what_is_complete_passes() -> None:
    assert check_custody(None) == []


def test_custody_that_is_off_is_not_looked_at(settings: Settings) -> None:
    settings.CUSTODY, settings.CHAIN_URL, settings.SIGNERS = False, "", {}
    assert check_custody(None) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BITCOIN_NETWORK", "moon", "ballast.E013"),
        ("CHAIN_URL", "", "ballast.E014"),
        ("CHAIN_URL", "http://user:password@host", "ballast.E014"),
        ("CHAIN_SECOND", "nonsense", "ballast.E014"),
        ("COLD_KEY", "", "ballast.W003"),
        ("COLD_KEY", "nonsense", "ballast.E017"),
        ("CUSTODY_POLL_SECONDS", 0.0, "ballast.E018"),
        ("CHAIN_START_HEIGHT", -1, "ballast.E018"),
    ],
)
def test_it_names_what_is_wrong(settings: Settings, name: str, value: object, expected: str) -> None:
    setattr(settings, name, value)
    assert ids(check_custody(None)) == [expected]


@pytest.mark.parametrize(
    ("role", "signer", "expected"),
    [
        ("hot", ("", ""), "ballast.E015"),
        ("hot", ("ftp://host", SECRET), "ballast.E015"),
        ("hot", ("http://127.0.0.1:8045", "short"), "ballast.E015"),
        ("backup", ("http://backup.example.com", SECRET), "ballast.E015"),
        ("backup", ("", ""), "ballast.W002"),
        ("backup", ("http://127.0.0.1:8045", SECRET), "ballast.E016"),
    ],
)
def test_it_names_the_signer_that_is_wrong(
    settings: Settings, role: str, signer: tuple[str, str], expected: str
) -> None:
    settings.SIGNERS = settings.SIGNERS | {role: signer}
    assert ids(check_custody(None)) == [expected]


@pytest.mark.parametrize("url", ["memory:/run/hot.seed", "pkcs11:/usr/lib/token.so?token=hot"])
def test_where_money_is_real_nobody_signs_inside_the_house(settings: Settings, url: str) -> None:
    settings.SIGNERS = settings.SIGNERS | {"hot": (url, SECRET)}
    assert ids(check_custody(None)) == []
    settings.BITCOIN_NETWORK = "main"
    assert "ballast.E019" in ids(check_custody(None))


def test_no_secret_stands_in_what_is_said(settings: Settings) -> None:
    settings.CHAIN_URL = "core+ftp://user:geheim@host"
    settings.COLD_KEY = "[00000000/84h/1h/0h]tprvgeheim"
    settings.SIGNERS = settings.SIGNERS | {"hot": ("http://elsewhere", "geheim")}
    found = check_custody(None)
    assert len(found) == 3
    assert "geheim" not in str(found)


def test_on_the_main_network_it_warns_of_a_backup_in_the_houses_hand(settings: Settings) -> None:
    settings.OWN_BACKUP = True
    assert check_custody(None) == []
    settings.BITCOIN_NETWORK, settings.COLD_KEY = "main", ""
    assert "ballast.W004" in ids(check_custody(None))


def test_the_development_chain_is_for_demos_on_regtest(settings: Settings) -> None:
    settings.DEV_CHAIN = True
    assert ids(check_dev_chain(None)) == ["ballast.E012"]
    settings.DEMO = True
    assert check_dev_chain(None) == []
    settings.BITCOIN_NETWORK = "main"
    assert ids(check_dev_chain(None)) == ["ballast.E012"]
