"""Old backups thin out, and the newest always stays."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.backups.keeping import kept

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEEP = {"hourly": 48, "daily": 30, "monthly": 12}


def hours_ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def test_of_two_years_of_hours_some_of_each_kind_stay() -> None:
    every_hour = [hours_ago(hours) for hours in range(2 * 365 * 24)]
    stay = kept(every_hour, KEEP)
    assert set(every_hour[:48]) <= stay
    assert {moment.date() for moment in stay} >= {hours_ago(24 * day).date() for day in range(30)}
    assert len({(moment.year, moment.month) for moment in stay}) == 12
    assert len(stay) <= 48 + 30 + 12


def test_of_an_hour_the_newest_stays() -> None:
    assert kept([NOW, NOW + timedelta(minutes=30)], {"hourly": 1}) == {NOW + timedelta(minutes=30)}


def test_a_gap_costs_none_of_the_number() -> None:
    moments = [hours_ago(0), hours_ago(100), hours_ago(200)]
    assert kept(moments, {"hourly": 3}) == set(moments)


@given(st.lists(st.integers(0, 20_000)), st.fixed_dictionaries({name: st.integers(-1, 60) for name in KEEP}))
def test_the_newest_stays_whatever_is_asked_for(ages: list[int], keep: dict[str, int]) -> None:
    moments = [hours_ago(age) for age in ages]
    stay = kept(moments, keep)
    assert stay <= set(moments)
    if moments:
        assert max(moments) in stay
        assert len(stay) <= 1 + sum(max(count, 0) for count in keep.values())
