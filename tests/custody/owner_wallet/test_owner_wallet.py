"""The owner's wallet in a file: its key, its proof, what it says of a PSBT, and its signature."""

import base64
import contextlib
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.bitcoin.keys import read_account_key
from custody.bitcoin.messages import signer_of
from custody.bitcoin.proofs import proof_text, proving_key
from custody.bitcoin.psbts import psbt_of, signatures_of_wallet
from custody.bitcoin.recovery import VaultExport, export
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, Network, Payment, Place, Purpose, SpendPlan
from custody.owner_wallet.__main__ import main
from tests.custody.support.psbt_maps import (
    FINAL_SCRIPTWITNESS,
    NON_WITNESS_UTXO,
    SIGHASH_TYPE,
    WITNESS_SCRIPT,
    Maps,
    maps_of,
)
from tests.custody.support.wallets import BTC, address, coin, pay, plan_of, seed_of, vault_wallet

WALLET = vault_wallet()
PLAN = plan_of(
    WALLET,
    pay(BTC // 4, "vault-withdrawal:1"),
    coins=(coin(WALLET, BTC), coin(WALLET, BTC // 2, number=1)),
    purpose=Purpose.VAULT,
    fee=2_500,
)
ROOT = Path(__file__).parents[3]


class Ended(NamedTuple):
    code: int
    told: str
    complained: str


def run(*words: object) -> Ended:
    told, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(complained):
        code = main([str(word) for word in words])
    return Ended(code, told.getvalue(), complained.getvalue())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "owner.key"
    path.write_text(seed_of("user").hex() + "\n")
    path.chmod(0o600)
    return path


def exported(folder: Path, plan: SpendPlan = PLAN) -> Path:
    path = folder / "vault.json"
    path.write_text(export(VaultExport("vault:7", plan.wallet, 0, ("Alice", "the house", "Bob's Backups"))))
    return path


def test_a_new_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new.key"
    assert run("new", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert len(bytes.fromhex(text)) == 32
    again = run("new", path)
    assert again.code == 1
    assert path.read_text() == text
    assert text.strip() not in again.told + again.complained
    other = tmp_path / "other.key"
    run("new", other)
    assert other.read_text() != text


def test_its_account_key_is_one_that_vaults_take(key: Path) -> None:
    told = run("key", key, "--network", "regtest").told
    assert read_account_key(told, Network.REGTEST) == WALLET.keys[0]
    assert run("key", key, "--network", "main").told.startswith("[")


def test_its_proof_is_signed_by_the_account_key(key: Path) -> None:
    told = json.loads(run("prove", key, "--account", 7, "--time", 1_700_000_000).told)
    account = read_account_key(told["key"], Network.REGTEST)
    text = proof_text(Network.REGTEST, 7, account, 1_700_000_000)
    assert told["time"] == 1_700_000_000
    assert signer_of(text, told["proof"]) == proving_key(account)


def test_it_says_in_words_what_goes_where(key: Path, tmp_path: Path) -> None:
    told = run("show", key, psbt_of(PLAN), "--vault", exported(tmp_path)).told
    assert "1.50000000 BTC in 2 coins" in told
    assert f"0.25000000 BTC to {address('carol')}\n" in told
    assert "1.24997500 BTC to bcrt1" in told
    assert "(back into your vault)" in told
    assert "0.00002500 BTC to the miners" in told


def test_without_an_export_it_says_that_change_is_unchecked(key: Path) -> None:
    assert "unchecked" in run("show", key, psbt_of(PLAN)).told


@pytest.mark.parametrize("how", ["word", "file", "binary", "stdin"])
def test_it_signs_what_it_is_given_in_whichever_way(
    key: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, path = psbt_of(PLAN), tmp_path / "a.psbt"
    if how == "binary":
        path.write_bytes(base64.b64decode(text))
    else:
        path.write_text(text + "\n")
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    given = {"word": text, "file": path, "binary": path, "stdin": "-"}[how]
    ended = run("sign", key, given)
    assert ended.code == 0, ended.complained
    assert set(signatures_of_wallet(PLAN, ended.told.strip())) == {WALLET.keys[0]}
    assert "to the miners" in ended.complained


def other_previous(maps: Maps) -> Maps:
    """The house says that a coin is worth more than it is: the difference would be a hidden fee."""
    return maps.put(1, NON_WITNESS_UTXO, maps.get(2, NON_WITNESS_UTXO))


SPOILS = {
    "a hidden fee": other_previous,
    "no previous transaction": lambda maps: maps.drop(1, NON_WITNESS_UTXO),
    "no script": lambda maps: maps.drop(1, WITNESS_SCRIPT),
    "half a signature": lambda maps: maps.put(1, SIGHASH_TYPE, (3).to_bytes(4, "little")),
    "finished": lambda maps: maps.put(1, FINAL_SCRIPTWITNESS, b"\0"),
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
def test_it_signs_nothing_that_it_cannot_judge(key: Path, spoil: object) -> None:
    assert callable(spoil)
    ended = run("sign", key, spoil(maps_of(psbt_of(PLAN))).text())
    assert (ended.code, ended.told) == (1, "")
    assert "BadPsbt" in ended.complained


def test_a_coin_of_somebody_elses_vault_is_not_signed(tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.key"
    stranger.write_text(seed_of("mallory").hex())
    assert run("sign", stranger, psbt_of(PLAN)).code == 1


def test_a_coin_of_another_vault_of_hers_is_not_signed_by_this_ones_export(key: Path, tmp_path: Path) -> None:
    other = vault_wallet(protocol=vault_wallet("mallory").keys[0])
    elsewhere = plan_of(other, pay(BTC // 4), coins=(coin(other, BTC),), purpose=Purpose.VAULT)
    ended = run("sign", key, psbt_of(elsewhere), "--vault", exported(tmp_path))
    assert (ended.code, ended.told) == (1, "")


def test_change_to_her_key_and_two_others_is_no_change_by_the_export(key: Path, tmp_path: Path) -> None:
    """The house puts keys of its own beside the owner's: it looks like change, and is stolen."""
    thief = vault_wallet(protocol=vault_wallet("mallory").keys[0])
    place = script_at(thief, Place(CHANGE, 0))
    stolen = Payment(place.address, BTC // 2, "vault-withdrawal:1")
    maps = maps_of(psbt_of(plan_of(WALLET, stolen, purpose=Purpose.VAULT)))
    like_change = maps_of(psbt_of(plan_of(thief, pay(BTC // 4), purpose=Purpose.VAULT)))
    maps.maps[2] = like_change.maps[-1]
    told = run("show", key, maps.text(), "--vault", exported(tmp_path)).told
    assert f"0.50000000 BTC to {place.address}\n" in told
    assert "unchecked" in run("show", key, maps.text()).told


@pytest.mark.parametrize("content", ["", "no key", "zz" * 32, "00" * 8])
def test_a_file_that_is_no_key_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.key"
    path.write_text(content)
    ended = run("key", path)
    assert (ended.code, ended.told) == (1, "")
    assert not content or content not in ended.complained


def test_who_lets_others_read_the_key_is_told(key: Path) -> None:
    key.chmod(0o644)
    assert "chmod 600" in run("key", key).complained


def test_it_runs_without_server_and_settings(key: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "custody.owner_wallet", "key", str(key)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(key.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert read_account_key(ended.stdout, Network.REGTEST) == WALLET.keys[0]
