"""A vault's withdrawals follow what custody knows of their spends: told, settled, undone by a reorg, dropped.

What is undone is undone newest first, what goes on goes on oldest first: one may spend another's change.
"""

from collections.abc import Collection
from datetime import timedelta

from custody.errors import InvalidState
from custody.rules.statuses import SpendStatus
from custody.selectors_vaults import vault_coin_at
from vaults.models import CollateralWithdrawal, VaultCoin
from vaults.rules.statuses import OPEN_WITHDRAWALS, CoinStatus, WithdrawalStatus
from vaults.services.scene import Scene
from vaults.services.withdrawals import UNENDED, cancel_unasked, give_back, set_status, taken_sats, tell

UNSIGNED_FOR = timedelta(hours=24)
EXPIRED, COIN_GONE, DROPPED = "NOT_SIGNED_IN_TIME", "COIN_GONE", "DROPPED"


def undo(scene: Scene) -> None:
    """What custody has taken back."""
    for row in reversed(scene.withdrawals):
        status = scene.spend(row).status
        if row.status == WithdrawalStatus.CONFIRMED and status is not SpendStatus.SETTLED:
            _unsettle(scene, row)
        elif row.status in UNENDED and status is SpendStatus.DROPPED:
            _give_back(scene, row, DROPPED)


def _unsettle(scene: Scene, row: CollateralWithdrawal) -> None:
    """Its block is gone and it is told again: its coins are held as before, its change waits as before."""
    scene.move(scene.inputs(row), CoinStatus.CREDITED)
    scene.move(_credited(scene.change(row)), CoinStatus.CONFIRMED)
    scene.vault.collateral_sats -= taken_sats(row)
    set_status(row, WithdrawalStatus.BROADCAST, scene.now)
    tell(scene.vault, row, "WITHDRAWAL_UNDONE", scene.now)


def _give_back(scene: Scene, row: CollateralWithdrawal, reason: str) -> None:
    give_back(scene.vault, row, scene.now, reason)
    for coin in scene.inputs(row):
        coin.spent_by = None


def suspend(scene: Scene, leaving: Collection[int]) -> None:
    """What spends a coin that has left, or is `leaving`: given up where nobody was asked to sign it."""
    for row in scene.open():
        if scene.is_whole(row, leaving):
            continue
        if scene.spend(row).status is SpendStatus.PLANNED and _is_given_up(scene, row):
            continue
        scene.vault.collateral_sats += taken_sats(row)
        set_status(row, WithdrawalStatus.SUSPENDED, scene.now)
        tell(scene.vault, row, "WITHDRAWAL_SUSPENDED", scene.now)


def _is_given_up(scene: Scene, row: CollateralWithdrawal, reason: str = COIN_GONE) -> bool:
    """False where the signer was asked meanwhile."""
    try:
        cancel_unasked(scene.vault, row, scene.now, reason)
    except InvalidState:
        return False
    for coin in scene.inputs(row):
        coin.spent_by = None
    return True


def go_on(scene: Scene) -> None:
    """What is whole again, was told or settled, or was never signed."""
    for row in scene.withdrawals:
        if row.status == WithdrawalStatus.SUSPENDED and scene.is_whole(row):
            scene.vault.collateral_sats -= taken_sats(row)
            set_status(row, WithdrawalStatus.BROADCAST, scene.now)
            tell(scene.vault, row, "WITHDRAWAL_RESUMED", scene.now)
        if row.status in OPEN_WITHDRAWALS:
            _follow_spend(scene, row)


def _follow_spend(scene: Scene, row: CollateralWithdrawal) -> None:
    spend = scene.spend(row)
    if spend.status is SpendStatus.SETTLED:
        if all(one.status == CoinStatus.CREDITED for one in scene.inputs(row)):
            _confirm(scene, row)
    elif spend.was_told and row.status != WithdrawalStatus.BROADCAST:
        set_status(row, WithdrawalStatus.BROADCAST, scene.now, spend.txid)
        tell(scene.vault, row, "WITHDRAWAL_BROADCAST", scene.now)
    elif row.status == WithdrawalStatus.PLANNED and row.created_at < scene.now - UNSIGNED_FOR:
        _is_given_up(scene, row, EXPIRED)


def _confirm(scene: Scene, row: CollateralWithdrawal) -> None:
    """Its coins are spent and its change is credited: the collateral stays what it was."""
    before_sats = scene.vault.collateral_sats
    scene.move(scene.inputs(row), CoinStatus.SPENT)
    scene.move(_change(scene, row), CoinStatus.CREDITED)
    scene.vault.collateral_sats += taken_sats(row)
    assert scene.vault.collateral_sats == before_sats, "coins in are amount, fee and change"
    set_status(row, WithdrawalStatus.CONFIRMED, scene.now, scene.spend(row).txid)
    tell(scene.vault, row, "WITHDRAWAL_CONFIRMED", scene.now)


def _change(scene: Scene, row: CollateralWithdrawal) -> list[VaultCoin]:
    """However small it is; made known here where it was not."""
    spend = scene.spend(row)
    if spend.change_vout is None:
        return []
    facts = vault_coin_at(spend.txid, spend.change_vout)
    assert facts is not None, "custody settles no spend whose change it does not know"
    known = scene.coins.get(facts.coin_id) or VaultCoin.objects.filter(coin=facts.coin_id).first()
    coin = known or VaultCoin(
        coin_id=facts.coin_id, vault=scene.vault, value_sats=facts.value_sats, created_at=scene.now
    )
    coin.change_of = row
    if known is None:
        coin.status, coin.changed_at = CoinStatus.CONFIRMED, scene.now
        coin.save(force_insert=True)
    scene.coins[facts.coin_id] = coin
    return [coin]


def _credited(coins: Collection[VaultCoin]) -> list[VaultCoin]:
    return [one for one in coins if one.status == CoinStatus.CREDITED]
