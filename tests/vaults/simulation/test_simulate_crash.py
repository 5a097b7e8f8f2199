"""`simulate_crash` beside a house that is running: what it tells, and what it leaves alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger.models import DomainEvent
from tests.vaults.support.rows import E8, funded_vault
from vaults.models import FiguresVersion, Vault
from vaults.rules.statuses import VaultEvent

# A fall by a third within four minutes, and half of the way back.
PRICES = (45_000, 44_000, 40_000, 36_500, 33_500, 30_500, 33_000, 36_000, 39_000)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "minutes.csv"
    rows = [f"{60 * minute},0,{price}\n" for minute, price in enumerate(PRICES)]
    path.write_text("open_time_utc_s,open,close\n" + "".join(rows))
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("simulate_crash", *arguments)
    return capsys.readouterr().out


def figures(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(told(capsys, *arguments, "--json"))


@pytest.mark.django_db
def test_it_tells_what_becomes_liquidatable_and_what_a_late_sale_leaves_unpaid(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = figures(capsys, f"--prices={recording}", "--vaults=400")
    minutes = found["minutes"]
    assert [round(float(one["price"])) for one in minutes] == list(PRICES)
    standing = [one["liquidatable"]["vaults"] for one in minutes]
    assert standing[0] == 0 < standing[2] < standing[4] < found["liquidatable_once"]
    assert standing[-2] < max(standing)
    assert sum(one["entered"].get(VaultEvent.LIQUIDATE, 0) for one in minutes) >= found["liquidatable_once"]
    sold = found["sold_after_minutes"]
    assert sold["0"]["short_vaults"] == 0
    assert sold["2"]["cover_ppm"]["p0"] < sold["0"]["cover_ppm"]["p0"]
    assert found["scan_us"]["p50"] <= found["scan_us"]["p100"]


@pytest.mark.django_db
def test_the_same_seed_tells_the_same(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, again, other = (
        {**figures(capsys, f"--prices={recording}", "--vaults=100", f"--seed={seed}"), "scan_us": None}
        for seed in (7, 7, 8)
    )
    assert one == again != other


@pytest.mark.django_db
def test_people_are_told_in_words(capsys: pytest.CaptureFixture[str], recording: Path) -> None:
    text = told(capsys, f"--prices={recording}", "--vaults=100", "--speed=1000000")
    assert text.startswith("100 vaults, ")
    assert "00:03  40,000.00" in text
    assert "scans, that moved a vault: " in text
    assert " 20 min       0 " in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_assets")
def test_nothing_of_the_house_is_changed(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    funded_vault(debt=3_000 * E8)
    before = rows()
    told(capsys, f"--prices={recording}", "--vaults=50")
    assert rows() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'vaults_%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def rows() -> list[object]:
    tables = (Vault, FiguresVersion, DomainEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("content", ["", "time,close\n", "time,close\n1,x\n", "time,price\n1,5\n"])
def test_what_is_wrong_with_a_recording_ends_the_command(tmp_path: Path, content: str, db: None) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=r"bad\.csv"):
        call_command("simulate_crash", f"--prices={path}")


@pytest.mark.parametrize("arguments", [["--vaults=1000001"], ["--seed=-1"], ["--speed=fast"]])
def test_numbers_are_bounded(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="no whole number"):
        call_command("simulate_crash", *arguments)
