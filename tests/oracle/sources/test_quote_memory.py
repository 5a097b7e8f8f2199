"""A source's newest quote stands: an older one after it is one of a server that lags behind."""

from oracle.sources.memory import CLOCKS_APART_MS, QuoteMemory
from tests.oracle.sources.scripted import quote

NOW_MS = 1_000_000


def test_an_older_quote_is_replaced_by_the_newest() -> None:
    memory = QuoteMemory()
    memory.take(quote("a", 60_000, NOW_MS), NOW_MS)
    taken = memory.take(quote("a", 59_000, NOW_MS - 1), NOW_MS + 100)
    assert (taken.price_e8, taken.time_ms) == (60_000 * 10**8, NOW_MS)


def test_a_quote_of_the_same_time_is_taken() -> None:
    memory = QuoteMemory()
    memory.take(quote("a", 60_000, NOW_MS), NOW_MS)
    assert memory.take(quote("a", 59_000, NOW_MS), NOW_MS).price_e8 == 59_000 * 10**8


def test_a_quote_from_the_future_is_given_on_and_forgotten() -> None:
    memory = QuoteMemory()
    ahead_ms = NOW_MS + CLOCKS_APART_MS + 1
    assert memory.take(quote("a", 99_000, ahead_ms), NOW_MS).time_ms == ahead_ms
    assert memory.take(quote("a", 60_000, NOW_MS), NOW_MS).price_e8 == 60_000 * 10**8


def test_clocks_that_are_a_little_apart_are_no_future() -> None:
    memory = QuoteMemory()
    memory.take(quote("a", 60_000, NOW_MS + CLOCKS_APART_MS), NOW_MS)
    assert memory.take(quote("a", 60_000, NOW_MS + CLOCKS_APART_MS), NOW_MS + 500).unchanged_ms == 500


def test_a_frozen_price_with_fresh_times_is_told() -> None:
    memory = QuoteMemory()
    taken = [memory.take(quote("a", 60_000, NOW_MS + at), NOW_MS + at) for at in (0, 300_000, 600_001)]
    assert [one.unchanged_ms for one in taken] == [0, 300_000, 600_001]


def test_a_price_that_came_back_is_not_frozen() -> None:
    memory = QuoteMemory()
    for at, dollars in ((0, 60_000), (1_000, 60_001), (2_000, 60_000)):
        taken = memory.take(quote("a", dollars, NOW_MS + at), NOW_MS + at)
    assert taken.unchanged_ms == 0


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    memory = QuoteMemory()
    memory.take(quote("a", 60_000, NOW_MS), NOW_MS)
    assert memory.take(quote("a", 60_000, NOW_MS), NOW_MS - 3_000).unchanged_ms == 0


def test_after_our_clock_has_gone_back_the_price_of_before_does_not_stand_for_new_ones() -> None:
    memory = QuoteMemory()
    memory.take(quote("a", 60_000, NOW_MS), NOW_MS)
    earlier_ms = NOW_MS - CLOCKS_APART_MS - 1
    taken = memory.take(quote("a", 50_000, earlier_ms), earlier_ms)
    assert (taken.price_e8, taken.time_ms) == (50_000 * 10**8, earlier_ms)
