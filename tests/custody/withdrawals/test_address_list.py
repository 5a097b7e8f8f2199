"""The list of addresses: added with a code and a delay, removed at once with what is on its way there."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from access.errors import DomainError
from access.models import AuditEntry, SecurityChange, TotpDevice
from access.services import Origin
from custody.bitcoin.addresses import read_address
from custody.bitcoin.types import Network
from custody.errors import AddressNotAllowed, InvalidAddress
from custody.models import AllowedAddress, WatchedScript
from custody.rules.statuses import Trail, WithdrawalEvent
from custody.selectors_withdrawals import addresses_of
from custody.services.allowed_addresses import (
    Target,
    add_address,
    remove_address,
    seed_address,
    usable_address,
)
from custody.services.withdrawal_steps import locked_withdrawal, step
from tests.custody.withdrawals.scene import (
    BTC,
    HOME,
    NOON,
    OTHER,
    Customer,
    assert_books_agree,
    customer,
    later,
    new_terms,
    status,
)

DAY = timedelta(days=1)


def add(alice: Customer, address: str = OTHER, **changes: Any) -> AllowedAddress:
    values: dict[str, Any] = {"label": "cold", "now": NOON, "origin": Origin(alice.id), **changes}
    values.setdefault("code", alice.code(values["now"]))
    return add_address(owner_id=alice.id, address=address, **values)


def refusal(alice: Customer, address: str = OTHER, **changes: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        add(alice, address, **changes)
    assert addresses_of(alice.id) == [alice.home]
    return refused.value


def test_it_is_added_as_it_is_written_and_usable_after_a_day(alice: Customer) -> None:
    added = add(alice, OTHER.upper())
    assert (added.address, added.label) == (OTHER, "cold")
    assert (added.created_at, added.available_at) == (NOON, NOON + DAY)
    assert addresses_of(alice.id) == [added, alice.home]
    (change,) = SecurityChange.objects.filter(user_id=alice.id, kind="ADDRESS_LIST")
    assert change.at == NOON
    entry = AuditEntry.objects.get(action="withdrawal_address.added")
    assert entry.after == {"address": OTHER, "label": "cold"}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "NETWORK"),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "NETWORK"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "NETWORK"),
        (HOME[:-1] + "q", "CHECKSUM"),
        (HOME.replace("xw7k", "XW7k"), "FORMAT"),
        (f" {HOME}", "FORMAT"),
        ("", "FORMAT"),
        ("x" * 10_000, "FORMAT"),
    ],
)
def test_what_is_no_address_of_this_network_is_refused(alice: Customer, address: str, reason: str) -> None:
    error = refusal(alice, address)
    assert (error.code, error.status, error.details) == ("INVALID_ADDRESS", 400, {"reason": reason})


def watch_home(owner: Customer) -> None:
    """Her outside address turns out to be one that the house gave to this customer."""
    script = read_address(HOME, Network.REGTEST)
    WatchedScript.objects.create(
        script=script, address=HOME, trail=Trail.DEPOSIT, owner=owner.user, wallet="hot", branch=0, index=7
    )


def test_an_address_of_the_house_itself_is_refused_for_a_code(alice: Customer) -> None:
    """Without one nobody is told: else any customer could ask where any coin went."""
    bob = customer("bob", 0)
    watch_home(bob)
    AllowedAddress.objects.filter(pk=alice.home.pk).update(script=b"another")
    assert refusal(alice, HOME, code="000000").code == "INVALID_CODE"
    code = alice.code(NOON)
    error = refusal(alice, HOME, code=code)
    assert (error.code, error.details["reason"]) == ("INVALID_ADDRESS", "OWN")
    assert refusal(alice, HOME, code=code).code == "CODE_REUSED"
    with pytest.raises(AddressNotAllowed):
        usable_address(alice.id, Target(address=HOME), NOON)


def test_her_own_address_here_is_refused_at_once(alice: Customer) -> None:
    watch_home(alice)
    AllowedAddress.objects.filter(pk=alice.home.pk).update(script=b"another")
    error = refusal(alice, HOME, code="000000")
    assert (error.code, error.details["reason"]) == ("INVALID_ADDRESS", "OWN")


@pytest.mark.parametrize("by_number", [True, False])
def test_an_address_that_became_the_houses_is_not_withdrawn_to(alice: Customer, by_number: bool) -> None:
    target = Target(address_id=alice.home.pk) if by_number else Target(address=HOME)
    assert usable_address(alice.id, target, NOON) == alice.home
    watch_home(customer("bob", 0))
    with pytest.raises(InvalidAddress):
        usable_address(alice.id, target, NOON)


def test_one_address_stands_there_once(alice: Customer) -> None:
    error = refusal(alice, HOME.upper())
    assert (error.code, error.status) == ("ADDRESS_EXISTS", 409)
    remove_address(owner_id=alice.id, address_id=alice.home.pk, now=NOON, origin=Origin())
    again = add(alice, HOME)
    assert again.available_at == NOON + DAY
    assert again.pk != alice.home.pk


def test_the_list_is_bounded(alice: Customer) -> None:
    new_terms(max_addresses=1)
    assert refusal(alice).code == "TOO_MANY_ADDRESSES"


def test_it_takes_a_code_that_is_then_used(alice: Customer, settings: Settings) -> None:
    assert refusal(alice, code="abcdef").code == "INVALID_CODE"
    assert TotpDevice.objects.get(pk=alice.id).failures == 1
    add(alice)
    with pytest.raises(DomainError) as reused:
        add(alice, "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6")
    assert reused.value.code == "CODE_REUSED"
    settings.CUSTODY = False
    with pytest.raises(DomainError) as off:
        add(alice, now=later(1))
    assert off.value.code == "SERVICE_UNAVAILABLE"


def test_what_is_on_its_way_to_a_removed_address_and_unsigned_is_canceled(alice: Customer) -> None:
    waiting, approved, signing = (
        alice.ask(sats, now=later(n)) for n, sats in enumerate((BTC + 1, BTC // 2, BTC // 2))
    )
    step(locked_withdrawal(signing.pk), WithdrawalEvent.PLAN)
    canceled = remove_address(
        owner_id=alice.id, address_id=alice.home.pk, now=later(5), origin=Origin(alice.id)
    )
    assert [one.pk for one in canceled] == [waiting.pk, approved.pk]
    assert [status(one.pk) for one in (waiting, approved, signing)] == ["CANCELED", "CANCELED", "SIGNING"]
    assert alice.funding_sats() == 10 * BTC - BTC // 2 - signing.fee_sats
    assert addresses_of(alice.id) == []
    (change,) = SecurityChange.objects.filter(user_id=alice.id, kind="ADDRESS_LIST")
    assert change.at == later(5)
    entry = AuditEntry.objects.get(action="withdrawal_address.removed")
    assert (entry.after or {})["canceled"] == [str(waiting.pk), str(approved.pk)]
    assert_books_agree()


def test_what_is_not_there_or_not_ones_own_is_not_removed(alice: Customer) -> None:
    bob = customer("bob")
    for owner_id, address_id in ((bob.id, alice.home.pk), (alice.id, 0)):
        with pytest.raises(DomainError) as refused:
            remove_address(owner_id=owner_id, address_id=address_id, now=NOON, origin=Origin())
        assert refused.value.code == "NOT_FOUND"
    remove_address(owner_id=alice.id, address_id=alice.home.pk, now=NOON, origin=Origin())
    with pytest.raises(DomainError):
        remove_address(owner_id=alice.id, address_id=alice.home.pk, now=NOON, origin=Origin())
    with pytest.raises(DomainError) as gone:
        alice.ask(BTC, now=NOON + 2 * DAY, target=Target(address_id=alice.home.pk))
    assert gone.value.code == "ADDRESS_NOT_ALLOWED"


def test_people_of_a_demo_have_one_since_before_and_nobody_else(alice: Customer, settings: Settings) -> None:
    again = seed_address(owner_id=alice.id, address=HOME, label="x", created_at=NOON)
    assert again == alice.home
    assert not SecurityChange.objects.filter(user_id=alice.id, kind="ADDRESS_LIST").exists()
    settings.DEMO = False
    with pytest.raises(AssertionError):
        seed_address(owner_id=alice.id, address=OTHER, label="x", created_at=NOON)
