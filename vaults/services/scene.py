"""One vault with its coins and withdrawals as they are, while it is brought to where the chain is.

Held under the locks of the chain's position and of the vault. Coins and collateral change together here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from custody.selectors_vaults import PAGE, FactsPosition, VaultCoinFacts, VaultSpendFacts, spends_of_vaults
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.statuses import OPEN_WITHDRAWALS, CoinStatus, WithdrawalStatus
from vaults.services.withdrawals import UNENDED

# Plain SQL, for a block may bring hundreds to one vault.
_MOVE = """
UPDATE vaults_vaultcoin AS coin SET status = %s, changed_at = %s,
    change_of_id = moved.change_of_id, spent_by_id = moved.spent_by_id, credits = moved.credits
FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[], %s::integer[])
    AS moved (id, change_of_id, spent_by_id, credits)
WHERE coin.id = moved.id"""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is the same for all vaults that are looked at in one transaction: nothing is told meanwhile.

    `young_sats` by owner, as custody has it; `spenders`: transactions of coins that are looked at which spend
    a coin of a vault.
    """

    position: FactsPosition
    least_sats: int
    young_sats: Mapping[int, int]
    spenders: Set[str]


@dataclass
class Scene:
    """`withdrawals`, in the order of their plans, are those that have not ended and those of the coins that
    are looked at. `coins` by custody's number: the latter, and all that these withdrawals hold or made.
    `has_withdrawals`: whether there ever was one."""

    vault: Vault
    now: datetime
    chain: Chain
    facts: Sequence[VaultCoinFacts]
    has_withdrawals: bool
    coins: dict[int, VaultCoin] = field(default_factory=dict)
    withdrawals: list[CollateralWithdrawal] = field(default_factory=list)
    spends: dict[int, VaultSpendFacts] = field(default_factory=dict)

    def load(self) -> None:
        looked_at = VaultCoin.objects.filter(vault=self.vault, coin__in=[one.coin_id for one in self.facts])
        if not self.has_withdrawals:
            self.coins = {one.coin_id: one for one in looked_at}
            return
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
        moved = list(coins)
        for coin in moved:
            self.vault.collateral_sats += _counts(coin, status) - _counts(coin, CoinStatus(coin.status))
            coin.credits += status is CoinStatus.CREDITED and coin.status != CoinStatus.SPENT
            coin.status, coin.changed_at = status, self.now
        if moved:
            self._store(moved, status)

    def _store(self, coins: Sequence[VaultCoin], status: CoinStatus) -> None:
        rows = [(one.pk, one.change_of_id, one.spent_by_id, one.credits) for one in coins]
        columns = zip(*rows, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [status.value, self.now, *map(list, columns)])

    def keep(self, coins: Sequence[VaultCoin]) -> None:
        """Such as nobody knew of."""
        VaultCoin.objects.bulk_create(coins)
        self.coins |= {coin.coin_id: coin for coin in coins}


def _counts(coin: VaultCoin, status: CoinStatus) -> int:
    return coin.value_sats if status is CoinStatus.CREDITED else 0
