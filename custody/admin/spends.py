"""Transactions of the house: each version decoded, what the network said, what people can do about one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from access.deeds import Deed, DeedAdmin, Doing
from access.read_only import LongTableAdmin, is_number
from custody.admin import units
from custody.models import Spend, SpendCoin, SpendVersion
from custody.rendering import bitcoin
from custody.rules.statuses import SpendStatus
from custody.selectors_spends import planned, versions_of
from custody.services.spending.drop import ask_again, drop_spend
from custody.services.spending.lost import give_up_lost


def _spend(row: Model | None) -> Spend:
    assert isinstance(row, Spend)
    return row


def _told(version: SpendVersion) -> str:
    if not version.tellings:
        return "signed, not told" if version.raw else "asked for" if version.asked_at else "planned"
    detail = f": {version.verdict_detail}" if version.verdict_detail else ""
    last = f"{version.told_at:%Y-%m-%d %H:%M:%S}"
    return f"told {version.tellings} times, last at {last}: {version.verdict}{detail}"


def _decoded(spend: Spend) -> SafeString:
    versions = (
        (
            version.number,
            version.txid,
            version.vbytes,
            _told(version),
            units.decoded_plan(planned(version), version.vbytes),
        )
        for version in versions_of(spend.pk)
    )
    return format_html_join("", "<p>version {}: {}, {} vbytes, {}</p>{}", versions)


class OnProblem(Deed):
    permission = "custody.stop_withdrawals"

    def suits(self, row: Model) -> bool:
        return bool(_spend(row).problem)

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        spend = _spend(row)
        return [("problem", spend.problem), ("status", spend.status), ("transaction", _decoded(spend))]


class AskAgain(OnProblem):
    name = "ask-again"
    title = "Ask the signer again"
    about = "For what a signer has refused, once the reason is gone. It still decides by itself."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        ask_again(spend_id=_spend(row).pk, origin=doing.origin, reason=doing.reason)
        return None


class Drop(OnProblem):
    name = "drop"
    title = "Give it up"
    about = (
        "Its coins are free and its withdrawals wait for another plan. Refused where a signature may exist: "
        "two transactions could then pay the same withdrawal."
    )

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return drop_spend(spend_id=_spend(row).pk, origin=doing.origin, reason=doing.reason)


class GiveUpLost(OnProblem):
    name = "give-up"
    title = "It is lost"
    about = (
        "What was signed can never confirm: another transaction has taken a coin of each version, six blocks "
        "deep. Its other coins are free and its withdrawals wait for another plan, which a signer refuses "
        "until who runs it has voided this spend by its name there."
    )

    def suits(self, row: Model) -> bool:
        return _spend(row).status == SpendStatus.CONTESTED

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return True

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        names = {planned(version).spend_id for version in versions_of(_spend(row).pk)}
        return [("name at the signer", ", ".join(sorted(names))), *super().facts(row)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return give_up_lost(spend_id=_spend(row).pk, origin=doing.origin, reason=doing.reason)


@admin.register(Spend)
class SpendAdmin(DeedAdmin, LongTableAdmin):
    deeds = (AskAgain(), Drop(), GiveUpLost())
    list_display = ("id", "created_at", "purpose", "wallet", "status", "settled_txid", "problem")
    list_filter = ("status", "purpose")
    search_help_text = "A txid of any version, or a spend's number"
    fields = (
        "id",
        "purpose",
        "wallet",
        "status",
        "problem",
        "settled_txid",
        "miners_got",
        "transactions",
        "pays_for",
        "created_at",
        "changed_at",
    )
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(pk__in=SpendVersion.objects.filter(txid=term).values("spend_id"))
        return Q(pk=int(term)) if is_number(term) else None

    @admin.display(description="miners got")
    def miners_got(self, spend: Spend) -> str:
        return f"{bitcoin(spend.settled_fee_sats)} BTC" if spend.settled_txid else "-"

    @admin.display(description="transactions")
    def transactions(self, spend: Spend) -> SafeString:
        return _decoded(spend)

    @admin.display(description="pays for")
    def pays_for(self, spend: Spend) -> SafeString:
        rows = spend.withdrawals.select_related("owner").order_by("created_at")
        return units.lines(f"{row.pk}  {bitcoin(row.amount_sats)} BTC  {row.owner}" for row in rows)


@admin.register(SpendVersion)
class SpendVersionAdmin(LongTableAdmin):
    """Without what is signed: that leaves the house by being told to the network, and not otherwise."""

    list_display = ("id", "spend", "number", "txid", "fee_sats", "tellings", "told_at", "verdict")
    list_select_related = ("spend",)
    search_help_text = "A txid"
    exclude = ("owner_psbt", "plan")

    def matching(self, term: str) -> Q | None:
        return Q(txid=term) if units.is_txid(term) else super().matching(term)


@admin.register(SpendCoin)
class SpendCoinAdmin(LongTableAdmin):
    list_display = ("id", "spend", "coin", "is_released")
    list_select_related = ("spend", "coin")
    search_help_text = "A txid"

    def matching(self, term: str) -> Q | None:
        return Q(coin__txid=term) if units.is_txid(term) else super().matching(term)
