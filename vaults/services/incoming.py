"""A vault's coins go where the chain's facts say: credited, gone, taken; and the collateral with them."""

from collections.abc import Iterable
from dataclasses import replace

from custody.rules.confirmations import confirmations, required
from custody.selectors_vaults import VaultCoinFacts
from vaults.models import VaultCoin
from vaults.rules.coins import GIVEN_UP_AFTER_S, CoinFacts, Spender, change_status, coin_status
from vaults.rules.statuses import CoinStatus, VaultEvent, VaultStatus, WithdrawalStatus
from vaults.services.changes import step, store
from vaults.services.relief import relieve
from vaults.services.scene import Scene

Moves = dict[int, CoinStatus]


def judged(scene: Scene) -> Moves:
    """Where each coin that is looked at belongs, before anything is credited; new ones are kept. What an own
    withdrawal has spent stays with that."""
    moves, new = {}, []
    for one in scene.facts:
        coin = scene.coins.get(one.coin_id)
        if coin is None and (coin := _new(scene, one)) is not None:
            new.append(coin)
        if coin is not None and coin.status != CoinStatus.SPENT:
            moves[one.coin_id] = _following(scene, coin, one)
    if new:
        scene.keep(new)
    return moves


def _new(scene: Scene, one: VaultCoinFacts) -> VaultCoin | None:
    """A coin that was not known: change of an own withdrawal, or a deposit of the least or more."""
    rows = scene.withdrawals
    made_by = next((row for row in rows if _is_change(scene, one, row.spend_id)), None)
    if made_by is None and one.value_sats < scene.chain.least_sats:
        return None
    return VaultCoin(
        coin_id=one.coin_id,
        vault=scene.vault,
        value_sats=one.value_sats,
        status=CoinStatus.SEEN if one.height is None else CoinStatus.CONFIRMED,
        change_of=made_by,
        created_at=scene.now,
        changed_at=scene.now,
    )


def _is_change(scene: Scene, one: VaultCoinFacts, spend_id: int) -> bool:
    spend = scene.spends[spend_id]
    return (spend.txid, spend.change_vout) == (one.txid, one.vout)


def _following(scene: Scene, coin: VaultCoin, one: VaultCoinFacts) -> CoinStatus:
    facts = _coin_facts(scene, coin, one)
    if coin.change_of is not None and coin.change_of.status != WithdrawalStatus.CONFIRMED:
        return change_status(facts)
    return coin_status(CoinStatus(coin.status), facts)


def _coin_facts(scene: Scene, coin: VaultCoin, one: VaultCoinFacts) -> CoinFacts:
    """Barred so far: what may be credited is seen when all that leaves has left."""
    height = scene.chain.position.height
    gone_for = scene.now - coin.changed_at
    return CoinFacts(
        confirmations=confirmations(one.height, height),
        required=0,
        in_mempool=one.in_mempool,
        rival_depth=confirmations(one.rival_height, height),
        spender=_spender(one),
        is_barred=True,
        is_given_up=gone_for.total_seconds() >= GIVEN_UP_AFTER_S,
    )


def _spender(one: VaultCoinFacts) -> Spender:
    if not one.spent_by or one.spend_id is not None:
        return Spender.NOBODY
    return Spender.SIGHTED if one.spent_height is None else Spender.STRANGER


def losses(scene: Scene, moves: Moves) -> list[VaultCoin]:
    """Coins that are collateral and will not be."""
    coins = [scene.coins[coin_id] for coin_id in sorted(moves)]
    return [
        one
        for one in coins
        if one.status == CoinStatus.CREDITED and moves[one.coin_id] is not CoinStatus.CREDITED
    ]


def lose(scene: Scene, moves: Moves) -> None:
    """And put all others where they belong, which is told to nobody."""
    lost = losses(scene, moves)
    taken = [one for one in lost if moves[one.coin_id] is CoinStatus.TAKEN]
    for name, coins in (
        ("COLLATERAL_TAKEN", taken),
        ("COLLATERAL_GONE", [one for one in lost if one not in taken]),
    ):
        for coin in coins:
            scene.move([coin], moves[coin.coin_id])
        if coins:
            _tell(scene, name, coins)
    for coin_id, status in moves.items():
        coin = scene.coins[coin_id]
        if coin.status != status:
            scene.move([coin], status)


def gain(scene: Scene) -> None:
    """Credit what is deep enough."""
    if not scene.facts:
        return
    young = scene.chain.young_sats.get(scene.vault.owner_id, 0)
    deep = [one for one in scene.facts if _may_be_credited(scene, one, young)]
    if not deep:
        return
    inside = _from_inside(scene, [one.txid for one in deep])
    coins = [scene.coins[one.coin_id] for one in deep if one.txid not in inside]
    if not coins:
        return
    scene.move(coins, CoinStatus.CREDITED)
    if scene.vault.status == VaultStatus.PENDING:
        step(scene.vault, VaultEvent.FUND)
    relieve(scene.vault, scene.now)
    _tell(scene, "COLLATERAL_ADDED", coins)


def _may_be_credited(scene: Scene, one: VaultCoinFacts, young_sats: int) -> bool:
    coin = scene.coins.get(one.coin_id)
    if coin is None or coin.status not in (CoinStatus.CONFIRMED, CoinStatus.GONE):
        return False
    if scene.vault.status == VaultStatus.CLOSED or coin.change_of is not None:
        return False  # what comes after the end stays its owner's, and is nobody's collateral
    network = scene.chain.position.network
    needed = required(max(young_sats, one.value_sats), network, is_coinbase=one.is_coinbase)
    facts = replace(_coin_facts(scene, coin, one), required=needed, is_barred=False)
    return coin_status(CoinStatus(coin.status), facts) is CoinStatus.CREDITED


def _from_inside(scene: Scene, txids: Iterable[str]) -> set[str]:
    """Transactions that spend what still is collateral here: theirs would count twice."""
    spending = scene.chain.spenders & set(txids)
    if not spending:
        return set()
    credited = VaultCoin.objects.filter(
        vault=scene.vault, status=CoinStatus.CREDITED, coin__spent_by__in=list(spending)
    )
    return set(credited.values_list("coin__spent_by", flat=True))


def _tell(scene: Scene, name: str, coins: list[VaultCoin]) -> None:
    by_id = {one.coin_id: one for one in scene.facts}
    told = [by_id[coin.coin_id] for coin in coins]
    what = [{"txid": one.txid, "vout": one.vout, "sats": one.value_sats} for one in told]
    store(scene.vault, name, {"sats": sum(one.value_sats for one in told), "coins": what}, scene.now)
