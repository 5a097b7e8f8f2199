"""What could go wrong between a restore and its reconciliation: money back, addresses again, a stolen key."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from access.services import Origin
from custody.bitcoin.types import Role, TxOut
from custody.errors import WithdrawalsStopped
from custody.models import WithdrawalStop
from custody.selectors import is_frozen
from custody.selectors_withdrawals import open_stop
from custody.services.approvals import reject_withdrawal
from custody.services.restoring.reconciling import Report, Terms, reconcile
from custody.services.spending.outside import Outside, configured_outside
from custody.services.wallets import deposit_address
from custody.services.watching.watcher import Watcher
from custody.services.withdrawals import cancel_withdrawal
from ledger.rules import Purpose
from ledger.services import open_account, post_transfer
from tests.custody.restoring.lives import Lives
from tests.custody.support.cosigners import SECRET, Cosigner
from tests.custody.support.paying import BTC, PayingHouse, assert_all_is_true, hot_signer
from tests.custody.withdrawals.scene import Customer, operator, status, user

pytestmark = pytest.mark.long


def reconciled(house: PayingHouse) -> Report:
    return reconcile(house.outside, Terms(), now=timezone.now())


def go_back(house: PayingHouse, lives: Lives) -> None:
    lives.go_back()
    house.watcher = Watcher(house.source)


def test_nobody_gets_money_back_that_may_have_been_paid(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    asked = alice.ask(BTC)
    lives.remember()
    signed_house.settle()
    go_back(signed_house, lives)
    with pytest.raises(WithdrawalsStopped):
        cancel_withdrawal(owner_id=alice.id, withdrawal_id=asked.pk, origin=Origin(alice.id))
    with pytest.raises(WithdrawalsStopped):
        reject_withdrawal(withdrawal_id=asked.pk, origin=operator("olga"), reason="strange")
    assert reconciled(signed_house).problems == []
    assert status(asked.pk) == "CONFIRMED"
    assert_all_is_true()


def test_where_the_money_is_gone_meanwhile_the_house_bears_it_and_the_account_waits(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    lives.remember()
    asked = alice.ask(BTC)
    signed_house.settle()
    go_back(signed_house, lives)
    _lose_all(alice)
    assert reconciled(signed_house).problems == []
    assert (status(asked.pk), alice.funding_sats(), is_frozen(alice.id)) == ("CONFIRMED", 0, True)
    assert_all_is_true()


def _lose_all(customer: Customer) -> None:
    """As by trading, before anybody reconciled."""
    funding = open_account(owner_id=customer.id, asset="BTC", purpose=Purpose.FUNDING)
    fees = open_account(owner_id=None, asset="BTC", purpose=Purpose.FEES)
    post_transfer(
        debit_id=funding.pk,
        credit_id=fees.pk,
        amount_atoms=customer.funding_sats(),
        code="test",
        key="lost",
    )


def test_an_address_that_was_given_out_after_the_backup_is_nobody_elses(
    signed_house: PayingHouse, lives: Lives
) -> None:
    lives.remember()
    given = bytes(deposit_address(user("carol").pk).script)
    go_back(signed_house, lives)
    assert bytes(deposit_address(user("dave").pk).script) != given
    signed_house.node.pay([TxOut(BTC, given)])
    signed_house.mine()
    report = reconciled(signed_house)
    assert (report.problems, report.skipped_coins) == ([], 1)
    assert report.places > 1_000
    assert_all_is_true()


def test_what_the_signer_never_signed_is_not_taken_for_ours(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    alice.ask(BTC)
    lives.remember()
    honest = signed_house.outside
    signed_house.outside = Outside(signed_house.source, {Role.HOT: hot_signer()})  # whoever has the seed
    signed_house.settle()
    signed_house.outside = honest
    go_back(signed_house, lives)
    (problem,) = reconciled(signed_house).problems
    assert "no signer of ours" in problem
    assert open_stop() is not None


@pytest.fixture
def configured(signed_house: PayingHouse, cosigner: Cosigner, settings: Settings) -> Iterator[PayingHouse]:
    settings.CHAIN_URL, settings.CHAIN_SECOND = signed_house.url, ""
    settings.SIGNERS = {"hot": (cosigner.url, SECRET)}
    configured_outside.cache_clear()
    yield signed_house
    configured_outside.cache_clear()


def test_the_command_says_what_it_found_and_lets_withdrawals_go_on(
    configured: PayingHouse, alice: Customer, lives: Lives, cosigner: Cosigner
) -> None:
    alice.ask(BTC)
    lives.remember()
    configured.settle()
    go_back(configured, lives)
    cosigner.kill()
    with pytest.raises(CommandError, match="stay stopped"):
        call_command("reconcile_restored", "--go-on", "too early", stderr=StringIO(), stdout=StringIO())
    assert open_stop() is not None
    cosigner.start()
    said = StringIO()
    call_command("reconcile_restored", "--go-on", "looked at", stdout=said)
    assert "1 transactions found again" in said.getvalue()
    assert "Withdrawals go on." in said.getvalue()
    assert WithdrawalStop.objects.get(cause="RESTORED").ended_because == "looked at"
    said = StringIO()
    call_command("reconcile_restored", stdout=said)
    assert "Nothing waits" in said.getvalue()
    assert_all_is_true()
