"""What a vault is once its coins and withdrawals are where the chain is: frozen or not, closed at the end."""

from vaults.models import CollateralWithdrawal, VaultCoin
from vaults.rules.coins import must_be_frozen
from vaults.rules.statuses import CoinStatus, VaultEvent, VaultStatus, WithdrawalStatus, next_status
from vaults.selectors import waits_for_coin
from vaults.services.changes import step, store
from vaults.services.collateral import is_any_coming
from vaults.services.relief import relieve
from vaults.services.scene import Scene


def stand(scene: Scene) -> None:
    vault = scene.vault
    must = must_be_frozen(
        owes=vault.normalised_atoms > 0,
        coins=(CoinStatus.GONE,) if waits_for_coin(vault) else (),
        is_any_suspended=any(_may_go_on(scene, row) for row in scene.withdrawals),
    )
    is_frozen = vault.status == VaultStatus.FROZEN
    if must and next_status(VaultStatus(vault.status), VaultEvent.FREEZE) is not None:
        step(vault, VaultEvent.FREEZE)
        store(vault, "FROZEN", {}, scene.now)
    elif is_frozen and not must:
        step(vault, VaultEvent.THAW)
        relieve(vault, scene.now)  # what was repaid meanwhile no scan would find again
        store(vault, "THAWED", {}, scene.now)
    if vault.status == VaultStatus.CLOSING and not vault.collateral_sats and _is_done_with(scene):
        step(vault, VaultEvent.FINISH)
        store(vault, "CLOSED", {}, scene.now)


def _may_go_on(scene: Scene, row: CollateralWithdrawal) -> bool:
    """Suspended, but not for a coin that was taken: its owner could keep a vault frozen with that."""
    is_taken = any(one.status == CoinStatus.TAKEN for one in scene.inputs(row))
    return row.status == WithdrawalStatus.SUSPENDED and not is_taken


def _is_done_with(scene: Scene) -> bool:
    credited = VaultCoin.objects.filter(vault=scene.vault, status=CoinStatus.CREDITED)
    return not credited.exists() and not is_any_coming(scene.vault, [one.coin_id for one in scene.facts])
