"""An owner whose key is in a wallet, and in no file, recovers by the PSBT that the wallet signs."""

import base64
from pathlib import Path

import pytest

from custody.bitcoin.types import Role
from custody.recovery import work
from tests.custody.recovery.desk import COINS, Desk, desk_in, is_recovered
from tests.custody.support.psbt_maps import PARTIAL_SIG, maps_of, signatures_by, with_signatures
from tests.custody.support.wallets import account


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path)
    desk.begin(coins=desk.coins(*COINS))
    return desk


def signed(desk: Desk, name: str = "user") -> str:
    """What the wallet makes of the PSBT that it is shown."""
    plan, owner = work.read(desk.work).plan, account(name, Role.USER)
    return with_signatures(desk.done("psbt", work=desk.work).strip(), plan, owner, signatures_by(plan, owner))


def test_what_a_wallet_signed_is_taken(desk: Desk) -> None:
    told = desk.done("take", work=desk.work, psbt=desk.put("own.psbt", signed(desk) + "\n"))
    assert "signed by 1 of 2" in told
    desk.sign("backup")
    assert is_recovered(desk.finish(), *COINS)


def test_it_may_be_binary_and_come_after_the_backups(desk: Desk) -> None:
    desk.sign("backup")
    path = desk.folder / "own.psbt"
    path.write_bytes(base64.b64decode(signed(desk)))
    assert "signed by 2 of 2" in desk.done("take", work=desk.work, psbt=path)
    assert is_recovered(desk.finish(), *COINS)


def test_a_wallet_may_give_back_its_signatures_alone(desk: Desk) -> None:
    maps = maps_of(signed(desk))
    kept = [[field for field in fields if field[0][0] == PARTIAL_SIG] for fields in maps.maps[1:]]
    maps.maps = [maps.maps[0], *kept]
    desk.done("take", work=desk.work, psbt=desk.put("own.psbt", maps.text()))
    desk.sign("backup")
    assert is_recovered(desk.finish(), *COINS)


@pytest.mark.parametrize("text", ["", "no PSBT", "psbt", "cHNidP8=", "\N{SNOWMAN}"])
def test_what_is_no_psbt_is_refused(desk: Desk, text: str) -> None:
    before = desk.work.read_text()
    assert desk.run("take", work=desk.work, psbt=desk.put("own.psbt", text)).returncode == 1
    assert desk.work.read_text() == before


def test_one_that_nobody_signed_is_refused(desk: Desk) -> None:
    unsigned = desk.put("own.psbt", desk.done("psbt", work=desk.work))
    ended = desk.run("take", work=desk.work, psbt=unsigned)
    assert (ended.returncode, "no signature" in ended.stderr) == (1, True)


def test_another_transaction_is_refused(desk: Desk, tmp_path: Path) -> None:
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = desk_in(other_folder)
    other.begin(coins=other.coins(COINS[0]))
    ended = desk.run("take", work=desk.work, psbt=desk.put("own.psbt", signed(other)))
    assert (ended.returncode, "another transaction" in ended.stderr) == (1, True)
