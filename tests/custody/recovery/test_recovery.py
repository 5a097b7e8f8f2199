"""With the export, the owner's key and the backup alone, no server and no database, the coins come out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from custody.bitcoin.addresses import read_address
from custody.bitcoin.keys import key_text
from custody.bitcoin.transactions import parse_tx, txid, vbytes
from custody.bitcoin.types import CHANGE, FixedKey, Network, OutPoint, Place, Role, Tx, TxIn, TxOut
from tests.custody.recovery.desk import COINS, ROOT, TO, Desk, desk_in, is_recovered, made
from tests.custody.support.cosigners import SECRET, Cosigner
from tests.custody.support.wallets import BTC, account, vault_wallet

pytestmark = pytest.mark.long


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def test_the_owner_and_the_backups_key_move_everything(desk: Desk) -> None:
    told = desk.begin(coins=desk.coins(*COINS))
    assert TO in told
    assert "signed by 0 of 2" in told
    assert "signed by 1 of 2" in desk.sign("user")
    assert "signed by 2 of 2" in desk.sign("backup")
    tx = desk.finish()
    assert is_recovered(tx, *COINS)
    (output,) = tx.outputs
    assert output.script == read_address(TO, Network.REGTEST)
    assert 0 <= 4 * BTC - output.value_sats - 12 * vbytes(tx) <= 12 * len(tx.inputs)


def test_the_backups_co_signer_signs_after_the_owner(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    backup = Cosigner(folder, "backup", "backup").start()
    secret = desk.put("shared", SECRET + "\n")
    try:
        desk.begin(coins=desk.coins(*COINS))
        early = desk.run("cosign", work=desk.work, url=backup.url, secret=secret)
        assert (early.returncode, "OWNER_MISSING" in early.stderr) == (1, True)
        desk.sign("user")
        desk.done("cosign", work=desk.work, url=backup.url, secret=secret)
    finally:
        backup.kill()
    assert is_recovered(desk.finish(), *COINS)


def test_a_vault_with_a_tokens_key_is_recovered_as_well(tmp_path: Path) -> None:
    token = FixedKey(account("token", Role.PROTOCOL).public_key_at(Place(0, 0)))
    desk = desk_in(tmp_path, vault_wallet(protocol=token))
    coin = made(desk.wallet, BTC)
    desk.begin(coins=desk.coins(coin))
    desk.sign("backup")
    desk.sign("user")
    assert is_recovered(desk.finish(), coin)


@pytest.mark.long
def test_an_extended_private_key_with_its_origin_signs_as_well(desk: Desk) -> None:
    # What a wallet exports; made here by another library.
    script = (
        "import os; os.environ['BCL_DATA_DIR'] = os.environ['HOME']\n"
        "from bitcoinlib.keys import HDKey\n"
        "from tests.custody.support.wallets import seed_of\n"
        "root = HDKey.from_seed(seed_of('user'), network='testnet')\n"
        "print(root.subkey_for_path(\"m/48'/1'/0'/2'\").wif_private(witness_type='legacy'))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        env={"HOME": str(desk.folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    origin = key_text(account("user", Role.USER).key).partition("]")[0]
    key = desk.put("own.key", f"{origin}]{ended.stdout.strip()}\n")
    desk.begin(coins=desk.coins(*COINS))
    desk.done("sign", work=desk.work, role="user", key=key)
    desk.sign("backup")
    assert is_recovered(desk.finish(), *COINS)


def test_a_coin_that_another_of_the_transactions_spends_is_left_out(desk: Desk) -> None:
    first, second = COINS
    spending = Tx(2, (TxIn(OutPoint(txid(first), 1)),), (TxOut(5_000, b"\x51"),))
    desk.begin(coins=desk.coins(first, spending, second))
    desk.sign("user")
    desk.sign("backup")
    spent = {one.outpoint for one in desk.finish().inputs}
    assert spent == {OutPoint(txid(first), 2), OutPoint(txid(second), 1)}


def test_the_same_again_is_the_same_plan(desk: Desk) -> None:
    coins = desk.coins(*COINS)
    desk.begin(coins=coins)
    first = desk.work.read_text()
    desk.begin(coins=coins)
    assert desk.work.read_text() == first


def test_many_small_coins_do_not_hide_the_ones_that_matter(desk: Desk) -> None:
    dust = [made(desk.wallet, 1_000 + at, number=1_000 + at) for at in range(30)]
    small = made(desk.wallet, *([20_000] * 120), number=5)
    told = desk.begin(coins=desk.coins(*dust, small, *COINS))
    assert "53 coins are left" in told  # 30 that cost more than they hold, and 23 more than fit
    desk.sign("user")
    desk.sign("backup")
    tx = desk.finish()
    assert len(tx.inputs) == 100
    assert is_recovered(tx, *dust, small, *COINS)
    assert tx.outputs[0].value_sats > 4 * BTC


@pytest.mark.parametrize("who", ["mallory", "protocol"])
def test_a_key_that_is_not_of_that_role_is_refused(desk: Desk, who: str) -> None:
    desk.begin(coins=desk.coins(*COINS))
    ended = desk.run("sign", work=desk.work, role="user", key=desk.key("mallory"))
    assert (ended.returncode, "none of the vault's" in ended.stderr) == (1, True)
    assert who not in ended.stdout


def test_one_signature_is_not_enough_and_three_are_too_many(desk: Desk) -> None:
    desk.begin(coins=desk.coins(*COINS))
    desk.sign("user")
    assert desk.run("finish", work=desk.work).returncode == 1
    desk.sign("backup")
    desk.sign("protocol")
    assert desk.run("finish", work=desk.work).returncode == 1


@pytest.mark.parametrize(
    "options",
    [
        {"to": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
        {"to": "nonsense"},
        {"fee_rate": 0},
        {"fee_rate": 100_000},
        {"fee_rate": 2_000, "small": True},
    ],
)
def test_it_refuses_to_plan_what_cannot_be(desk: Desk, options: dict[str, object]) -> None:
    coin = made(desk.wallet, 1_000) if options.pop("small", False) else COINS[0]
    given = {
        "export": desk.folder / "export.json",
        "to": TO,
        "fee_rate": 5,
        "coins": desk.coins(coin),
        **options,
    }
    ended = desk.run("begin", work=desk.work, **given)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert not desk.work.exists()


@pytest.mark.parametrize("content", ["", "zz", "00ff", "02000000"])
def test_it_refuses_coins_that_are_none(desk: Desk, content: str) -> None:
    coins = desk.put("coins", content)
    ended = desk.run(
        "begin", export=desk.folder / "export.json", to=TO, fee_rate=5, coins=coins, work=desk.work
    )
    assert ended.returncode == 1


def test_a_work_file_that_somebody_changed_is_refused(desk: Desk) -> None:
    desk.begin(coins=desk.coins(*COINS))
    desk.sign("user")
    content = json.loads(desk.work.read_text())
    content["plan"]["payments"][0]["address"] = "bcrt1q6z64a43mjgkcq0ul2znwneq3spghrlau9slefp"
    desk.work.write_text(json.dumps(content))
    ended = desk.run("sign", work=desk.work, role="backup", key=desk.key("backup"))
    assert (ended.returncode, "another transaction" in ended.stderr) == (1, True)


def test_nothing_of_a_key_is_shown_or_left_behind(desk: Desk) -> None:
    desk.begin(coins=desk.coins(*COINS))
    key = desk.put("bad.key", "abcd" * 20 + "not hex")
    ended = desk.run("sign", work=desk.work, role="user", key=key)
    assert ended.returncode == 1
    assert "abcd" not in ended.stdout + ended.stderr
    desk.sign("user")
    secret = account("user", Role.USER).secret_at(Place(CHANGE, 5)).hex()
    assert secret not in desk.work.read_text()


def test_it_needs_neither_django_nor_a_driver_of_a_database(desk: Desk) -> None:
    script = "import sys, custody.recovery.__main__; print({'django', 'psycopg', 'redis'} & set(sys.modules))"
    words = [sys.executable, "-c", script]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"


def test_an_owner_alone_with_the_files_and_nothing_else_comes_to_the_same(desk: Desk) -> None:
    export = desk.folder / "export.json"
    steps: list[tuple[str, dict[str, object]]] = [
        (
            "begin",
            {"export": export, "to": TO, "fee_rate": 12, "coins": desk.coins(*COINS)},
        ),
        ("sign", {"role": "user", "key": desk.key("user")}),
        ("sign", {"role": "backup", "key": desk.key("backup")}),
        ("finish", {}),
    ]
    ended = [desk.run_alone(step, work=desk.work, **options) for step, options in steps]
    assert [one.returncode for one in ended] == [0, 0, 0, 0], ended
    assert is_recovered(parse_tx(bytes.fromhex(ended[-1].stdout)), *COINS)
