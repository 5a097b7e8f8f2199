"""What every page says where something is away."""

from typing import Any

from dashboard.status.brief import brief_of
from dashboard.status.words import CAPABILITIES
from health import registry
from tests.dashboard.status.content import content


def banner(*away: str) -> Any:
    return brief_of(content("degraded", away))["banner"]


def test_nothing_is_said_where_nothing_is_away() -> None:
    assert banner() is None


def test_what_is_away_and_what_is_there_stand_in_one_sentence_each() -> None:
    said = banner("deposits", "withdrawals")
    assert said["level"] == "warn"
    assert said["title"] == "Not available now: bitcoin deposits and bitcoin withdrawals."
    assert said["rest"].startswith("Still there: trading, live market data,")


def test_without_trading_it_is_grave() -> None:
    assert banner("trading")["level"] == "bad"


def test_with_everything_away_nothing_is_promised() -> None:
    assert "Still there" not in banner(*CAPABILITIES)["rest"]


def test_every_capability_has_words() -> None:
    assert set(CAPABILITIES) == set(registry.CAPABILITIES)
