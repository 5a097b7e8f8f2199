"""What a co-signer starts with, and with what it does not."""

import os
from pathlib import Path

import pytest

from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Network, Role
from custody.cosigner.__main__ import main
from custody.cosigner.database import Database
from custody.cosigner.process import application
from custody.cosigner.settings import BadSettings, private_text, read_settings
from tests.custody.support.wallets import account, hot_wallet, seed_of

SECRET = "a secret of tests, which everybody may know"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    seed = tmp_path / "seed"
    seed.touch(0o600)
    seed.write_text(seed_of("hot").hex())
    return {
        "ROLES": "hot,protocol",
        "BIND": "127.0.0.1:8045",
        "SECRET": SECRET,
        "DATABASE": str(tmp_path / "cosigner.sqlite"),
        "SEED_FILE": str(seed),
        "NETWORK": "regtest",
        "COLD_KEY": key_text(account("cold", Role.COLD).key),
    }


def told(given: dict[str, str]) -> dict[str, str]:
    return {f"BALLAST_COSIGNER_{name}": value for name, value in given.items()}


def test_it_reads_its_environment(given: dict[str, str]) -> None:
    settings = read_settings(told({**given, "HOUR_SATS": "7", "MAX_FEE_RATE": "9", "PARTY": "Carol"}))
    assert [one.role for one in settings.rules] == [Role.HOT, Role.PROTOCOL]
    assert {one.network for one in settings.rules} == {Network.REGTEST}
    assert settings.rules[0].limits.hour_sats == 7
    assert settings.rules[0].limits.max_fee_rate == 9
    assert settings.rules[0].cold == hot_wallet("cold")
    assert (settings.host, settings.port, settings.party) == ("127.0.0.1", 8045, "Carol")
    assert SECRET not in repr(settings)


def test_a_limit_may_be_one_roles(given: dict[str, str]) -> None:
    limits = {"DAY_SATS": "7", "PROTOCOL_DAY_SATS": "70", "PROTOCOL_MAX_PAYMENT_SATS": "9"}
    hot, protocol = read_settings(told({**given, **limits})).rules
    assert (hot.limits.day_sats, hot.limits.max_payment_sats) == (7, 10 * 10**8)
    assert (protocol.limits.day_sats, protocol.limits.max_payment_sats) == (70, 9)
    with pytest.raises(BadSettings, match="BALLAST_COSIGNER_PROTOCOL_HOUR_SATS"):
        read_settings(told({**given, "PROTOCOL_HOUR_SATS": "many"}))


@pytest.mark.parametrize("name", ["ROLES", "SECRET", "DATABASE", "SEED_FILE", "NETWORK"])
def test_it_says_what_is_missing(given: dict[str, str], name: str) -> None:
    del given[name]
    with pytest.raises(BadSettings, match=f"BALLAST_COSIGNER_{name}"):
        read_settings(told(given))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLES", "hot,king"),
        ("ROLES", "hot,hot"),
        ("ROLES", "user"),
        ("ROLES", "cold"),
        ("ROLES", "protocol,backup"),
        ("BIND", "127.0.0.1"),
        ("BIND", "127.0.0.1:99999"),
        ("BIND", "0.0.0.0:8045"),
        ("BIND", "192.168.1.1:8045"),
        ("SECRET", "x" * 31),
        ("NETWORK", "moon"),
        ("COLD_KEY", "tpub"),
        ("COLD_KEY", key_text(account("cold", Role.PROTOCOL).key)),
        ("HOUR_SATS", "-1"),
        ("HOUR_SATS", "1.5"),
        ("MAX_FEE_SATS", "much"),
        ("TLS_CERTIFICATE", "cert.pem"),
    ],
)
def test_it_does_not_start_with_what_is_unsafe_or_wrong(given: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(BadSettings, match="BALLAST_COSIGNER_"):
        read_settings(told({**given, name: value}))


def test_beyond_this_machine_it_needs_tls(given: dict[str, str]) -> None:
    open_line = {**given, "BIND": "0.0.0.0:8045"}
    assert read_settings(told({**open_line, "BEHIND_TLS": "1"})).host == "0.0.0.0"
    settings = read_settings(told({**open_line, "TLS_CERTIFICATE": "cert.pem", "TLS_KEY": "key.pem"}))
    assert settings.certificate == ("cert.pem", "key.pem")


def test_the_hot_key_is_not_a_tokens(given: dict[str, str], tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.touch(0o600)
    pin.write_text("1234")
    token = {"TOKEN_HOT": "/lib.so?token=x", "PIN_FILE_HOT": str(pin)}
    with pytest.raises(BadSettings, match="TOKEN_HOT"):
        read_settings(told({**given, **token}))
    protocol = {"TOKEN_PROTOCOL": "/lib.so?token=x", "PIN_FILE_PROTOCOL": str(pin), "ROLES": "protocol"}
    del given["SEED_FILE"]
    assert read_settings(told({**given, **protocol})).tokens[Role.PROTOCOL].pin == "1234"


def test_a_secret_comes_from_a_file_of_its_owner_alone(given: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    path.chmod(0o640)
    del given["SECRET"]
    with pytest.raises(BadSettings, match="chmod 600"):
        read_settings(told({**given, "SECRET_FILE": str(path)}))
    path.chmod(0o600)
    assert read_settings(told({**given, "SECRET_FILE": str(path)})).secret == SECRET


def test_cold_storage_is_not_the_hot_key(given: dict[str, str], tmp_path: Path) -> None:
    settings = read_settings(told({**given, "COLD_KEY": key_text(hot_wallet().keys[0])}))
    with pytest.raises(BadSettings, match="COLD_KEY"):
        application(settings, Database(tmp_path / "x.sqlite"))


def test_a_seed_that_is_none_is_not_repeated(given: dict[str, str], tmp_path: Path) -> None:
    Path(given["SEED_FILE"]).write_text("these are twelve words")
    with pytest.raises(BadSettings) as refused:
        application(read_settings(told(given)), Database(tmp_path / "x.sqlite"))
    assert "twelve" not in str(refused.value)


def test_init_makes_a_seed_once_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new"
    assert main(["init", "--seed-file", str(path)]) == 0
    shown = capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(private_text(path))) == 32
    assert private_text(path) not in shown
    assert "hot [" in shown
    assert "protocol [" in shown
    assert main(["init", "--seed-file", str(path)]) == 1
    assert "never written over" in capsys.readouterr().err
    assert main(["keys", "--seed-file", str(path)]) == 0
    assert capsys.readouterr().out == shown


def test_its_database_is_its_owners_alone(tmp_path: Path) -> None:
    Database(tmp_path / "cosigner.sqlite").close()
    assert os.stat(tmp_path / "cosigner.sqlite").st_mode & 0o777 == 0o600
