"""Collateral follows the chain: what custody tells of vaults' coins and spends becomes what each vault holds.

Custody's facts come by a cursor, each page with its changes in one transaction: whoever is killed anywhere,
the next one goes on from there. Two followers wait for each other.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from custody.rules.confirmations import confirmations, required
from custody.rules.statuses import SpendStatus
from custody.selectors_terms import terms_in_force
from custody.selectors_vaults import (
    FactsPosition,
    VaultCoinFacts,
    facts_position,
    spenders_among,
    spends_of_vaults,
    vault_coins,
    vault_coins_since,
    young_vault_sats,
)
from custody.services.position import lock_position
from vaults.faults import fault_point
from vaults.models import CoinCursor, CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.statuses import CoinStatus, WithdrawalStatus
from vaults.services.aftermath import stand
from vaults.services.changes import locked_vaults
from vaults.services.incoming import gain, judged, lose, losses
from vaults.services.outgoing import UNSIGNED_FOR, go_on, suspend, undo
from vaults.services.scene import Chain, Scene

PAGE = 100  # coins in one transaction, and withdrawals looked at together
PAGES = 50  # of coins in one call
_WAITING = (CoinStatus.CONFIRMED, CoinStatus.GONE)  # for blocks: they change while nothing is told of them
_ON_THE_WAY = (WithdrawalStatus.BROADCAST, WithdrawalStatus.SUSPENDED)
_ENDED = (SpendStatus.SETTLED, SpendStatus.DROPPED)


def follow(now: datetime) -> bool:
    """Whether it found work. What only the chain can change is looked at when that has changed."""
    position = facts_position()
    if position is None:
        return False
    cursor, _ = CoinCursor.objects.get_or_create(pk=1)
    if cursor.facts_number == position.facts_number:
        return _follow_spends([WithdrawalStatus.SIGNED], now)
    found, is_done = _follow_coins(now)
    if is_done:
        found = _look_again(now) or found
        found = _follow_spends([WithdrawalStatus.SIGNED, *_ON_THE_WAY], now) or found
        CoinCursor.objects.filter(pk=1).update(facts_number=position.facts_number)
    return found


def _follow_coins(now: datetime) -> tuple[bool, bool]:
    """Whether there was any, and whether all that was told so far is followed: a page that is not full is the
    last, for what is told meanwhile has another number."""
    for number in range(PAGES):
        found = _follow_page(now)
        if found is None:
            return number > 0, False
        if found < PAGE:
            return number > 0 or found > 0, True
    return True, False


def _follow_page(now: datetime) -> int | None:
    """How many coins. None where custody's own spends have not followed its facts yet: soon they have."""
    with transaction.atomic():
        cursor = CoinCursor.objects.select_for_update().get(pk=1)
        position = _standing_still()
        if position is None:
            return None
        page = vault_coins_since((cursor.told_number, cursor.after_id), limit=PAGE)
        if not page:
            return 0
        _take_turns(_by_vault(page), position, now)
        cursor.told_number, cursor.after_id = page[-1].cursor
        cursor.save(update_fields=["told_number", "after_id"])
        fault_point("coins_following")
    fault_point("coins_followed")
    return len(page)


def _standing_still() -> FactsPosition | None:
    """Locked until the transaction ends."""
    row = lock_position()
    return facts_position() if row.reviewed_number >= row.facts_number else None


def _by_vault(page: Iterable[VaultCoinFacts]) -> dict[UUID, list[VaultCoinFacts]]:
    """Without wallets of no vault."""
    found: dict[UUID, list[VaultCoinFacts]] = {}
    for one in page:
        try:
            vault_id = UUID(one.reference)
        except ValueError:
            continue
        found.setdefault(vault_id, []).append(one)
    return found


def _take_turns(facts: dict[UUID, list[VaultCoinFacts]], position: FactsPosition, now: datetime) -> None:
    """All vaults are locked, by their ids, before the rate or a row of custody is."""
    vaults = locked_vaults(facts)
    chain = Chain(position, terms_in_force().min_deposit_sats, *_asked_once(vaults, facts))
    withdrawing = _withdrawing(vaults)
    for vault in vaults:
        take_turn(Scene(vault, now, chain, facts[vault.pk], vault.pk in withdrawing))


def _asked_once(
    vaults: Sequence[Vault], facts: dict[UUID, list[VaultCoinFacts]]
) -> tuple[dict[int, int], set[str]]:
    """Of the chain, for all of them: it stands still until the transaction ends."""
    txids = {one.txid for vault in vaults for one in facts[vault.pk]}
    if not txids:
        return {}, set()
    return young_vault_sats({vault.owner_id for vault in vaults}), spenders_among(txids)


def _withdrawing(vaults: Sequence[Vault]) -> set[UUID]:
    """Who ever planned a withdrawal: of all others there is less to look at."""
    rows = CollateralWithdrawal.objects.filter(vault__in=[vault.pk for vault in vaults])
    return set(rows.values_list("vault_id", flat=True).distinct())


def take_turn(scene: Scene) -> None:
    """One vault to where the chain is. What gives collateral comes before what takes it, so that credited
    coins less open withdrawals never are below 0."""
    scene.load()
    undo(scene)
    moves = judged(scene)
    suspend(scene, {coin.coin_id for coin in losses(scene, moves)})
    lose(scene, moves)
    gain(scene)
    go_on(scene)
    stand(scene)


def _look_again(now: datetime) -> bool:
    """At coins that wait for blocks, and vaults that are frozen for them and have been repaid."""
    waiting = VaultCoin.objects.filter(status__in=_WAITING).order_by("pk")
    found, after_id = False, 0
    while True:
        rows = list(waiting.filter(pk__gt=after_id).values_list("pk", "coin_id")[:PAGE])
        if not rows:
            return found
        after_id = rows[-1][0]
        if ready := _ready([coin_id for _, coin_id in rows]):
            found = _look_at(ready, now) or found


def _ready(coin_ids: Sequence[int]) -> list[int]:
    """Those that may change now, seen without a lock: all that are in no block, or at least as deep as their
    own value asks for."""
    position = facts_position()
    return [
        one.coin_id
        for one in vault_coins(coin_ids)
        if position is None
        or one.height is None
        or confirmations(one.height, position.height)
        >= required(one.value_sats, position.network, is_coinbase=one.is_coinbase)
    ]


def _look_at(coin_ids: Sequence[int], now: datetime) -> bool:
    before = _states(coin_ids)
    with transaction.atomic():
        position = _standing_still()
        if position is not None:
            _take_turns(_by_vault(vault_coins(coin_ids)), position, now)
            fault_point("coins_crediting")
    return _states(coin_ids) != before


def _states(coin_ids: Collection[int]) -> list[tuple[int, str]]:
    return list(VaultCoin.objects.filter(coin__in=coin_ids).order_by("pk").values_list("pk", "status"))


def _follow_spends(statuses: Sequence[WithdrawalStatus], now: datetime) -> bool:
    """What custody has told, settled or dropped, and plans that nobody has signed in time."""
    due = set(_unsigned(now))
    rows = CollateralWithdrawal.objects.filter(status__in=statuses).order_by("pk")
    page = list(rows[:PAGE])
    while page:
        due |= _due(page)
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])
    for vault_id in sorted(due):
        _follow_one(vault_id, now)
    return bool(due)


def _unsigned(now: datetime) -> list[UUID]:
    rows = CollateralWithdrawal.objects.filter(
        status=WithdrawalStatus.PLANNED, created_at__lt=now - UNSIGNED_FOR
    )
    return list(rows.order_by("created_at").values_list("vault_id", flat=True)[:PAGE])


def _due(page: Sequence[CollateralWithdrawal]) -> set[UUID]:
    spends = spends_of_vaults([row.spend_id for row in page])
    return {
        row.vault_id
        for row in page
        if _is_due(row, spends[row.spend_id].status, spends[row.spend_id].was_told)
    }


def _is_due(row: CollateralWithdrawal, status: SpendStatus, was_told: bool) -> bool:
    return status in _ENDED or (row.status == WithdrawalStatus.SIGNED and was_told)


def _follow_one(vault_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        position = _standing_still()
        if position is not None:
            _take_turns({vault_id: []}, position, now)
            fault_point("spends_following")
    fault_point("spends_followed")
