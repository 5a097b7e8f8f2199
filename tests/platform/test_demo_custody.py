"""What a demo is given of bitcoin, what stays secret, and whose word wins."""

from pathlib import Path

import pytest

from config.demo_custody import demo_custody, signer_environments, wanted
from config.running import running_environment, tell_others
from custody.bitcoin.keys import Standard, read_account_key
from custody.bitcoin.types import Network, Role
from custody.chains.registry import source_of
from custody.cosigner.settings import read_settings


def test_it_is_on_in_a_demo_on_servers_of_its_own() -> None:
    assert wanted({}, demo=True, own_servers=True)
    assert not wanted({}, demo=False, own_servers=True)
    assert not wanted({}, demo=True, own_servers=False)
    assert wanted({"BALLAST_CUSTODY": "1"}, demo=True, own_servers=False)
    assert not wanted({"BALLAST_CUSTODY": "0"}, demo=True, own_servers=True)


def test_chain_signers_and_cold_key_fit_each_other(tmp_path: Path) -> None:
    told = demo_custody(tmp_path, {})
    assert told["BALLAST_BITCOIN_NETWORK"] == "regtest"
    source_of(told["BALLAST_CHAIN"], Network.REGTEST)
    read_account_key(told["BALLAST_COLD_KEY"], Network.REGTEST, Standard.SINGLE)
    own = signer_environments(tmp_path, told)
    signer, backup = read_settings(own["signer"]), read_settings(own["backup"])
    assert [one.role for one in signer.rules] == [Role.HOT, Role.PROTOCOL]
    assert [one.role for one in backup.rules] == [Role.BACKUP]
    assert told["BALLAST_SIGNER_HOT"] == told["BALLAST_SIGNER_PROTOCOL"] == f"http://127.0.0.1:{signer.port}"
    assert told["BALLAST_SIGNER_BACKUP"] == f"http://127.0.0.1:{backup.port}"
    assert told["BALLAST_SIGNER_BACKUP_SECRET"] == backup.secret != signer.secret


def test_neither_signer_is_told_the_others_seed_and_the_house_is_told_none(tmp_path: Path) -> None:
    told = demo_custody(tmp_path, {})
    own = signer_environments(tmp_path, told)
    assert "seed" not in str(told)
    assert own["signer"]["BALLAST_COSIGNER_SEED_FILE"] != own["backup"]["BALLAST_COSIGNER_SEED_FILE"]
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_signer_is_told_nothing_of_the_house_and_of_the_other_one(tmp_path: Path) -> None:
    house = {"PATH": "/bin", "SECRET_KEY": "of the house", "DATABASE_URL": "postgresql:///of-the-house"}
    limit = {"BALLAST_COSIGNER_HOUR_SATS": "5"}
    told = {**house, **limit, **demo_custody(tmp_path, {})}
    own = signer_environments(tmp_path, told)
    secrets = {told[f"BALLAST_SIGNER_{role}_SECRET"] for role in ("HOT", "BACKUP")}
    for signer in own.values():
        assert {name for name in signer if not name.startswith("BALLAST_COSIGNER_")} == {"PATH"}
        assert signer["BALLAST_COSIGNER_HOUR_SATS"] == "5"
        assert len(secrets & set(signer.values())) == 1


def test_keys_stay_the_same_at_each_start(tmp_path: Path) -> None:
    first, second = demo_custody(tmp_path, {}), demo_custody(tmp_path, {})
    signer_environments(tmp_path, first)
    seed = (tmp_path / "signer.seed").read_text()
    signer_environments(tmp_path, second)
    assert (tmp_path / "signer.seed").read_text() == seed
    assert first["BALLAST_COLD_KEY"] == second["BALLAST_COLD_KEY"]


@pytest.mark.parametrize(
    ("named", "left_out"),
    [
        ("BALLAST_CHAIN", "BALLAST_DEV_CHAIN"),
        ("BALLAST_SIGNER_HOT", "BALLAST_OWN_SIGNER"),
        ("BALLAST_SIGNER_PROTOCOL", "BALLAST_OWN_SIGNER"),
        ("BALLAST_SIGNER_BACKUP", "BALLAST_OWN_BACKUP"),
        ("BALLAST_COLD_KEY", "BALLAST_COLD_KEY"),
    ],
)
def test_what_the_operator_names_is_not_made(tmp_path: Path, named: str, left_out: str) -> None:
    assert left_out not in demo_custody(tmp_path, {named: "his"})


def test_on_another_network_nothing_is_made(tmp_path: Path) -> None:
    assert demo_custody(tmp_path, {"BALLAST_BITCOIN_NETWORK": "signet"}) == {"BALLAST_CUSTODY": "1"}
    assert not list(tmp_path.iterdir())


def test_a_signer_that_is_elsewhere_is_not_started_here(tmp_path: Path) -> None:
    elsewhere = {"BALLAST_OWN_BACKUP": "1", "BALLAST_SIGNER_BACKUP": "https://backup.example.com"}
    assert signer_environments(tmp_path, elsewhere) == {}


def test_other_commands_are_told_where_the_chain_is(tmp_path: Path) -> None:
    told = demo_custody(tmp_path, {})
    tell_others(tmp_path, told | signer_environments(tmp_path, told)["signer"])
    found = running_environment(tmp_path)
    assert found["BALLAST_CHAIN"] == told["BALLAST_CHAIN"]
    assert found["BALLAST_DEV_CHAIN_PASSWORD"] in told["BALLAST_CHAIN"]
    assert not any("COSIGNER" in name for name in found)


def test_blocks_come_by_themselves_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    name = "BALLAST_DEV_CHAIN_BLOCK_SECONDS"
    assert float(demo_custody(tmp_path, {})[name]) > 0
    assert name not in demo_custody(tmp_path, {name: "0"})
