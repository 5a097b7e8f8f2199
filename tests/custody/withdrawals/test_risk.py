"""Why a person should look at a withdrawal: by hand for each reason, and of rows as they come about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.models import Login, SecurityChangeKind
from access.security_changes import note_security_change
from custody.models import Withdrawal
from custody.rules.risk import MOST, Circumstances, Level, Risk, Signal, risk_of
from custody.rules.terms import Terms
from custody.selectors_risk import risks_of
from custody.services.allowed_addresses import Target, seed_address
from tests.custody.withdrawals.scene import BTC, LONG_AGO, NOON, OTHER, Customer, customer, later, new_terms

DAY = 86_400
TERMS = Terms()
USUAL = Circumstances(
    amount_sats=BTC,
    address_seconds=90 * DAY,
    paid_before=1,
    other_owners=0,
    account_seconds=400 * DAY,
    earlier_count=5,
    earlier_largest_sats=2 * BTC,
    day_count=1,
    day_sats=BTC,
    came_in_sats=0,
)


def signals(risk: Risk) -> set[Signal]:
    return {one.signal for one in risk.reasons}


def test_what_an_old_customer_does_each_month_gives_no_reason() -> None:
    risk = risk_of(USUAL, TERMS)
    assert (risk.score, risk.level, risk.reasons, risk.text) == (0, Level.LOW, (), "low, 0 of 100")


@pytest.mark.parametrize(
    ("change", "signal", "text"),
    [
        ({"earlier_count": 0}, Signal.FIRST_WITHDRAWAL, "The first withdrawal of this account"),
        (
            {"amount_sats": 5 * BTC},
            Signal.UNUSUAL_AMOUNT,
            "2.5 times the largest of 5 earlier ones (2 BTC)",
        ),
        (
            {"address_seconds": 26 * 3_600, "paid_before": 0},
            Signal.NEW_ADDRESS,
            "The address is on the list for 26 hours, and was never paid before",
        ),
        ({"paid_before": 0}, Signal.NEW_ADDRESS, "The address was never paid before"),
        ({"other_owners": 2}, Signal.SHARED_ADDRESS, "2 other customers have the same address on the list"),
        ({"account_seconds": 3 * DAY}, Signal.YOUNG_ACCOUNT, "The account is 3 days old"),
        (
            {"change": "SECOND_FACTOR", "change_seconds": 30 * 3_600},
            Signal.SECURITY_CHANGE,
            "Second factor changed 30 hours before",
        ),
        (
            {"change": "PASSWORD", "change_seconds": -90},
            Signal.SECURITY_CHANGE,
            "Password changed 90 seconds after it was asked for",
        ),
        (
            {"network_seconds": 600},
            Signal.NEW_NETWORK,
            "Asked from a network that was first seen 10 minutes before",
        ),
        ({"day_count": 3, "day_sats": 3 * BTC}, Signal.VELOCITY, "Number 3 in 24 hours, 3 BTC together"),
        ({"came_in_sats": BTC}, Signal.PASSED_THROUGH, "1 BTC came in within 24 hours before"),
    ],
)
def test_each_reason_is_said_in_words(change: dict[str, int], signal: Signal, text: str) -> None:
    (reason,) = risk_of(replace(USUAL, **change), TERMS).reasons  # type: ignore[arg-type]
    assert (reason.signal, reason.text) == (signal, text)
    assert reason.weight > 0


def test_an_account_that_was_taken_over_is_high_and_the_heaviest_reason_stands_first() -> None:
    taken_over = replace(
        USUAL,
        amount_sats=12 * BTC,
        address_seconds=25 * 3_600,
        paid_before=0,
        change="PASSWORD",
        change_seconds=25 * 3_600,
        network_seconds=26 * 3_600,
    )
    risk = risk_of(taken_over, TERMS)
    assert risk.level is Level.HIGH
    weights = [one.weight for one in risk.reasons]
    assert weights == sorted(weights, reverse=True)


@given(
    st.builds(
        Circumstances,
        **dict.fromkeys(
            (
                "address_seconds",
                "paid_before",
                "other_owners",
                "account_seconds",
                "earlier_count",
                "earlier_largest_sats",
                "day_count",
                "day_sats",
                "came_in_sats",
            ),
            st.integers(0, 2**50),
        ),
        amount_sats=st.integers(1, 2**50),
        change=st.sampled_from(["", *SecurityChangeKind.values]),
        change_seconds=st.integers(-(2**40), 2**40),
        network_seconds=st.none() | st.integers(0, 2**40),
    )
)
def test_whatever_happens_the_score_is_bounded_and_no_reason_is_given_twice(what: Circumstances) -> None:
    if what.earlier_count and not what.earlier_largest_sats:
        what = replace(what, earlier_largest_sats=1)
    risk = risk_of(what, TERMS)
    assert 0 <= risk.score <= MOST
    assert len(signals(risk)) == len(risk.reasons)
    assert (risk.level is Level.LOW) == (risk.score < 30)
    assert all(len(one.text) < 110 for one in risk.reasons)


def risk_of_row(row: Withdrawal) -> Risk:
    return risks_of([row])[row.pk]


def joined_long_ago(person: Customer) -> None:
    person.user.date_joined = LONG_AGO - timedelta(days=300)
    person.user.save(update_fields=["date_joined"])


def test_rows_tell_their_own_circumstances(alice: Customer) -> None:
    joined_long_ago(alice)
    first = alice.ask(BTC // 2)
    assert signals(risk_of_row(first)) == {Signal.FIRST_WITHDRAWAL, Signal.NEW_ADDRESS}
    Withdrawal.objects.filter(pk=first.pk).update(status="CONFIRMED")
    second = alice.ask(BTC // 4, now=later(3_000))
    assert risk_of_row(second).reasons == ()
    assert "date_joined" not in str(risk_of_row(second))


def test_a_change_a_network_and_a_shared_address_are_seen(alice: Customer) -> None:
    joined_long_ago(alice)
    bob = customer("bob")
    seed_address(owner_id=bob.id, address=OTHER, label="", created_at=LONG_AGO)
    seed_address(owner_id=alice.id, address=OTHER, label="", created_at=NOON - timedelta(days=2))
    note_security_change(
        user_id=alice.id, kind=SecurityChangeKind.PASSWORD, at=NOON - timedelta(days=1, hours=2)
    )
    for days, ip in ((200, "198.51.100.1"), (1, "203.0.113.9")):
        at = NOON - timedelta(days=days)
        Login.objects.create(user=alice.user, session_key=f"s{days}", ip=ip, created_at=at, seen_at=at)
    row = alice.ask(BTC, target=Target(address=OTHER))
    assert signals(risk_of_row(row)) == {
        Signal.FIRST_WITHDRAWAL,
        Signal.NEW_ADDRESS,
        Signal.SHARED_ADDRESS,
        Signal.SECURITY_CHANGE,
        Signal.NEW_NETWORK,
    }


def test_many_rows_take_no_query_each(alice: Customer, django_assert_max_num_queries: object) -> None:
    new_terms(user_day_count=100)
    rows = [alice.ask(BTC // 100 + number, now=later(number)) for number in range(12)]
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        found = risks_of(rows)
    assert set(found) == {row.pk for row in rows}
    assert Signal.VELOCITY in signals(found[rows[-1].pk])
    assert risks_of([]) == {}
