"""A withdrawal takes its money with its row, or is refused by the first thing that is wrong with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.errors import DomainError
from access.models import AuditEntry, TotpDevice
from access.second_factor import remove_second_factor_of, step_at
from access.services import Origin
from custody.models import Withdrawal
from custody.services.allowed_addresses import Target, add_address, remove_address
from custody.services.freezes import freeze_account
from custody.services.stops import stop_withdrawals
from tests.custody.withdrawals.scene import (
    BTC,
    FEE,
    HOME,
    NOON,
    OTHER,
    Customer,
    assert_books_agree,
    customer,
    later,
    new_terms,
    operator,
)

DAY = timedelta(days=1)


def refusal(alice: Customer, sats: int = BTC, **changes: Any) -> DomainError:
    before = alice.funding_sats()
    with pytest.raises(DomainError) as refused:
        alice.ask(sats, **changes)
    assert alice.funding_sats() == before
    assert not Withdrawal.objects.exists()
    assert_books_agree()
    return refused.value


def test_it_takes_amount_and_fee_and_leaves_a_row(alice: Customer) -> None:
    asked = alice.ask(BTC)
    row = Withdrawal.objects.get()
    assert row == asked
    assert (row.status, row.amount_sats, row.fee_sats, row.address) == ("APPROVED", BTC, FEE, HOME)
    assert (row.totp_step, row.requested_ip, row.created_at) == (step_at(NOON), "203.0.113.9", NOON)
    assert alice.funding_sats() == 9 * BTC - FEE
    entry = AuditEntry.objects.get(action="withdrawal.requested")
    assert (entry.user_id, entry.subject) == (alice.id, f"withdrawal:{row.pk}")
    assert_books_agree()


@pytest.mark.parametrize("address", [HOME, HOME.upper()])
def test_an_address_of_the_list_may_be_named_as_it_is_written(alice: Customer, address: str) -> None:
    assert alice.ask(BTC, target=Target(address=address)).allowed_id == alice.home.pk


def test_a_repeat_gives_the_first_one_and_needs_no_new_code(alice: Customer) -> None:
    first = alice.ask(BTC, key="rent")
    stop_withdrawals(origin=operator("olga"), reason="later things do not change what was done")
    for target in (Target(address_id=alice.home.pk), Target(address=HOME), Target(address=HOME.upper())):
        assert alice.ask(BTC, key="rent", target=target, code="", now=later(50)) == first
    assert alice.funding_sats() == 9 * BTC - FEE


@pytest.mark.parametrize(
    "changes", [{"amount_sats": 2 * BTC}, {"target": Target(address=OTHER)}, {"target": Target(0)}]
)
def test_a_key_means_one_content(alice: Customer, changes: dict[str, Any]) -> None:
    alice.ask(BTC, key="rent")
    with pytest.raises(DomainError) as refused:
        alice.ask(BTC, **{"key": "rent", "now": later(1), **changes})
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"


def test_anothers_key_is_another_key(alice: Customer) -> None:
    bob = customer("bob")
    assert alice.ask(BTC, key="rent").pk != bob.ask(BTC, key="rent").pk


def test_custody_that_is_off_does_nothing(alice: Customer, settings: Settings) -> None:
    settings.CUSTODY = False
    error = refusal(alice)
    assert (error.code, error.status, error.details["part"]) == ("SERVICE_UNAVAILABLE", 503, "custody")


def test_a_stop_is_for_everybody(alice: Customer) -> None:
    stop_withdrawals(origin=operator("olga"), reason="something is wrong")
    error = refusal(alice)
    assert (error.code, error.status) == ("WITHDRAWALS_STOPPED", 503)


def test_a_frozen_account_withdraws_nothing(alice: Customer) -> None:
    freeze_account(owner_id=alice.id, origin=operator("olga"), reason="asked by a court")
    assert refusal(alice).code == "ACCOUNT_FROZEN"
    customer("bob").ask(BTC)


def test_an_address_that_is_not_listed_is_refused(alice: Customer) -> None:
    bobs = customer("bob").home
    for target in (Target(address=OTHER), Target(address_id=bobs.pk), Target(address_id=0)):
        error = refusal(alice, target=target)
        assert (error.code, error.status) == ("ADDRESS_NOT_ALLOWED", 403)


def test_what_is_no_address_is_said_so(alice: Customer) -> None:
    error = refusal(alice, target=Target(address="tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"))
    assert (error.code, error.status, error.details["reason"]) == ("INVALID_ADDRESS", 400, "NETWORK")


def test_an_address_waits_its_day(alice: Customer) -> None:
    added = add_address(
        owner_id=alice.id,
        address=OTHER,
        label="new",
        code=alice.code(NOON),
        now=NOON,
        origin=Origin(),
    )
    until = NOON + DAY
    # The change of the list holds everything for the same day.
    early = refusal(alice, now=until - timedelta(seconds=1), target=Target(address_id=added.pk))
    assert early.code == "WITHDRAWALS_HELD"
    assert early.details["available_at_ms"] == int(until.timestamp()) * 1000
    assert alice.ask(BTC, now=until, target=Target(address_id=added.pk)).address == OTHER


def test_a_longer_delay_of_addresses_outlasts_the_hold(alice: Customer) -> None:
    new_terms(address_delay_seconds=3 * 86_400)
    added = add_address(
        owner_id=alice.id, address=OTHER, label="", code=alice.code(NOON), now=NOON, origin=Origin()
    )
    error = refusal(alice, now=NOON + 2 * DAY, target=Target(address_id=added.pk))
    assert (error.code, error.status) == ("ADDRESS_COOLDOWN", 403)
    assert error.details["available_at_ms"] == int((NOON + 3 * DAY).timestamp()) * 1000


@pytest.mark.parametrize("sats", [-1, 0, 1, 9_999])
def test_dust_is_refused(alice: Customer, sats: int) -> None:
    error = refusal(alice, sats)
    assert (error.code, error.details["minimum"]) == ("DUST", "0.00010000")


@pytest.mark.parametrize("sats", [10 * BTC + 1, 2**63 - 1, 2**63])
def test_no_single_one_is_above_the_most(alice: Customer, sats: int) -> None:
    error = refusal(alice, sats)
    assert (error.code, error.details["maximum"]) == ("ABOVE_MAXIMUM", "10.00000000")


def test_money_has_to_be_there_with_its_fee(alice: Customer) -> None:
    error = refusal(alice, 10 * BTC)
    assert (error.code, error.field) == ("INSUFFICIENT_FUNDS", "amount")
    assert error.details == {"available": "10.00000000", "required": "10.00002000"}
    alice.ask(10 * BTC - FEE)
    assert alice.funding_sats() == 0


def test_a_code_is_needed_and_only_what_goes_spends_it(alice: Customer) -> None:
    refusal(alice, 10 * BTC)
    assert refusal(alice, code="abcdef").code == "INVALID_CODE"
    alice.ask(BTC)
    with pytest.raises(DomainError) as reused:
        alice.ask(BTC)
    assert reused.value.code == "CODE_REUSED"
    alice.ask(BTC, now=later(1))


def test_wrong_codes_of_withdrawals_lock_the_second_factor(alice: Customer) -> None:
    for _ in range(5):
        assert refusal(alice, code="abcdef").code == "INVALID_CODE"
    error = refusal(alice)
    assert (error.code, error.status) == ("SECOND_FACTOR_LOCKED", 429)
    assert TotpDevice.objects.get(pk=alice.id).locked_until == NOON + timedelta(minutes=15)


def test_who_has_no_second_factor_withdraws_nothing(alice: Customer) -> None:
    TotpDevice.objects.filter(pk=alice.id).update(confirmed_at=None, encrypted_secret=b"")
    assert refusal(alice).code == "SECOND_FACTOR_REQUIRED"


def by_password(alice: Customer) -> None:
    alice.user.password = "another"
    alice.user.save()


def by_second_factor(alice: Customer) -> None:
    remove_second_factor_of(user_id=alice.id, now=timezone.now(), origin=Origin(), reason="lost")


def by_address_list(alice: Customer) -> None:
    remove_address(owner_id=alice.id, address_id=alice.home.pk, now=timezone.now(), origin=Origin())


@pytest.mark.parametrize("change", [by_password, by_second_factor, by_address_list])
def test_a_security_change_holds_withdrawals_for_a_day(alice: Customer, change: Any) -> None:
    change(alice)
    now = timezone.now()
    error = refusal(alice, now=now + DAY - timedelta(seconds=5))
    assert (error.code, error.status) == ("WITHDRAWALS_HELD", 403)
    available_ms = error.details["available_at_ms"]
    assert isinstance(available_ms, int)
    assert abs(available_ms / 1000 - (now + DAY).timestamp()) < 60
    with pytest.raises(DomainError) as after:
        alice.ask(BTC, now=now + DAY, code="abcdef")
    assert after.value.code in ("INVALID_CODE", "SECOND_FACTOR_REQUIRED", "ADDRESS_NOT_ALLOWED")
    customer("bob").ask(BTC)


def test_the_first_thing_that_is_wrong_is_what_is_said(alice: Customer, settings: Settings) -> None:
    """Each is mended in its turn, and the next one shows."""
    settings.CUSTODY = False
    olga = operator("olga")
    stop = stop_withdrawals(origin=olga, reason="wrong")
    freeze = freeze_account(owner_id=alice.id, origin=olga, reason="wrong")
    by_password(alice)
    now = timezone.now()
    wrong: dict[str, Any] = {"target": Target(address="x"), "sats": 1, "code": "abcdef", "now": now}
    assert refusal(alice, **wrong).code == "SERVICE_UNAVAILABLE"
    settings.CUSTODY = True
    assert refusal(alice, **wrong).code == "WITHDRAWALS_STOPPED"
    type(stop).objects.update(ended_at=now)
    assert refusal(alice, **wrong).code == "ACCOUNT_FROZEN"
    type(freeze).objects.update(ended_at=now)
    assert refusal(alice, **wrong).code == "WITHDRAWALS_HELD"
    wrong["now"] = now + 2 * DAY
    assert refusal(alice, **wrong).code == "INVALID_ADDRESS"
    wrong["target"] = Target(address=OTHER)
    assert refusal(alice, **wrong).code == "ADDRESS_NOT_ALLOWED"
    wrong["target"] = Target(address=HOME)
    assert refusal(alice, **wrong).code == "DUST"
    wrong["sats"] = 10 * BTC
    assert refusal(alice, **wrong).code == "INVALID_CODE"
    wrong["code"] = alice.code(wrong["now"])
    assert refusal(alice, **wrong).code == "INSUFFICIENT_FUNDS"
