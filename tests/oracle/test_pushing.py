"""Each update is told at once, and its row follows within half a second."""

import pytest
from pytest_django import Settings

from access.redis_client import brief_redis
from oracle.inbox import Inbox
from oracle.models import Incident, Round
from oracle.pushing import FLUSH_S, Pusher
from oracle.rules.encoding import decode_view
from oracle.rules.quotes import Absence, Absent
from oracle.rules.view import PriceView
from oracle.services.current import PRICE_KEY
from oracle.services.rounds import Pricing
from tests.oracle.rows import SOURCES, START_MS, House, quotes
from tests.oracle.sources.scripted import Clock

LONGEST_S = 2.0


class Desk:
    """A pusher, what it hears, and the clock of both."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.clock = Clock(START_MS / 1000)
        self.pusher = Pusher(self.inbox, LONGEST_S, clock=self.clock, clock_ms=self.clock.ms)

    def say(self, dollars: int) -> bool:
        for quote in quotes(dollars, self.clock.ms()):
            self.inbox.put(quote)
        return self.pusher.run_once()


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk()


def told() -> PriceView:
    data = brief_redis().get(PRICE_KEY)
    assert isinstance(data, bytes)
    return decode_view(data)


def test_an_update_is_told_at_once_and_written_later(desk: Desk) -> None:
    assert desk.say(60_000)
    assert desk.say(60_001)
    last = told().last
    assert last is not None
    assert last.price_e8 == 60_001 * 10**8
    assert Round.objects.count() == 0
    desk.clock.now += FLUSH_S
    desk.say(60_002)
    assert Round.objects.count() == 2


def test_what_waits_is_written_when_it_stops(desk: Desk) -> None:
    desk.say(60_000)
    desk.say(60_001)
    desk.pusher.stop()
    assert Round.objects.count() == 2


def test_silence_makes_a_round_too(desk: Desk) -> None:
    desk.say(60_000)
    desk.clock.now += LONGEST_S
    assert desk.pusher.run_once()
    assert told().round_ms == desk.clock.ms()


def test_without_anything_new_there_is_no_round(desk: Desk) -> None:
    desk.say(60_000)
    desk.clock.now += FLUSH_S
    assert not desk.pusher.run_once()


def test_sources_that_are_lost_make_a_refusal(desk: Desk) -> None:
    desk.say(60_000)
    for name in SOURCES[1:]:
        desk.inbox.put(Absence(name, Absent.UNREACHABLE))
    desk.pusher.run_once()
    assert told().refusal == "INSUFFICIENT_SOURCES"


def test_a_halt_is_written_before_it_is_told(desk: Desk) -> None:
    desk.say(60_000)
    desk.say(80_000)
    assert Incident.objects.filter(kind="HALT", ended_ms=None).count() == 1
    assert told().halt is not None


def test_numbers_go_on_where_another_process_ended(desk: Desk) -> None:
    desk.say(60_000)
    desk.pusher.stop()
    other = Pricing()
    other.flush()
    decided = other.decide(quotes(60_001, desk.clock.ms() + 10), (), desk.clock.ms() + 10)
    assert decided.view.round_id == told().round_id + 1


def test_a_redis_that_is_away_is_said_once_and_stops_no_round(
    desk: Desk, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    right, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/valkey.sock"
    try:
        assert all(desk.say(60_000 + dollars) for dollars in range(3))
    finally:
        settings.REDIS_URL = right
    desk.say(60_003)
    assert len([one for one in caplog.messages if "not announced" in one]) == 1
    assert told().round_id == 4
