"""Saving: debt repaid and bitcoin sent to the vault by one call, both or neither."""

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from access.errors import DomainError
from access.second_factor import code_at, seed_second_factor, step_at
from access.second_factor.codes import new_secret
from access.services import Origin
from custody.models import Coin, TermsVersion, WatchedScript, Withdrawal
from custody.rules.terms import Terms
from custody.services.allowed_addresses import seed_address
from custody.services.withdrawals import cancel_withdrawal
from ledger.models import Account
from ledger.rules import Purpose
from ledger.services import issue_demo_funds
from ledger.streams import events_of
from tests.vaults.deeds.scene import (
    E8,
    NOON,
    assert_books_balance,
    dollars_of,
    funded_vault,
    new_key,
    opening_ask,
    user,
)
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import credit_coin, mint_row, open_vault_row, take_step
from vaults.errors import InvalidState
from vaults.models import CoinCursor, Vault
from vaults.rules.statuses import VaultEvent
from vaults.services.collateral import Close, close
from vaults.services.opening import open_vault
from vaults.services.saving import Save, Saved, save

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10
LONG_AGO = NOON - timedelta(days=30)


@dataclass
class Saver:
    """Alice with bitcoin, a second factor, and a vault whose address is on her list."""

    vault: Vault
    secret: str

    def ask(self, **changes: Any) -> Save:
        code = code_at(self.secret, step_at(NOON))
        return replace(Save(self.vault.owner_id, self.vault.pk, new_key(), code=code), **changes)

    def save(self, **changes: Any) -> Saved:
        return save(self.ask(**changes), NOON, Origin(self.vault.owner_id))

    def refusal(self, **changes: Any) -> DomainError:
        before = self.sats(), dollars_of("alice"), Withdrawal.objects.count()
        with pytest.raises(DomainError) as raised:
            self.save(**changes)
        assert (self.sats(), dollars_of("alice"), Withdrawal.objects.count()) == before
        return raised.value

    def sats(self) -> int:
        return Account.objects.get(
            owner_id=self.vault.owner_id, asset_id="BTC", purpose=Purpose.FUNDING
        ).balance_atoms


@pytest.fixture
def alice(house: None) -> Saver:
    vault = open_vault(opening_ask(), NOON)
    credit_coin(vault, TENTH)
    mint_row(vault, 2_500 * E8)
    secret = new_secret()
    seed_second_factor(user_id=vault.owner_id, secret=secret, changed_at=LONG_AGO)
    seed_address(owner_id=vault.owner_id, address=vault.address, label="vault", created_at=LONG_AGO)
    issue_demo_funds(owner_id=vault.owner_id, asset="BTC", amount_atoms=TENTH, key=new_key())
    vault.refresh_from_db()
    return Saver(vault, secret)


def test_a_repayment_alone_needs_no_code(alice: Saver) -> None:
    done = alice.save(repay_atoms=1_000 * E8, code="")
    assert (done.paid_atoms, done.debt_atoms, done.withdrawal_id) == (1_000 * E8, 1_500 * E8, "")
    assert_books_balance()


def test_a_deposit_alone_is_a_withdrawal_to_the_vault(alice: Saver) -> None:
    done = alice.save(deposit_sats=TENTH // 2)
    sent = Withdrawal.objects.get()
    assert (str(sent.pk), sent.address, sent.amount_sats) == (
        done.withdrawal_id,
        alice.vault.address,
        TENTH // 2,
    )
    assert (done.paid_atoms, done.debt_atoms) == (0, 2_500 * E8)
    assert_books_balance()


def test_both_at_once_are_one_event(alice: Saver) -> None:
    done = alice.save(repay_atoms=500 * E8, deposit_sats=TENTH // 2)
    event = events_of(alice.vault.stream)[-1]
    assert (event.name, event.version) == ("SAVED", done.version)
    assert event.data["withdrawal_id"] == done.withdrawal_id
    assert (event.data["paid_atoms"], event.data["debt_atoms"]) == (500 * E8, 2_000 * E8)
    assert_books_balance()


def test_neither_happens_where_one_is_refused(alice: Saver) -> None:
    assert alice.refusal(repay_atoms=500 * E8, deposit_sats=E8).code == "INSUFFICIENT_FUNDS"
    assert alice.refusal(repay_atoms=1_600 * E8, deposit_sats=TENTH // 2).code == "DEBT_BELOW_FLOOR"
    assert alice.refusal(repay_atoms=500 * E8, deposit_sats=1).code == "DUST"


def test_without_a_good_code_or_with_one_used_before_nothing_is_sent(alice: Saver) -> None:
    assert alice.refusal(deposit_sats=TENTH // 4, code="000000").status in (401, 403, 422)
    alice.save(deposit_sats=TENTH // 4)
    assert alice.refusal(deposit_sats=TENTH // 4).status in (401, 403, 422)


def test_an_address_that_is_not_on_the_list_gets_nothing(alice: Saver) -> None:
    other = open_vault(opening_ask(), NOON)
    assert alice.refusal(vault_id=other.pk, deposit_sats=TENTH // 4).code == "ADDRESS_NOT_ALLOWED"


def test_it_works_without_any_price_and_brings_a_vault_back_with_one(alice: Saver) -> None:
    take_step(alice.vault, VaultEvent.LIQUIDATE)
    assert alice.save(repay_atoms=100 * E8).status == "LIQUIDATING"
    set_price(45_000)
    assert alice.save(repay_atoms=100 * E8).status == "ACTIVE"


def test_a_repeat_needs_no_new_code_and_sends_nothing_more(alice: Saver) -> None:
    ask = alice.ask(repay_atoms=500 * E8, deposit_sats=TENTH // 4)
    first = save(ask, NOON, Origin(alice.vault.owner_id))
    again = save(replace(ask, code=""), NOON + timedelta(days=1), Origin(alice.vault.owner_id))
    assert again == first
    assert (Withdrawal.objects.count(), dollars_of("alice")) == (1, 2_000 * E8)


def test_a_key_that_stands_for_something_else_is_refused(alice: Saver) -> None:
    ask = alice.ask(repay_atoms=500 * E8)
    save(ask, NOON, Origin())
    with pytest.raises(DomainError) as raised:
        save(replace(ask, repay_atoms=501 * E8), NOON, Origin())
    assert raised.value.code == "KEY_REUSED"


def test_nothing_at_all_and_anothers_vault_are_refused(alice: Saver) -> None:
    assert alice.refusal().code == "NOTHING_TO_SAVE"
    assert alice.refusal(owner_id=user("mallory").pk, repay_atoms=1).code == "NOT_FOUND"


def test_a_vault_that_is_closing_takes_no_more_bitcoin() -> None:
    vault = funded_vault()
    take_step(vault, VaultEvent.CLOSE)
    with pytest.raises(DomainError) as raised:
        save(Save(vault.owner_id, vault.pk, new_key(), deposit_sats=TENTH), NOON, Origin())
    assert raised.value.details == {"status": "CLOSING"}


def test_a_vault_that_owes_nothing_is_told_so() -> None:
    for vault, code in ((open_vault_row(), "INVALID_STATE"), (funded_vault(), "NOTHING_OWED")):
        with pytest.raises(DomainError) as raised:
            save(Save(vault.owner_id, vault.pk, new_key(), repay_atoms=1), NOON, Origin())
        assert raised.value.code == code


def test_a_vault_is_not_closed_while_its_owners_own_bitcoin_is_on_its_way_to_it(alice: Saver) -> None:
    """Else it would come to an address that is no vault's any more."""
    vault = open_vault(opening_ask(), NOON)
    seed_address(owner_id=vault.owner_id, address=vault.address, label="other", created_at=LONG_AGO)
    done = alice.save(vault_id=vault.pk, deposit_sats=TENTH // 4)
    with pytest.raises(InvalidState):
        close(Close(vault.owner_id, vault.pk, new_key(), vault.address), NOON)
    origin = Origin(vault.owner_id)
    cancel_withdrawal(owner_id=vault.owner_id, withdrawal_id=UUID(done.withdrawal_id), origin=origin)
    assert close(Close(vault.owner_id, vault.pk, new_key(), vault.address), NOON) is None
    vault.refresh_from_db()
    assert vault.status == "CLOSED"


def test_a_vault_is_not_closed_before_what_was_told_of_it_is_followed(alice: Saver) -> None:
    vault = open_vault(opening_ask(), NOON)
    watched = WatchedScript.objects.get(wallet=vault.reference, branch=0)
    coin = Coin.objects.create(
        txid="ab" * 32, vout=0, watched=watched, value_sats=TENTH, height=1, told_number=7
    )
    CoinCursor.objects.create(told_number=6, after_id=0)
    ask = Close(vault.owner_id, vault.pk, new_key(), vault.address)
    with pytest.raises(InvalidState):
        close(ask, NOON)
    CoinCursor.objects.update(told_number=7, after_id=coin.pk)
    assert close(ask, NOON) is None


def test_what_would_never_count_as_a_deposit_is_not_sent(alice: Saver) -> None:
    terms = asdict(replace(Terms(), min_deposit_sats=50_000))
    TermsVersion.objects.create(content=terms, reason="Small coins cost more than they are worth.")
    assert alice.refusal(deposit_sats=49_999).code == "DUST"
    assert alice.save(deposit_sats=50_000).deposit_sats == 50_000
