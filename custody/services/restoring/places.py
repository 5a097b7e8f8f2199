"""Places of the house's wallets that may have been given out after a backup: skipped, and watched.

Else the next customer would get an address that another one pays to, and change would go unseen.
"""

from collections.abc import Sequence

from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, Place, WalletSpec
from custody.errors import CustodyUnavailable
from custody.models import Restoration, WalletCounter, WatchedScript
from custody.rules.statuses import Trail
from custody.services.wallet_keys import COLD, HOT
from custody.services.wallets import cold_spec, hot_spec

_TRAILS = {(HOT, RECEIVE): Trail.REFILL, (HOT, CHANGE): Trail.CHANGE, (COLD, RECEIVE): Trail.COLD}
MOST = 5_000  # of one wallet and branch
_AT_ONCE = 500


def watch_skipped(restoration: Restoration) -> int:
    """How many places are watched that were not. Repeatable."""
    return sum(_watch(wallet, branch, first) for wallet, branch, first in restoration.skipped)


def skipped_scripts(restoration: Restoration) -> list[tuple[str, int, int, int]]:
    """(wallet, branch, first, after the last) of what was skipped."""
    after = {(one.wallet, one.branch): one.next_index for one in WalletCounter.objects.all()}
    return [
        (wallet, branch, first, min(after.get((wallet, branch), first), first + MOST))
        for wallet, branch, first in restoration.skipped
    ]


def _watch(wallet: str, branch: int, first: int) -> int:
    trail = _TRAILS.get((wallet, branch))
    counter = WalletCounter.objects.filter(wallet=wallet, branch=branch).first()
    spec = _spec(wallet)
    if trail is None or counter is None or spec is None:
        return 0  # a vault's: its scripts have keys of an owner whom nobody here knows
    wanted = range(first, min(counter.next_index, first + MOST))
    known = WatchedScript.objects.filter(wallet=wallet, branch=branch, index__in=wanted)
    missing = sorted(set(wanted) - set(known.values_list("index", flat=True)))
    for at in range(0, len(missing), _AT_ONCE):
        _keep(spec, wallet, trail, [Place(branch, index) for index in missing[at : at + _AT_ONCE]])
    return len(missing)


def _spec(wallet: str) -> WalletSpec | None:
    try:
        return hot_spec() if wallet == HOT else cold_spec() if wallet == COLD else None
    except CustodyUnavailable:
        return None  # its key was never known, so no address was made of it


def _keep(spec: WalletSpec, wallet: str, trail: Trail, places: Sequence[Place]) -> None:
    rows = []
    for place in places:
        found = script_at(spec, place)
        rows.append(
            WatchedScript(
                script=found.script,
                address=found.address,
                trail=trail,
                wallet=wallet,
                branch=place.branch,
                index=place.index,
            )
        )
    WatchedScript.objects.bulk_create(rows, ignore_conflicts=True)
