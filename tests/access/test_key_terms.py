"""From where a key may be used, and that its stored secret opens for it alone."""

import ipaddress

import pytest
from cryptography.exceptions import InvalidTag
from pytest_django.fixtures import Settings

from access.encryption import decrypt, encrypt
from access.selectors import KeyRecord

OFFICE = ("203.0.113.0/24", "198.51.100.7", "2001:db8:1::/48")


def key(*networks: str) -> KeyRecord:
    allowed = [ipaddress.ip_network(network) for network in networks]
    return KeyRecord(1, "bk_1", 7, "secret", frozenset({"read"}), allowed, None)


@pytest.mark.parametrize(
    ("ip", "is_allowed"),
    [
        ("203.0.113.0", True),
        ("203.0.113.255", True),
        ("203.0.114.0", False),
        ("203.0.112.255", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("::ffff:203.0.113.9", True),
        ("::ffff:203.0.114.9", False),
        ("2001:db8:1:ffff::1", True),
        ("2001:db8:2::1", False),
        ("127.0.0.1", False),
        ("", False),
        ("unknown", False),
        ("203.0.113.1 ", False),
        ("203.0.113.01", False),
        ("203.0.113.0/24", False),
    ],
)
def test_a_key_works_from_its_networks_only(ip: str, is_allowed: bool) -> None:
    assert key(*OFFICE).allows(ip) is is_allowed


@pytest.mark.parametrize("ip", ["203.0.113.9", "::1", "", "unknown"])
def test_a_key_without_networks_works_from_everywhere(ip: str) -> None:
    assert key().allows(ip)


@pytest.mark.parametrize("secret", ["s", "", "é" * 40, "x" * 10_000])
def test_a_secret_comes_back_as_it_went(secret: str) -> None:
    stored = encrypt(secret, owner="bk_1")
    assert decrypt(stored, owner="bk_1") == secret
    assert len(stored) == 12 + len(secret.encode()) + 16  # nonce, text, tag


@pytest.mark.parametrize("place", [0, 11, 12, -17, -1])
def test_one_changed_bit_of_a_stored_secret_is_noticed(place: int) -> None:
    stored = bytearray(encrypt("a secret", owner="bk_1"))
    stored[place] ^= 1
    with pytest.raises(InvalidTag):
        decrypt(bytes(stored), owner="bk_1")


def test_a_stored_secret_opens_neither_for_another_row_nor_under_another_key(settings: Settings) -> None:
    stored = encrypt("a secret", owner="bk_1")
    with pytest.raises(InvalidTag):
        decrypt(stored, owner="bk_2")
    settings.ENCRYPTION_KEY += "x"
    with pytest.raises(InvalidTag):
        decrypt(stored, owner="bk_1")
