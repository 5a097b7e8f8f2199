"""A customer pays his own vault: a withdrawal by every rule of withdrawals, in the caller's transaction."""

from datetime import timedelta

import pytest
from django.db import transaction

from access.errors import DomainError
from access.services import Origin
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Role
from custody.models import AllowedAddress, WatchedScript, Withdrawal
from custody.services.allowed_addresses import Target, add_address, seed_address
from custody.services.freezes import freeze_account
from custody.services.stops import stop_withdrawals
from custody.services.vault_deposits import check_vault_deposit, vault_deposit, withdraw_to_vault
from custody.services.vault_wallets import open_vault_wallet
from tests.custody.support.house import know_keys
from tests.custody.support.wallets import account
from tests.custody.withdrawals.scene import (
    BTC,
    FEE,
    LONG_AGO,
    NOON,
    Customer,
    assert_books_agree,
    customer,
    later,
    operator,
)

DAY = timedelta(days=1)
VAULT = "vault:1"


@pytest.fixture(autouse=True)
def vault(alice: Customer) -> str:
    """The address of Alice's, not on her list yet."""
    know_keys()
    open_vault_wallet(alice.id, VAULT, key_text(account("user", Role.USER).key))
    return vault_address()


def vault_address(branch: int = 0) -> str:
    return WatchedScript.objects.get(wallet=VAULT, branch=branch).address


def listed(owner: Customer, address: str) -> AllowedAddress:
    return seed_address(owner_id=owner.id, address=address, label="vault", created_at=LONG_AGO)


def deposit(alice: Customer, sats: int = BTC, key: str = "save", code: str = "") -> Withdrawal:
    wanted = vault_deposit(owner_id=alice.id, key=key, reference=VAULT, amount_sats=sats)
    code = code or alice.code(NOON)
    earlier = check_vault_deposit(wanted=wanted, code=code, now=NOON)
    return earlier or withdraw_to_vault(wanted=wanted, code=code, now=NOON, origin=Origin(alice.id))


def refusal(alice: Customer, **changes: str) -> str:
    with pytest.raises(DomainError) as refused:
        deposit(alice, **changes)  # type: ignore[arg-type]
    assert not Withdrawal.objects.exists()
    assert alice.funding_sats() == 10 * BTC
    return refused.value.code


def test_it_is_a_withdrawal_to_the_vaults_address(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    made = deposit(alice)
    assert (made.address, made.amount_sats, made.fee_sats, made.status) == (vault, BTC, FEE, "APPROVED")
    assert alice.funding_sats() == 9 * BTC - FEE
    assert deposit(alice, code="000000") == made  # by its key, and needs no code
    assert_books_agree()


def test_a_strange_address_is_what_it_is_until_it_was_on_the_list_for_a_day(
    alice: Customer, vault: str
) -> None:
    """A thief may open a vault of a key of his own: that it is a vault of hers proves nothing."""
    assert refusal(alice) == "ADDRESS_NOT_ALLOWED"
    added = add_address(
        owner_id=alice.id,
        address=vault,
        label="vault",
        code=alice.code(NOON - DAY),
        now=NOON - DAY,
        origin=Origin(alice.id),
    )
    assert added.available_at == NOON
    AllowedAddress.objects.filter(pk=added.pk).update(available_at=NOON + DAY)
    assert refusal(alice) in ("ADDRESS_COOLDOWN", "WITHDRAWALS_HELD")


def test_every_control_of_withdrawals_holds(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    assert refusal(alice, code="abcdef") == "INVALID_CODE"
    with pytest.raises(DomainError) as large:
        deposit(alice, sats=11 * BTC)
    assert large.value.code == "ABOVE_MAXIMUM"
    stop_withdrawals(origin=operator("olga"), reason="a test")
    assert refusal(alice) == "WITHDRAWALS_STOPPED"


def test_a_frozen_account_pays_no_vault(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    freeze_account(owner_id=alice.id, origin=operator("olga"), reason="a test")
    assert refusal(alice) == "ACCOUNT_FROZEN"


def test_large_ones_wait_for_operators(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    assert deposit(alice, sats=BTC + 1).status == "AWAITING_APPROVAL"


def test_it_is_undone_with_the_transaction_that_it_is_part_of(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    wanted = vault_deposit(owner_id=alice.id, key="save", reference=VAULT, amount_sats=BTC)
    with transaction.atomic():
        withdraw_to_vault(wanted=wanted, code=alice.code(NOON), now=NOON, origin=Origin(alice.id))
        transaction.set_rollback(True)
    assert not Withdrawal.objects.exists()
    assert alice.funding_sats() == 10 * BTC
    assert deposit(alice).status == "APPROVED"  # neither its code nor its key is used up
    assert_books_agree()


def test_a_code_that_was_used_meanwhile_is_refused_inside(alice: Customer, vault: str) -> None:
    listed(alice, vault)
    wanted = vault_deposit(owner_id=alice.id, key="save", reference=VAULT, amount_sats=BTC)
    code = alice.code(NOON)
    assert check_vault_deposit(wanted=wanted, code=code, now=NOON) is None
    alice.ask(BTC)
    with pytest.raises(DomainError) as refused:
        withdraw_to_vault(wanted=wanted, code=code, now=NOON, origin=Origin(alice.id))
    assert refused.value.code == "CODE_REUSED"


def test_another_ones_vault_is_not_found_and_its_address_is_the_houses(alice: Customer, vault: str) -> None:
    bob = customer("bob")
    for reference in (VAULT, "vault:9"):
        with pytest.raises(DomainError) as unknown:
            vault_deposit(owner_id=bob.id, key="save", reference=reference, amount_sats=BTC)
        assert unknown.value.code == "NOT_FOUND"
    with pytest.raises(DomainError) as refused:
        listed(bob, vault)
    assert (refused.value.code, refused.value.details["reason"]) == ("INVALID_ADDRESS", "OWN")


def test_where_a_vaults_change_goes_is_nobodys_to_withdraw_to(alice: Customer) -> None:
    with pytest.raises(DomainError) as refused:
        listed(alice, vault_address(branch=1))
    assert (refused.value.code, refused.value.details["reason"]) == ("INVALID_ADDRESS", "OWN")


def test_a_withdrawal_may_go_there_as_well(alice: Customer, vault: str) -> None:
    row = listed(alice, vault)
    made = alice.ask(BTC // 2, target=Target(address_id=row.pk), key="save")
    assert made.address == vault
    again = vault_deposit(owner_id=alice.id, key="save", reference=VAULT, amount_sats=BTC // 2)
    assert again.key != made.key  # keys of the two never meet
    paid = withdraw_to_vault(wanted=again, code=alice.code(later(1)), now=later(1), origin=Origin(alice.id))
    assert paid.pk != made.pk
