"""What a replay's file may say, and how it is told that it is wrong."""

import json
from pathlib import Path

import pytest

from oracle.replay.failures import ReplayError
from oracle.replay.plan import load_plan
from oracle.rules import Policy

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
FORMATS = '[formats.bars]\ntime = 1\nprice = 2\ntime_unit = "s"\nbar_ms = 1000\n'
SOURCE = '[sources."aa:BTC/USD"]\nformat = "bars"\npath = "a.csv"\n'


def written(folder: Path, text: str, name: str = "policy.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_absent_figures_have_their_defaults(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, f"[policy]\nmin_sources = 1\n{FORMATS}{SOURCE}"))
    assert (plan.policy.min_sources, plan.policy.max_age_ms) == (1, Policy().max_age_ms)
    assert plan.series[0].path == tmp_path / "a.csv"


def test_json_says_the_same(tmp_path: Path) -> None:
    content = {
        "as_dollars": ["USDT"],
        "formats": {"bars": {"time": "t", "price": "p"}},
        "sources": {"aa:BTC/USDT": {"format": "bars", "path": "a.csv", "weight": 2, "max_age_ms": 5}},
    }
    plan = load_plan(written(tmp_path, json.dumps(content), "policy.json"), data=tmp_path / "data")
    assert plan.policy.as_dollars == {"USDT"}
    terms = plan.policy.sources["aa:BTC/USDT"]
    assert (terms.currency, terms.weight, terms.max_age_ms) == ("USDT", 2, 5)
    assert plan.series[0].path == tmp_path / "data" / "a.csv"


def test_a_series_of_the_command_line_adds_a_source_or_its_path(tmp_path: Path) -> None:
    file = written(tmp_path, FORMATS + SOURCE)
    plan = load_plan(file, ["aa:BTC/USD=/else/b.csv", "bb:BTC/USD=c:d.csv:bars"])
    assert [(one.name, str(one.path)) for one in plan.series] == [
        ("aa:BTC/USD", "/else/b.csv"),
        ("bb:BTC/USD", "c:d.csv"),
    ]


@pytest.mark.parametrize(
    ("text", "series", "words"),
    [
        ("= 1", [], "policy.toml: Invalid"),
        (FORMATS, [], "1 to 50 sources"),
        (SOURCE, [], "missing required field `formats`"),
        ("x = 1\n" + FORMATS + SOURCE, [], "unknown field `x`"),
        ("[policy]\nno_such = 1\n" + FORMATS + SOURCE, [], "policy.no_such"),
        ("[policy]\nmin_sources = 0\n" + FORMATS + SOURCE, [], r"policy.min_sources .*\(1 to 50\)"),
        ("[policy]\nmin_sources = 1.5\n" + FORMATS + SOURCE, [], "Expected `int`"),
        ("round_ms = -1\n" + FORMATS + SOURCE, [], "round_ms"),
        (FORMATS.replace('"s"', '"weeks"') + SOURCE, [], "formats.bars: time_unit"),
        (FORMATS.replace("time = 1", 'time = "t"') + SOURCE, [], "both names, or both numbers"),
        (FORMATS.replace("time = 1", "time = 0") + SOURCE, [], "both names, or both numbers"),
        (FORMATS + SOURCE.replace('"bars"', '"no"'), [], "format 'no' is not in formats"),
        (FORMATS + SOURCE.replace("aa:BTC/USD", "nonsense"), [], "sources: 'nonsense'"),
        (FORMATS + SOURCE + "weight = -1\n", [], "out of range"),
        (FORMATS + '[sources."aa:BTC/USD"]\nformat = "bars"\n', [], "give --series aa:BTC/USD=PATH"),
        (FORMATS + SOURCE, ["aa:BTC/USD"], "not NAME=PATH"),
        (FORMATS + SOURCE, ["bb:BTC/USD=b.csv"], "sources.bb:BTC/USD: format ''"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, series: list[str], words: str) -> None:
    with pytest.raises(ReplayError, match=words):
        load_plan(written(tmp_path, text), series)


def test_a_missing_policy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"nowhere\.toml: cannot be read"):
        load_plan(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("replay-*.toml")), ids=lambda path: path.stem)
def test_the_examples_are_sound(example: Path) -> None:
    assert load_plan(example).series
