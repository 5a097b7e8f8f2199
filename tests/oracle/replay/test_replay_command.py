"""`replay_prices` on recorded minutes and on series made for the purpose."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

PRICES = Path(__file__).parents[2] / "cases" / "prices"
RECORDED = Path(__file__).parents[3] / "oracle" / "replay" / "recorded"
SECONDS = '[formats.seconds]\ntime = 1\nprice = 2\ntime_unit = "s"\n'
MINUTES = '[formats.minutes]\ntime = 1\nprice = 2\ntime_unit = "s"\nbar_ms = 60000\n'
FIVE_MINUTES = '[formats.five]\ntime = 1\nprice = 2\ntime_unit = "s"\nbar_ms = 300000\n'
DEPEG = {
    "binanceus:BTC/USD": ("binanceus_usd", "minutes"),
    "binanceus:BTC/USDT": ("binanceus_usdt", "minutes"),
    "binanceus:BTC/USDC": ("binanceus_usdc", "minutes"),
    "kraken:BTC/USD": ("kraken_usd", "five"),
    "kraken:BTC/USDT": ("kraken_usdt", "five"),
    "kraken:BTC/USDC": ("kraken_usdc", "minutes"),
}


class Recorder:
    """Writes series and a policy into a folder and replays them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def series(self, name: str, points: Iterable[tuple[int, object]]) -> str:
        path = self.folder / f"{name.replace(':', '-').replace('/', '')}.csv"
        path.write_text("".join(f"{second},{price}\n" for second, price in points))
        return f"--series={name}={path}:seconds"

    def policy(self, text: str) -> str:
        path = self.folder / "policy.toml"
        path.write_text(text)
        return f"--policy={path}"

    def told(self, *arguments: str) -> str:
        call_command("replay_prices", *arguments)
        return self.capsys.readouterr().out

    def figures(self, *arguments: str) -> Any:
        return json.loads(self.told(*arguments, "--json"))


@pytest.fixture
def recorder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Recorder:
    return Recorder(tmp_path, capsys)


def depeg_policy(recorder: Recorder) -> str:
    sources = "".join(
        f'[sources."{name}"]\npath = "depeg_{file}.csv"\nformat = "{form}"\n'
        for name, (file, form) in DEPEG.items()
    )
    figures = "max_age_ms = 360000\nfrozen_after_ms = 0\nstale_after_ms = 420000\nconfirm_after_ms = 60000\n"
    return recorder.policy(
        f'as_dollars = ["USDT", "USDC"]\n[policy]\n{figures}{MINUTES}{FIVE_MINUTES}{sources}'
    )


def test_the_price_does_not_follow_a_stablecoin_that_leaves_the_dollar(recorder: Recorder) -> None:
    """Two hours of 11 March 2023, in which USDC begins to fall."""
    found = recorder.figures(depeg_policy(recorder), f"--data={PRICES}", "--start=2023-03-11T02:36Z")
    assert found["sources"]["binanceus:BTC/USD"]["largest_distance"]["ppm"] < 15_000
    assert found["sources"]["binanceus:BTC/USD"]["rounds"].keys() == {"KEPT"}
    for name in ("binanceus:BTC/USDC", "kraken:BTC/USDC"):
        assert found["sources"][name]["rounds"]["DEVIATES"] > 0
        assert found["sources"][name]["largest_distance"]["ppm"] > 20_000
    assert "DEGRADED(SOURCES_MISSING)" in found["states_ms"]
    assert found["longest_ms"]["HALT"] == 0


def test_it_follows_a_crash_without_a_halt(recorder: Recorder) -> None:
    """Half an hour of 12 March 2020."""
    form = '[formats.minutes]\ntime = "open_time_utc_s"\nprice = "close"\ntime_unit = "s"\nbar_ms = 60000\n'
    policy = recorder.policy(
        'as_dollars = ["USDT"]\n[policy]\nmin_sources = 1\nmax_age_ms = 120000\nstale_after_ms = 120000\n'
        + form
    )
    series = f"--series=binanceusdm:BTC/USDT={RECORDED / 'black_thursday_minutes.csv'}:minutes"
    found = recorder.figures(policy, series)
    assert found["accepted"] == found["rounds"] == 31
    assert found["longest_ms"]["HALT"] == 0
    assert found["states_ms"].keys() == {"FRESH"}
    assert found["sources"]["binanceusdm:BTC/USDT"]["largest_distance"]["ppm"] == 0


ONE = "[policy]\nmin_sources = 1\nmax_age_ms = 5000\n" + SECONDS


def test_a_source_that_ends_is_missing_and_when_all_have_ended_the_price_is_stale(recorder: Recorder) -> None:
    first = recorder.series("aa:BTC/USD", ((second, 100) for second in range(1, 40)))
    second = recorder.series("bb:BTC/USD", ((second, 100) for second in range(1, 11)))
    end = "--end=1970-01-01T00:02:00Z"
    found = recorder.figures(recorder.policy(ONE), first, second, end)
    assert [(one["what"], one["from_ms"], one["to_ms"]) for one in found["states"]] == [
        ("FRESH", 1_000, 16_000),
        ("DEGRADED(SOURCES_MISSING)", 16_000, 49_001),
        ("STALE(NO_ROUNDS)", 49_001, 120_000),
    ]
    assert found["states"][1]["sources"] == ["bb:BTC/USD"]
    by_the_clock = recorder.figures(recorder.policy("round_ms = 1000\n" + ONE), first, second, end)
    assert [one["what"] for one in by_the_clock["states"]] == [
        "FRESH",
        "DEGRADED(SOURCES_MISSING)",
        "DEGRADED(INSUFFICIENT_SOURCES)",
        "STALE(INSUFFICIENT_SOURCES)",
    ]
    assert by_the_clock["refused"] == {"INSUFFICIENT_SOURCES": 76}


def test_a_jump_halts_until_a_person_would_have_resumed(recorder: Recorder) -> None:
    series = recorder.series("aa:BTC/USD", ((second, 100 if second < 5 else 70) for second in range(1, 30)))
    for_ever = recorder.figures(recorder.policy(ONE), series)
    assert [(one["kind"], one["began_ms"], one["ended_ms"]) for one in for_ever["incidents"]] == [
        ("HALT", 5_000, None)
    ]
    assert for_ever["refused"] == {"JUMP": 1, "HALTED": 24}
    resumed = recorder.figures(recorder.policy("resume_after_ms = 10000\n" + ONE), series)
    halt, *pauses = resumed["incidents"]
    assert (halt["ended_ms"], halt["move_ppm"], halt["from_price"]) == (15_000, -300_000, "100.00000000")
    assert {one["kind"] for one in pauses} == {"LIQUIDATIONS_PAUSED", "MINTING_PAUSED"}
    assert resumed["longest_ms"]["HALT"] == 10_000


def test_people_are_told_in_words(recorder: Recorder) -> None:
    first = recorder.series("aa:BTC/USD", ((second, 100 + second) for second in range(1, 20)))
    second = recorder.series("bb:BTC/USD", ((second, 100) for second in range(1, 10)))
    text = recorder.told(recorder.policy(ONE), first, second, "--spells=1")
    assert "1970-01-01 00:00:01Z to 1970-01-01 00:00:19Z: 19 rounds, " in text
    assert "halts and breakers:" in text
    assert "the longest 1 of " in text


def test_rounds_stand_between_the_bounds_that_were_asked_for(recorder: Recorder) -> None:
    series = recorder.series("aa:BTC/USD", ((second, 100) for second in range(1, 20)))
    bounds = ("--start=1970-01-01T00:00:05.500Z", "--end=1970-01-01T00:00:08Z")
    found = recorder.figures(recorder.policy(ONE), series, *bounds)
    assert (found["first_ms"], found["last_ms"], found["rounds"], found["accepted"]) == (5_500, 8_000, 4, 4)


def test_a_stablecoin_is_converted_by_its_own_recorded_rate(recorder: Recorder) -> None:
    coins = recorder.series("aa:BTC/USDT", [(1, 200), (2, 200)])
    rates = recorder.series("bb:USDT/USD", [(1, "0.5")])
    found = recorder.figures(recorder.policy(ONE), coins, rates)
    assert found["accepted"] == 2
    assert found["sources"]["aa:BTC/USDT"]["largest_distance"]["source_price"] == "100.00000000"


@pytest.mark.parametrize("points", [[], [(2, 100), (1, 100)], [(1, "x")]])
def test_what_is_wrong_with_a_file_ends_the_command(
    recorder: Recorder, points: list[tuple[int, object]]
) -> None:
    series = recorder.series("aa:BTC/USD", points)
    with pytest.raises(CommandError, match=r"aa-BTCUSD\.csv"):
        recorder.told(recorder.policy(ONE), series)


def test_a_time_that_is_none_is_refused(recorder: Recorder) -> None:
    with pytest.raises(CommandError, match="is no time"):
        recorder.told(recorder.policy(ONE), "--start=yesterday")
