"""What is wrong in custody: each with its deed, and none for who has to wait for another operator."""

from datetime import timedelta

from django.utils import timezone

from access.cockpit import Urgency
from custody.models import Coin, ReorgReceivable, Spend, UnexpectedSpend, WalletKey, WatchedScript, Withdrawal
from custody.services.freezes import freeze_account
from custody.services.stops import stop_by_itself, stop_withdrawals
from custody.services.terms import propose_terms
from tests.admin.work.reading import deeds, only, work
from tests.custody.support.house import know_keys
from tests.custody.withdrawals.scene import BTC, Customer, operator

SOURCES = ("withdrawal_stop", "unexpected_spends", "spends", "refused_keys", "late_withdrawals", "freezes")


def test_a_quiet_house_has_no_work(alice: Customer) -> None:
    assert {name: work(name).total for name in (*SOURCES, "terms")} == dict.fromkeys((*SOURCES, "terms"), 0)


def test_a_stop_is_ended_by_another_than_who_began_it(alice: Customer) -> None:
    olga = operator("olga")
    stop_withdrawals(origin=olga, reason="a look")
    mine = only("withdrawal_stop", olga.user_id or 0)
    assert (mine.reasons[0], deeds(mine), mine.urgency) == ("Waits for another operator", [], Urgency.NOW)
    assert deeds(only("withdrawal_stop", alice.id)) == ["Let withdrawals go on"]


def test_a_stop_by_the_house_is_anybodys(alice: Customer) -> None:
    stop_by_itself(reason="a coin was taken")
    item = only("withdrawal_stop")
    assert item.reasons == ["a coin was taken", "By the house itself"]
    assert deeds(item) == ["Let withdrawals go on"]


def test_spends_that_are_contested_come_before_those_a_signer_refused(alice: Customer) -> None:
    Spend.objects.create(purpose="WITHDRAWALS", wallet="hot", status="SIGNING", problem="HOT: VELOCITY")
    Spend.objects.create(purpose="WITHDRAWALS", wallet="hot", status="CONTESTED", problem="ab is in a block")
    Spend.objects.create(purpose="WITHDRAWALS", wallet="hot", status="BROADCAST")
    refused, contested = work("spends").items
    assert (deeds(refused), refused.urgency) == (["Ask the signer again", "Give it up"], Urgency.SOON)
    assert (deeds(contested), contested.urgency) == (["It is lost"], Urgency.NOW)
    assert contested.reasons[0] == "ab is in a block"


def test_a_coin_that_somebody_else_spends_is_urgent(alice: Customer) -> None:
    script = WatchedScript.objects.create(
        script=b"\x01", address="bcrt1qhot", trail="REFILL", wallet="hot", branch=0, index=0
    )
    coin = Coin.objects.create(txid="ab" * 32, vout=1, watched=script, value_sats=5 * BTC)
    UnexpectedSpend.objects.create(coin=coin, txid="cd" * 32)
    item = only("unexpected_spends")
    assert item.title == "5.00000000 BTC of hot spent without us"
    assert (deeds(item), item.urgency) == (["It was looked at"], Urgency.NOW)
    UnexpectedSpend.objects.update(ended_at=timezone.now())
    assert work("unexpected_spends").total == 0


def test_a_frozen_account_says_why_and_what_it_owes(alice: Customer) -> None:
    freeze_account(owner_id=alice.id, origin=operator("olga"), reason="asked by the police")
    item = only("freezes")
    assert item.title == f"{alice.user} is frozen"
    assert item.reasons == ["asked by the police"]
    assert deeds(item) == ["End the freeze"]


def test_a_signer_with_another_key_is_urgent(alice: Customer) -> None:
    know_keys()
    WalletKey.objects.filter(role="hot").update(refused_key="another")
    item = only("refused_keys")
    assert (deeds(item), item.urgency) == (["Accept the other key"], Urgency.NOW)


def test_terms_wait_for_another_than_who_proposed_them(alice: Customer) -> None:
    olga = operator("olga")
    propose_terms(changes={"fee_sats": 3_000}, origin=olga, reason="dear")
    assert deeds(only("terms", olga.user_id or 0)) == ["Withdraw"]
    assert deeds(only("terms", alice.id)) == ["Approve", "Withdraw"]


def test_what_was_approved_and_does_not_go_says_what_it_lacks(alice: Customer) -> None:
    row = alice.ask(BTC // 2)
    long_ago = timezone.now() - timedelta(hours=3)
    Withdrawal.objects.filter(pk=row.pk).update(created_at=long_ago, changed_at=long_ago)
    item = only("late_withdrawals")
    assert item.title.endswith(", APPROVED")
    assert "The hot wallet lacks 0.50000000 BTC: refill it" in item.reasons
    assert deeds(item) == ["Reject"]
    assert not ReorgReceivable.objects.exists()
