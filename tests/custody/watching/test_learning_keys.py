"""Keys of wallets are asked of signers once they answer, and of settings; what is wrong stops nobody."""

from pathlib import Path

import pytest
from pytest_django import Settings

from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Role
from custody.models import WalletKey
from custody.selectors import refused_keys
from custody.services.wallet_keys import learn_keys
from custody.services.wallets import cold_spec, hot_spec
from tests.custody.support.wallets import account, cold_wallet, hot_wallet, seed_of

AWAY = ("http://127.0.0.1:1", "of-a-signer-that-is-away-for-ever")


def signer_file(folder: Path, name: str) -> tuple[str, str]:
    file = folder / name
    file.write_text(seed_of(name).hex())
    file.chmod(0o600)
    return f"memory:{file}", ""


@pytest.fixture
def named(transactional_db: None, settings: Settings) -> Settings:
    settings.BITCOIN_NETWORK = "regtest"
    settings.COLD_KEY = key_text(account("cold", Role.HOT).key)
    settings.SIGNERS = {"hot": AWAY, "protocol": ("", ""), "backup": ("", "")}
    return settings


def test_a_signer_that_is_away_is_asked_again(named: Settings, tmp_path: Path) -> None:
    assert not learn_keys()
    assert cold_spec() == cold_wallet()

    named.SIGNERS = {**named.SIGNERS, "hot": signer_file(tmp_path, "hot")}

    assert learn_keys()
    assert hot_spec() == hot_wallet()


def test_what_was_learned_holds_while_its_signer_is_away(named: Settings, tmp_path: Path) -> None:
    named.SIGNERS = {**named.SIGNERS, "hot": signer_file(tmp_path, "hot")}
    learn_keys()
    named.SIGNERS = {**named.SIGNERS, "hot": AWAY}

    assert learn_keys()
    assert hot_spec() == hot_wallet()


def test_another_signer_in_its_place_is_told_and_not_believed(named: Settings, tmp_path: Path) -> None:
    named.SIGNERS = {**named.SIGNERS, "hot": signer_file(tmp_path, "hot")}
    learn_keys()
    named.SIGNERS = {**named.SIGNERS, "hot": signer_file(tmp_path, "thief")}
    named.COLD_KEY = key_text(account("thief", Role.HOT).key)

    learn_keys()

    assert (hot_spec(), cold_spec()) == (hot_wallet(), cold_wallet())
    assert [one.role for one in refused_keys()] == [Role.COLD, Role.HOT]


def test_a_setting_that_is_no_key_stops_nobody_and_is_not_told(
    named: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    named.COLD_KEY = seed_of("cold").hex()

    assert not learn_keys()
    assert named.COLD_KEY not in caplog.text
    assert not WalletKey.objects.exists()
