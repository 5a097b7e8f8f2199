"""The people and accounts of the ledger's tests. Amounts are atoms."""

from itertools import count

from django.contrib.auth.models import User

from ledger import services
from ledger.batch import BatchTransfer
from ledger.models import Account, PendingTransfer, Transfer
from ledger.rules import Purpose

_numbers = count(1)


def user(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def new_key() -> str:
    return f"key-{next(_numbers)}"


def funding(name: str, atoms: int = 0, asset: str = "BTC") -> Account:
    """The funding account of `name`, given `atoms` out of the demo issue."""
    owner = user(name)
    if atoms:
        services.issue_demo_funds(owner_id=owner.pk, asset=asset, amount_atoms=atoms, key=new_key())
    return services.open_account(owner_id=owner.pk, asset=asset, purpose=Purpose.FUNDING)


def trading(name: str, atoms: int = 0, asset: str = "BTC", shard: int = 0) -> Account:
    account = services.open_account(owner_id=user(name).pk, asset=asset, purpose=Purpose.TRADING, shard=shard)
    if atoms:
        move(house(Purpose.DEMO_ISSUE, asset), account, atoms)
    account.refresh_from_db()
    return account


def house(purpose: Purpose, asset: str = "BTC") -> Account:
    return services.open_account(owner_id=None, asset=asset, purpose=purpose)


def move(debit: Account, credit: Account, atoms: int, key: str = "") -> Transfer:
    return services.post_transfer(
        debit_id=debit.pk, credit_id=credit.pk, amount_atoms=atoms, code="TEST", key=key or new_key()
    )


def hold(debit: Account, credit: Account, atoms: int, key: str = "") -> PendingTransfer:
    return services.hold_transfer(
        debit_id=debit.pk, credit_id=credit.pk, amount_atoms=atoms, code="TEST", key=key or new_key()
    )


def entry(debit: Account, credit: Account, atoms: int, key: str = "") -> BatchTransfer:
    return BatchTransfer(debit.pk, credit.pk, atoms, "TRADE", key or new_key())


def stands_at(account: Account) -> tuple[int, int]:
    """Balance and what is set aside, as stored now."""
    account.refresh_from_db()
    return account.balance_atoms, account.pending_debits_atoms
