"""A transaction says whose its addresses are, and names everybody whose list one is on."""

from custody.admin.units import MOST_NAMED, whose
from custody.models import WatchedScript
from tests.custody.withdrawals.scene import HOME, LONG_AGO, Customer, customer


def test_one_owner_is_named_with_since_when(alice: Customer) -> None:
    assert whose([HOME, ""]) == {HOME: f"on the list of {alice.user} since {LONG_AGO:%Y-%m-%d}"}


def test_all_who_share_an_address_are_named_up_to_a_few(alice: Customer) -> None:
    names = [alice.user.get_username(), *(customer("bob").user.get_username() for _ in range(MOST_NAMED))]
    found = whose([HOME])[HOME]
    assert found.startswith("on the lists of ")
    assert all(name in found for name in names[:MOST_NAMED])
    assert found.endswith(" and 1 more")


def test_what_was_taken_off_a_list_counts_no_more_and_our_own_is_said(alice: Customer) -> None:
    alice.home.removed_at = LONG_AGO
    alice.home.save(update_fields=["removed_at"])
    assert whose([HOME]) == {}
    WatchedScript.objects.create(script=b"1", address=HOME, trail="REFILL", wallet="hot", branch=0, index=0)
    assert whose([HOME]) == {HOME: "refill of the house"}
