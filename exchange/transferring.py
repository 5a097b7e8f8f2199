"""A transfer between one's own wallets from what a client says to what became of it. Every surface's way."""

from contextlib import suppress

from access.errors import OutOfRange, Precision
from access.threads import in_thread
from exchange.engine.types import INT64_MAX, RejectReason
from exchange.errors import (
    AssetNotFound,
    EngineRefusal,
    FundingTooSmall,
    NotAccepted,
    OutcomeUnknown,
    ShardRequired,
)
from exchange.models import WalletTransfer
from exchange.rules import TransferDirection, TransferStatus, scaled
from exchange.selectors import shards_trading
from exchange.services.transfers import begin_transfer
from exchange.web_gateway import gateway
from ledger.errors import InsufficientFunds
from ledger.selectors import assets


async def transfer(
    *, user_id: int, asset: str, amount: str, direction: TransferDirection, shard: int | None, key: str
) -> WalletTransfer:
    """`amount` is a decimal string, `shard` the one that is meant where several trade the asset. POSTED, or
    PENDING where the engine did not say in time: then it arrives or is refused by itself.

    Raises AssetNotFound, Precision, OutOfRange, ShardRequired, FundingTooSmall, TransferKeyReused,
    AccountFrozen, and EngineRefusal where it was refused.
    """

    def begin() -> WalletTransfer:
        try:
            return begin_transfer(
                user_id=user_id,
                shard=_shard(asset, shard),
                direction=direction,
                asset=asset,
                amount_atoms=amount_atoms(asset, amount),
                key=key,
            )
        except InsufficientFunds as error:
            raise FundingTooSmall(field="amount") from error

    begun = await in_thread(begin)
    if begun.status == TransferStatus.PENDING:
        with suppress(NotAccepted, OutcomeUnknown):  # the row waits; the engine finds it by looking
            await gateway().announce_transfer(shard=begun.shard_id, command_id=begun.command_id)
        await in_thread(begun.refresh_from_db)
    if begun.reject_reason:
        reason = RejectReason(begun.reject_reason)
        raise EngineRefusal(reason, field="amount", transfer_id=str(begun.pk))
    return begun


def amount_atoms(asset: str, text: str) -> int:
    """Raises AssetNotFound, Precision, OutOfRange."""
    known = assets().get(asset)
    if known is None:
        raise AssetNotFound(field="asset")
    atoms = scaled(text, known.decimals)
    if atoms is None:
        raise Precision(field="amount")
    if not 0 < atoms <= INT64_MAX:
        raise OutOfRange(field="amount")
    return atoms


def _shard(asset: str, chosen: int | None) -> int:
    """Raises AssetNotFound, ShardRequired where several trade the asset and none of them was chosen."""
    trading = shards_trading(asset)
    if chosen is None and len(trading) == 1:
        return trading[0]
    if chosen not in trading:
        raise ShardRequired(field="shard", shards=trading)
    return chosen
