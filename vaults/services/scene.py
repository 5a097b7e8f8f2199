"""One vault with its coins and withdrawals as they are, while it is brought to where the chain is.

Held under the locks of the chain's position and of the vault. Coins and collateral change together here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from custody.selectors_vaults import PAGE, FactsPosition, VaultCoinFacts, VaultSpendFacts, spends_of_vaults
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.statuses import OPEN_WITHDRAWALS, CoinStatus, WithdrawalStatus
from vaults.services.withdrawals import UNENDED


@dataclass
class Scene:
    """`withdrawals`, in the order of their plans, are those that have not ended and those of the coins that
    are looked at. `coins` by custody's number: the latter, and all that these withdrawals hold or made."""

    vault: Vault
    now: datetime
    position: FactsPosition
    facts: Sequence[VaultCoinFacts]
    least_sats: int
    coins: dict[int, VaultCoin] = field(default_factory=dict)
    withdrawals: list[CollateralWithdrawal] = field(default_factory=list)
    spends: dict[int, VaultSpendFacts] = field(default_factory=dict)

    def load(self) -> None:
        looked_at = VaultCoin.objects.filter(vault=self.vault, coin__in=[one.coin_id for one in self.facts])
        concerned = Q(status__in=UNENDED) | Q(coins__in=looked_at) | Q(change__in=looked_at)
        self.withdrawals = self._with_later(self._rows(concerned))
        theirs = Q(spent_by__in=self.withdrawals) | Q(change_of__in=self.withdrawals)
        coins = VaultCoin.objects.filter(theirs, vault=self.vault).union(looked_at)
        self.coins = {one.coin_id: one for one in coins}
        spend_ids = [one.spend_id for one in self.withdrawals]
        for begin in range(0, len(spend_ids), PAGE):
            self.spends |= spends_of_vaults(spend_ids[begin : begin + PAGE])

    def _rows(self, wanted: Q) -> dict[UUID, CollateralWithdrawal]:
        rows = CollateralWithdrawal.objects.filter(wanted, vault=self.vault).distinct()
        return {row.pk: row for row in rows}

    def _with_later(self, rows: dict[UUID, CollateralWithdrawal]) -> list[CollateralWithdrawal]:
        """And whatever spends the change of one of them, though nothing is told of its own coins yet: what a
        reorg has undone is undone newest first, or change would count beside what it is made of."""
        newest = set(rows)
        while newest:
            later = self._rows(Q(coins__change_of__in=newest))
            newest = later.keys() - rows.keys()
            rows |= later
        return sorted(rows.values(), key=lambda row: row.spend_id)

    def spend(self, row: CollateralWithdrawal) -> VaultSpendFacts:
        return self.spends[row.spend_id]

    def open(self) -> list[CollateralWithdrawal]:
        return [row for row in self.withdrawals if row.status in OPEN_WITHDRAWALS]

    def inputs(self, row: CollateralWithdrawal) -> list[VaultCoin]:
        return [one for one in self.coins.values() if one.spent_by_id == row.pk]

    def change(self, row: CollateralWithdrawal) -> list[VaultCoin]:
        return [one for one in self.coins.values() if one.change_of_id == row.pk]

    def is_whole(self, row: CollateralWithdrawal, leaving: Collection[int] = ()) -> bool:
        """Whether each coin that it spends is collateral, or change of one before it that is on its way."""
        on_the_way = {one.pk for one in self.open() if one.status != WithdrawalStatus.PLANNED}
        return all(
            (one.status == CoinStatus.CREDITED and one.coin_id not in leaving)
            or (one.change_of_id is not None and one.change_of_id in on_the_way)
            for one in self.inputs(row)
        )

    def move(self, coins: Iterable[VaultCoin], status: CoinStatus) -> None:
        """To this state, with their value in or out of the collateral."""
        for coin in coins:
            self.vault.collateral_sats += _counts(coin, status) - _counts(coin, CoinStatus(coin.status))
            coin.credits += status is CoinStatus.CREDITED and coin.status != CoinStatus.SPENT
            coin.status, coin.changed_at = status, self.now
            coin.save()

    def keep(self, coin: VaultCoin) -> None:
        """One that nobody knew of."""
        coin.save(force_insert=True)
        self.coins[coin.coin_id] = coin


def _counts(coin: VaultCoin, status: CoinStatus) -> int:
    return coin.value_sats if status is CoinStatus.CREDITED else 0
