"""Which open spends wait for which: one that spends the unconfirmed change of another. Reads only."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from custody.models import SpendCoin, SpendVersion
from custody.rules.fees import NOTHING_PAID, Paid
from custody.rules.statuses import SpendStatus

SIGNER_REFUSED = "SIGNER_REFUSED"  # as a version's verdict: it was never signed and never told
MAX_DEPTH = 5  # unconfirmed transactions of ours in a row; nodes take 25


@dataclass(slots=True)
class Ancestry:
    """`latest` is the newest signed version of each spend on its way, or the one whose change is spent;
    `parents` says whose change a spend spends. `being_replaced` have a version that a signer may yet sign,
    `replaced` several that are signed."""

    latest: dict[int, SpendVersion] = field(default_factory=dict)
    parents: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    mined: set[int] = field(default_factory=set)
    being_replaced: set[int] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)

    def all_of(self, spend_id: int) -> set[int]:
        """Its unconfirmed ancestors, near and far, without itself."""
        found: set[int] = set()
        waiting = set(self.parents.get(spend_id, ()))
        while waiting:
            one = waiting.pop()
            if one not in found and one not in self.mined:
                found.add(one)
                waiting |= self.parents.get(one, set())
        return found

    def paid(self, spend_id: int) -> Paid:
        """What its unconfirmed ancestors pay together."""
        ancestors = [self.latest[one] for one in sorted(self.all_of(spend_id)) if one in self.latest]
        return sum((Paid(one.fee_sats, one.vbytes) for one in ancestors), NOTHING_PAID)

    def has_child(self, spend_id: int) -> bool:
        return any(spend_id in parents for parents in self.parents.values())


def read_ancestry() -> Ancestry:
    ancestry = Ancestry()
    signed: dict[str, SpendVersion] = {}
    versions = SpendVersion.objects.filter(spend__status=SpendStatus.BROADCAST)
    for version in versions.order_by("number").defer("plan", "raw", "owner_psbt"):
        if version.signed_at is not None:
            if version.spend_id in ancestry.latest:
                ancestry.replaced.add(version.spend_id)
            ancestry.latest[version.spend_id] = signed[version.txid] = version
        elif version.verdict != SIGNER_REFUSED:
            ancestry.being_replaced.add(version.spend_id)
    of_open = Q(spend__status__in=[SpendStatus.PLANNED, SpendStatus.SIGNING, SpendStatus.BROADCAST])
    held = SpendCoin.objects.filter(of_open, is_released=False)
    for spend_id, txid, spent_height in held.values_list("spend_id", "coin__txid", "coin__spent_height"):
        if txid in signed:
            parent = signed[txid]
            ancestry.parents[spend_id].add(parent.spend_id)
            ancestry.latest[parent.spend_id] = parent
        if spent_height is not None:
            ancestry.mined.add(spend_id)
    return ancestry
