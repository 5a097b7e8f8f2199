"""Money between a user's funding wallet and his trading account: begun here, ended by the engine's worker."""

from uuid import UUID, uuid5

from django.db import transaction

from custody.errors import AccountFrozen
from custody.selectors import is_frozen
from exchange.errors import TransferKeyReused
from exchange.models import WalletTransfer
from exchange.rules import TransferDirection
from ledger.rules import Purpose
from ledger.services import hold_transfer, open_account

_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-7472616e7366")


def begin_transfer(
    *, user_id: int, shard: int, direction: TransferDirection, asset: str, amount_atoms: int, key: str
) -> WalletTransfer:
    """Set the money aside and leave the row that the worker looks for. Idempotent by the user's key.

    Raises InsufficientFunds, AssetNotFound, TransferKeyReused for the same key with other content, and
    AccountFrozen for what would leave a frozen account's funding wallet.
    """
    with transaction.atomic():
        funding = open_account(owner_id=user_id, asset=asset, purpose=Purpose.FUNDING)
        trading = open_account(owner_id=user_id, asset=asset, purpose=Purpose.TRADING, shard=shard)
        inward = direction == TransferDirection.TO_TRADING
        debit, credit = (funding, trading) if inward else (trading, funding)
        earlier = WalletTransfer.objects.filter(user_id=user_id, key=key).first()
        if earlier is not None:
            return _same_or_refuse(earlier, shard, direction, asset, amount_atoms)
        if inward and is_frozen(user_id):
            raise AccountFrozen
        pending = hold_transfer(
            debit_id=debit.pk,
            credit_id=credit.pk,
            amount_atoms=amount_atoms,
            code=str(direction),
            key=f"wallet:{user_id}:{key}",
        )
        transfer, created = WalletTransfer.objects.get_or_create(
            user_id=user_id,
            key=key,
            defaults={
                "shard_id": shard,
                "direction": direction,
                "asset": asset,
                "amount_atoms": amount_atoms,
                "command_id": uuid5(_NAMESPACE, str(pending.pk)),
                "pending_id": pending.pk,
            },
        )
        return transfer if created else _same_or_refuse(transfer, shard, direction, asset, amount_atoms)


def _same_or_refuse(
    earlier: WalletTransfer, shard: int, direction: TransferDirection, asset: str, amount_atoms: int
) -> WalletTransfer:
    content = (earlier.shard_id, earlier.direction, earlier.asset, earlier.amount_atoms)
    if content != (shard, direction, asset, amount_atoms):
        raise TransferKeyReused(field="Idempotency-Key")
    return earlier
