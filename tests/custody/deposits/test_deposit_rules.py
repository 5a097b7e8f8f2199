"""The table of deposits, walked whole, and how deep is deep enough, in worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.types import Network
from custody.rules.confirmations import confirmations, required, young_from
from custody.rules.deposits import TRANSITIONS, CoinFacts, event_of, next_status
from custody.rules.statuses import DepositEvent as Event
from custody.rules.statuses import DepositStatus as Status

BTC = 100_000_000
UNCREDITED = [one for one in Status if one is not Status.CREDITED]


def test_every_pair_leads_somewhere() -> None:
    assert set(TRANSITIONS) == {(status, event) for status in Status for event in Event}


@pytest.mark.parametrize("status", UNCREDITED)
def test_the_chain_decides_whatever_was_before(status: Status) -> None:
    assert next_status(status, Event.MINED) is Status.CONFIRMED
    assert next_status(status, Event.DEEP) is Status.CREDITED
    assert next_status(status, Event.CONFLICT_MINED) is Status.DOUBLE_SPENT


def test_what_is_credited_stays_while_it_is_in_the_chain_and_leaves_with_it() -> None:
    stays = {event: next_status(Status.CREDITED, event) for event in Event}
    assert stays == {
        Event.SIGHTED: Status.REORGED,
        Event.MINED: Status.CREDITED,
        Event.DEEP: Status.CREDITED,
        Event.GONE: Status.REORGED,
        Event.CONFLICT_SIGHTED: Status.REORGED,
        Event.CONFLICT_MINED: Status.DOUBLE_SPENT,
    }


def test_what_was_taken_back_stays_so_until_it_is_mined() -> None:
    for event in (Event.SIGHTED, Event.GONE, Event.CONFLICT_SIGHTED):
        assert next_status(Status.REORGED, event) is Status.REORGED


@pytest.mark.parametrize("status", [Status.SEEN, Status.CONFIRMED, Status.DOUBLE_SPENT, Status.EVICTED])
def test_what_never_was_credited_follows_the_mempool(status: Status) -> None:
    assert next_status(status, Event.SIGHTED) is Status.SEEN
    assert next_status(status, Event.GONE) is Status.EVICTED
    assert next_status(status, Event.CONFLICT_SIGHTED) is Status.REPLACED


def test_what_was_replaced_stays_so_when_its_rival_goes() -> None:
    assert next_status(Status.REPLACED, Event.GONE) is Status.REPLACED
    assert next_status(Status.REPLACED, Event.SIGHTED) is Status.SEEN


@given(status=st.sampled_from(Status), events=st.lists(st.sampled_from(Event)))
def test_only_deep_coins_become_credited(status: Status, events: list[Event]) -> None:
    for event in events:
        following = next_status(status, event)
        if following is Status.CREDITED:
            assert event is Event.DEEP or (status is Status.CREDITED and event is Event.MINED)
        status = following


@given(
    deep=st.integers(0, 10),
    needed=st.integers(1, 6),
    in_mempool=st.booleans(),
    mined=st.booleans(),
    sighted=st.booleans(),
)
def test_an_event_is_deep_exactly_where_the_coin_is(
    deep: int, needed: int, in_mempool: bool, mined: bool, sighted: bool
) -> None:
    event = event_of(CoinFacts(deep, in_mempool, mined, sighted), needed)
    assert (event is Event.DEEP) == (deep >= needed)
    assert (event is Event.MINED) == (0 < deep < needed)
    if not deep and mined:
        assert event is Event.CONFLICT_MINED


@pytest.mark.parametrize(
    ("cumulative_sats", "needed"),
    [
        (1_000, 2),
        (9_999_999, 2),  # just below 0.1 BTC
        (10_000_000, 3),
        (BTC, 3),
        (BTC + 1, 6),
        (21_000_000 * BTC, 6),
    ],
)
def test_how_deep_it_has_to_be_on_a_real_network(cumulative_sats: int, needed: int) -> None:
    for network in (Network.MAIN, Network.TESTNET, Network.SIGNET):
        assert required(cumulative_sats, network) == needed


def test_one_block_is_enough_on_regtest_and_a_coinbase_needs_a_hundred_anywhere() -> None:
    assert required(1_000 * BTC, Network.REGTEST) == 1
    assert required(1_000, Network.REGTEST, is_coinbase=True) == 100
    assert required(1_000, Network.MAIN, is_coinbase=True) == 100


def test_confirmations_count_the_block_itself() -> None:
    assert [confirmations(height, 100) for height in (None, 101, 100, 99, 95)] == [0, 0, 1, 2, 6]


def test_young_are_those_with_fewer_than_six_confirmations() -> None:
    lowest = young_from(100)
    assert confirmations(lowest, 100) == 5
    assert confirmations(lowest - 1, 100) == 6
