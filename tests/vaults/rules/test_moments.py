"""Times in milliseconds are exact, however far from 1970, where floats would round up to the next one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from vaults.rules.moments import milliseconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("ms", [0, 1, 1_795_305_600_123, 253_402_300_799_999])
def test_a_moment_is_its_last_whole_millisecond(ms: int) -> None:
    begun = EPOCH + timedelta(milliseconds=ms)
    assert milliseconds(begun) == milliseconds(begun + timedelta(microseconds=999)) == ms


def test_the_zone_does_not_matter() -> None:
    there = timezone(timedelta(hours=-7))
    assert milliseconds((EPOCH + timedelta(seconds=1)).astimezone(there)) == 1_000
