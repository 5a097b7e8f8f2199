"""The checks of withdrawals find money that is not where it must be, and words of nobody who may say them."""

import pytest
from django.db import connection

from custody.identities_withdrawals import WITHDRAWAL_CHECKS
from custody.models import Withdrawal, WithdrawalApproval
from ledger.identities import Check
from ledger.selectors import examine
from tests.custody.withdrawals.scene import BTC, Customer, assert_books_agree, later

ACCOUNT, MONEY, AGREED = WITHDRAWAL_CHECKS


def found(check: Check) -> list[int]:
    return [examine(check, query).violations for query in (check.offenders, check.recent) if query]


@pytest.fixture
def busy(alice: Customer) -> list[Withdrawal]:
    asked = [alice.ask(BTC), alice.ask(BTC + 1, now=later(1))]
    assert_books_agree()
    return asked


def test_money_that_is_missing_is_found(busy: list[Withdrawal]) -> None:
    Withdrawal.objects.filter(pk=busy[0].pk).update(amount_sats=BTC + 1)
    assert found(ACCOUNT) == [1]
    assert found(MONEY) == [1, 1]


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_money_that_was_not_returned_is_found(busy: list[Withdrawal], status: str) -> None:
    Withdrawal.objects.filter(pk=busy[0].pk).update(status=status)
    assert found(ACCOUNT) == [1]
    assert found(MONEY) == [1, 1]


def test_what_goes_without_its_approvals_is_found(busy: list[Withdrawal]) -> None:
    Withdrawal.objects.filter(pk=busy[1].pk).update(status="SIGNING")
    assert found(AGREED) == [1, 1]


def test_an_owner_who_decides_is_found(busy: list[Withdrawal], alice: Customer) -> None:
    WithdrawalApproval.objects.create(
        withdrawal=busy[1], operator=alice.user, approves=True, reason="it is mine"
    )
    assert found(AGREED) == [1, 1]


def test_a_transfer_of_another_amount_is_found(busy: list[Withdrawal]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_transfer SET amount_atoms = amount_atoms - 1 WHERE key = %s",
            [f"withdrawal:{busy[0].pk}:request"],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert found(MONEY) == [1, 1]
