"""What can be asked about spends: what the hot wallet lacks, what waits, and what people have to look at."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Sum

from custody.bitcoin.encoding import plan_from_json
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.transactions import parse_tx
from custody.bitcoin.types import SpendPlan, Tx
from custody.models import Coin, CoinSource, Spend, SpendCoin, SpendVersion, Withdrawal
from custody.rules.spends import OPEN
from custody.rules.statuses import SpendStatus, Trail, WithdrawalStatus
from custody.selectors_withdrawals import claimable


@dataclass(frozen=True, slots=True)
class HotWallet:
    """`booked_sats` are counted by the ledger and spent by nobody; `held_sats` of them are in a spend.
    `waiting_sats` are approved withdrawals whose turn it is; `missing_sats` what lacks for them."""

    booked_sats: int
    held_sats: int
    change_sats: int
    waiting_sats: int

    @property
    def missing_sats(self) -> int:
        return max(self.waiting_sats - (self.booked_sats - self.held_sats) - self.change_sats, 0)


def hot_wallet(now: datetime) -> HotWallet:
    booked = Coin.objects.filter(watched__wallet="hot", is_booked=True, spent_by="")
    held = booked.filter(Exists(SpendCoin.objects.filter(coin=OuterRef("pk"), is_released=False)))
    coming = Coin.objects.filter(watched__trail=Trail.CHANGE, is_booked=False, spent_by="").filter(
        Q(in_mempool=True) | Q(height__isnull=False), txid__in=SpendVersion.objects.values("txid")
    )
    waiting = Withdrawal.objects.filter(pk__in=claimable(now), status=WithdrawalStatus.APPROVED)
    return HotWallet(
        _sum(booked, "value_sats"),
        _sum(held, "value_sats"),
        _sum(coming, "value_sats"),
        _sum(waiting, "amount_sats"),
    )


def hot_shortage(now: datetime) -> int:
    """How many satoshis a refill should bring at least, fees apart; 0 while all can be paid."""
    return hot_wallet(now).missing_sats


def open_spends() -> QuerySet[Spend]:
    return Spend.objects.filter(status__in=OPEN).order_by("pk")


def troubled_spends() -> list[Spend]:
    """Those that people should look at: contested, refused by a signer or by the network, or stuck."""
    troubled = Q(status=SpendStatus.CONTESTED) | ~Q(problem="")
    return list(open_spends().filter(troubled)[:100])


def oldest_unconfirmed() -> datetime | None:
    """When the first version of those was signed that the network knows of and that no block holds."""
    waiting = SpendVersion.objects.filter(spend__status=SpendStatus.BROADCAST, signed_at__isnull=False)
    found: datetime | None = waiting.aggregate(oldest=Min("signed_at"))["oldest"]
    return found


def versions_of(spend_id: int) -> list[SpendVersion]:
    return list(SpendVersion.objects.filter(spend_id=spend_id).order_by("number"))


def planned(version: SpendVersion) -> SpendPlan:
    """What the version is to do, for people to read."""
    return plan_from_json(version.plan)


def sent_tx(version: SpendVersion) -> Tx | None:
    """None before the network was told: what is signed leaves the house by being told and not otherwise."""
    return parse_tx(bytes(version.raw)) if version.raw and version.tellings else None


def spend_of(txid: str) -> Spend | None:
    version = SpendVersion.objects.select_related("spend").filter(txid=txid).first()
    return version.spend if version else None


def does_the_same(planned: Tx, seen: Tx) -> bool:
    """The same coins to the same scripts with the same values, in order."""
    inputs = [one.outpoint for one in planned.inputs]
    return inputs == [one.outpoint for one in seen.inputs] and planned.outputs == seen.outputs


def seen_tx(txid: str) -> Tx | None:
    """As the chain or the mempool had it, where it makes or spends a coin of ours."""
    source = CoinSource.objects.filter(pk=txid).first()
    try:
        return parse_tx(bytes(source.raw)) if source else None
    except BitcoinError:
        return None


def _sum(rows: QuerySet[Coin] | QuerySet[Withdrawal], field: str) -> int:
    return int(rows.aggregate(sats=Sum(field))["sats"] or 0)
