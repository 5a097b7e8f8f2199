"""Wallets and their addresses: each is watched from the moment that anybody can know of it.

Addresses are made from public keys that are kept; nobody who signs is asked for them.
"""

from django.db import transaction
from django.utils import timezone

from access.together import Question, Together, ask
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, Place, Role, WalletSpec
from custody.models import WalletCounter, WatchedScript
from custody.rules.statuses import Trail
from custody.services.wallet_keys import COLD, HOT, single_spec

_NEXT = """
INSERT INTO custody_walletcounter AS counter (wallet, branch, next_index) VALUES (%s, %s, 1)
ON CONFLICT (wallet, branch) DO UPDATE SET next_index = counter.next_index + 1
RETURNING next_index - 1"""
_WATCH = """
INSERT INTO custody_watchedscript (script, address, trail, owner_id, wallet, branch, index, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""


def hot_spec() -> WalletSpec:
    """Raises CustodyUnavailable while the hot signer's key is not known; so do all below."""
    return single_spec(Role.HOT)


def cold_spec() -> WalletSpec:
    return single_spec(Role.COLD)


def deposit_address(owner_id: int) -> WatchedScript:
    """The customer's one address in the hot wallet; the first call makes it."""
    return _deposit_script(owner_id) or _new_deposit_script(owner_id, hot_spec())


def refill_address() -> WatchedScript:
    """Where the house pays into the hot wallet: one that nothing has come to yet."""
    unused = WatchedScript.objects.filter(wallet=HOT, trail=Trail.REFILL, coins__isnull=True)
    return unused.order_by("-index").first() or _watch_next(HOT, RECEIVE, Trail.REFILL, hot_spec())


def change_place() -> WatchedScript:
    """A new address of the hot wallet for change: `place` says where it is."""
    return _watch_next(HOT, CHANGE, Trail.CHANGE, hot_spec())


def cold_place() -> WatchedScript:
    """An address of cold storage that nothing has come to yet; `place` says where it is."""
    unused = WatchedScript.objects.filter(wallet=COLD, coins__isnull=True).order_by("-index").first()
    return unused or _watch_next(COLD, RECEIVE, Trail.COLD, cold_spec())


def next_index(wallet: str, branch: int) -> int:
    """One that nobody else gets. A transaction that fails gives it back."""
    return ask(next_index_question(wallet, branch))


def next_index_question(wallet: str, branch: int) -> Question[int]:
    return Question(_NEXT, [wallet, branch], lambda rows: int(rows[0][0]))


def watch(
    spec: WalletSpec, place: Place, *, wallet: str, trail: Trail, owner_id: int | None = None
) -> WatchedScript:
    found = script_at(spec, place)
    return WatchedScript.objects.create(
        script=found.script,
        address=found.address,
        trail=trail,
        owner_id=owner_id,
        wallet=wallet,
        branch=place.branch,
        index=place.index,
    )


def add_watch(statements: Together, spec: WalletSpec, place: Place, wallet: str, owner_id: int) -> None:
    """`watch` of a vault's place, along with other statements."""
    found = script_at(spec, place)
    of = [Trail.VAULT.value, owner_id, wallet, place.branch, place.index]
    statements.execute(_WATCH, [found.script, found.address, *of, timezone.now()])


@transaction.atomic
def _watch_next(
    wallet: str, branch: int, trail: Trail, spec: WalletSpec, owner_id: int | None = None
) -> WatchedScript:
    place = Place(branch, next_index(wallet, branch))
    return watch(spec, place, wallet=wallet, trail=trail, owner_id=owner_id)


def _deposit_script(owner_id: int) -> WatchedScript | None:
    return WatchedScript.objects.filter(owner_id=owner_id, trail=Trail.DEPOSIT).first()


@transaction.atomic
def _new_deposit_script(owner_id: int, spec: WalletSpec) -> WatchedScript:
    """Whoever asks at the same time waits for the counter, and then finds the first one's."""
    WalletCounter.objects.get_or_create(wallet=HOT, branch=RECEIVE)
    WalletCounter.objects.select_for_update().get(wallet=HOT, branch=RECEIVE)
    return _deposit_script(owner_id) or _watch_next(HOT, RECEIVE, Trail.DEPOSIT, spec, owner_id)
