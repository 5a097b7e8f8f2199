"""What may be withdrawn in a time: figures by hand, and any flow of requests against sums made anew."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.rules.terms import Terms
from custody.rules.withdrawals import (
    Unseen,
    Used,
    amount_refusal,
    approvals_needed,
    unseen_left_sats,
    user_left_sats,
    velocity_refusal,
)

BTC = 100_000_000
DAY, HOUR = 86_400, 3_600
TERMS = Terms()
NOTHING = Used(0, 0, 0)
NONE_UNSEEN = Unseen(0, 0)


@pytest.mark.parametrize(
    ("sats", "used", "limit", "available"),
    [
        (10 * BTC, NOTHING, "", ""),
        (10 * BTC + 1, NOTHING, "USER_DAY_AMOUNT", "10.00000000"),
        (4 * BTC, Used(6 * BTC, 3, 6 * BTC), "", ""),
        (4 * BTC + 1, Used(6 * BTC, 3, 6 * BTC), "USER_DAY_AMOUNT", "4.00000000"),
        (10_000, Used(1, 20, 1), "USER_DAY_COUNT", "0.00000000"),
        (10_000, Used(1, 19, 1), "", ""),
        (10_000, Used(12 * BTC, 1, 0), "USER_DAY_AMOUNT", "0.00000000"),
        (1 * BTC, Used(0, 0, 49 * BTC), "", ""),
        (1 * BTC + 1, Used(0, 0, 49 * BTC), "HOUSE_HOUR_AMOUNT", ""),
    ],
)
def test_limits_by_hand(sats: int, used: Used, limit: str, available: str) -> None:
    refusal = velocity_refusal(sats, used, TERMS)
    details = refusal.details if refusal else {}
    assert (details.get("limit", ""), details.get("available", "")) == (limit, available)


@pytest.mark.parametrize(
    ("sats", "code"),
    [(9_999, "DUST"), (10_000, ""), (10 * BTC, ""), (10 * BTC + 1, "ABOVE_MAXIMUM")],
)
def test_amounts_have_a_least_and_a_most(sats: int, code: str) -> None:
    refusal = amount_refusal(sats, TERMS)
    assert (refusal.code if refusal else "") == code


@pytest.mark.parametrize(
    ("sats", "days", "needed"),
    [
        (BTC, 30, 0),
        (BTC + 1, 30, 2),
        (BTC // 4, 0, 0),
        (BTC // 4 + 1, 6, 1),
        (BTC // 4 + 1, 7, 0),
        (BTC, 1, 1),
        (BTC + 1, 1, 2),
    ],
)
def test_large_amounts_and_new_addresses_need_people(sats: int, days: int, needed: int) -> None:
    assert approvals_needed(sats, days * DAY, NONE_UNSEEN, TERMS) == needed


@pytest.mark.parametrize(
    ("sats", "days", "unseen", "needed"),
    [
        (BTC // 2, 30, Unseen(BTC // 2, 0), 0),
        (BTC // 2 + 1, 30, Unseen(BTC // 2, 0), 2),
        (10_000, 30, Unseen(BTC, 0), 2),
        (10_000, 30, Unseen(2 * BTC, 0), 2),
        (BTC // 8, 0, Unseen(BTC // 8, BTC // 8), 0),
        (BTC // 8 + 1, 0, Unseen(BTC // 8, BTC // 8), 1),
        (BTC // 8 + 1, 7, Unseen(BTC // 8, BTC // 8), 0),
        (BTC // 2, 0, Unseen(BTC // 2 + 1, 0), 2),
    ],
)
def test_what_went_by_itself_before_counts_with_it(sats: int, days: int, unseen: Unseen, needed: int) -> None:
    assert approvals_needed(sats, days * DAY, unseen, TERMS) == needed


pieces = st.lists(
    st.tuples(st.integers(0, 3 * DAY), st.integers(1, BTC), st.sampled_from([0, 30 * DAY])), max_size=40
)


@given(pieces)
def test_no_day_brings_more_past_the_operators_in_pieces_than_at_once(
    flow: list[tuple[int, int, int]],
) -> None:
    alone: list[tuple[int, int, int]] = []
    for at, sats, age in sorted(flow):
        day = [one for one in alone if one[0] > at - DAY]
        unseen = Unseen(sum(one[1] for one in day), sum(one[1] for one in day if one[2] == 0))
        if approvals_needed(sats, age, unseen, TERMS) == 0:
            assert sats <= unseen_left_sats(unseen, TERMS)
            alone.append((at, sats, age))
    for last, _, _ in alone:
        day = [one for one in alone if last - DAY < one[0] <= last]
        assert sum(one[1] for one in day) <= TERMS.four_eyes_above_sats
        assert sum(one[1] for one in day if one[2] == 0) <= TERMS.new_address_above_sats


@dataclass(frozen=True)
class Request:
    user: int
    at: int
    sats: int
    is_canceled: bool


requests = st.lists(
    st.builds(
        Request,
        user=st.integers(0, 2),
        at=st.integers(0, 3 * DAY),
        sats=st.integers(1, 40),
        is_canceled=st.booleans(),
    ),
    max_size=60,
)
limits = st.builds(
    lambda amount, number, house: replace(
        TERMS, user_day_sats=amount, user_day_count=number, house_hour_sats=house
    ),
    st.integers(0, 100),
    st.integers(0, 6),
    st.integers(0, 120),
)


def used(taken: list[Request], user: int, now: int) -> Used:
    own = [one.sats for one in taken if one.user == user and one.at > now - DAY]
    return Used(sum(own), len(own), sum(one.sats for one in taken if one.at > now - HOUR))


@given(requests, limits)
def test_no_day_of_a_user_and_no_hour_of_the_house_is_above_its_limit(
    flow: list[Request], terms: Terms
) -> None:
    taken: list[Request] = []
    for one in sorted(flow, key=lambda request: request.at):
        if velocity_refusal(one.sats, used(taken, one.user, one.at), terms) is None and not one.is_canceled:
            taken.append(one)
    for last in taken:
        day = [one for one in taken if one.user == last.user and last.at - DAY < one.at <= last.at]
        hour = [one for one in taken if last.at - HOUR < one.at <= last.at]
        assert sum(one.sats for one in day) <= terms.user_day_sats
        assert len(day) <= terms.user_day_count
        assert sum(one.sats for one in hour) <= terms.house_hour_sats


@given(requests, limits, st.integers(0, 3 * DAY))
def test_what_is_said_to_be_left_can_be_had_and_not_a_satoshi_more(
    flow: list[Request], terms: Terms, now: int
) -> None:
    terms = replace(terms, house_hour_sats=10**9)
    counted = used([one for one in flow if one.at <= now], 0, now)
    left_sats = user_left_sats(counted, terms)
    assert left_sats >= 0
    assert velocity_refusal(left_sats + 1, counted, terms) is not None
    if left_sats:
        assert velocity_refusal(left_sats, counted, terms) is None
