"""What operators ask of an engine about a market: status, parameters, reference price, fee tiers, cancels."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model

from access.deeds import DeedForm, Doing, Takes
from exchange.admin import units
from exchange.admin.asking import EngineDeed
from exchange.engine.types import MAX_BAND_PPM, MAX_FEE_TIER, PPM, MarketStatus
from exchange.models import EngineRequest, FeeTier, Market, Shard
from exchange.services.requests import (
    request_cancel_all,
    request_fee_tier,
    request_market_change,
    request_market_status,
    request_reference_price,
)
from ledger.money import format_atoms

_S = 10**9


def _market(row: Model | None) -> Market:
    assert isinstance(row, Market)
    return row


class MarketDeed(EngineDeed):
    def subject(self, row: Model | None, doing: Doing) -> str:
        return f"market:{_market(row).symbol}"

    def facts(self, row: Model) -> list[tuple[str, object]]:
        market = _market(row)
        return [("status", market.status), ("shard", market.shard_id)]


class StatusForm(DeedForm):
    status = forms.ChoiceField(
        choices=[(status.name, status.name) for status in MarketStatus],
        help_text="POST_ONLY takes post-only orders and cancels, CANCEL_ONLY cancels, HALTED nothing. "
        "OPEN ends a breaker's halt.",
    )


class ChangeStatus(MarketDeed):
    name = "status"
    title = "Change the status"
    permission = "exchange.request_market_status"
    takes = Takes.MANY
    form = StatusForm

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        return [
            request_market_status(
                market=_market(row),
                status=MarketStatus[doing.values["status"]],
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(_market(row).pk),
            )
        ]


class ParametersForm(DeedForm):
    """Gives only what was changed on the page: what somebody else has changed meanwhile stays as it is."""

    price_step = forms.DecimalField(help_text="Prices are multiples of it.")
    quantity_step = forms.DecimalField(help_text="Quantities are multiples of it.")
    min_notional = forms.DecimalField(min_value=0, help_text="In quote; the least value of an order.")
    max_notional = forms.DecimalField(min_value=0, help_text="In quote; the greatest.")
    max_open_orders = forms.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Of one account.")
    maker_fee_ppm = forms.IntegerField(
        min_value=-PPM, max_value=PPM, help_text="Parts per million: 100 is a basis point. Below 0: a rebate."
    )
    taker_fee_ppm = forms.IntegerField(min_value=-PPM, max_value=PPM)
    band_ppm = forms.IntegerField(
        min_value=0, max_value=MAX_BAND_PPM, help_text="How far from the reference price; 0: no band."
    )
    breaker_ppm = forms.IntegerField(
        min_value=0, max_value=MAX_BAND_PPM, help_text="How far a window's trades may move; 0: no breaker."
    )
    breaker_window_s = forms.DecimalField(min_value=0, help_text="Length of a window in seconds.")
    breaker_halt_s = forms.DecimalField(
        min_value=0,
        help_text="How long the breaker holds the market, in seconds; 0: until an operator opens it.",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in self.fields.keys() - {"token", "reason"}:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        kept = {*self.changed_data, "token", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name in kept}


# field of the form -> (parameter of the market, how many decimals of which attribute or a fixed scale)
_DECIMALS: Mapping[str, tuple[str, str]] = {
    "price_step": ("price_step_ticks", "price_decimals"),
    "quantity_step": ("quantity_step_lots", "quantity_decimals"),
    "min_notional": ("min_notional_atoms", "quote_decimals"),
    "max_notional": ("max_notional_atoms", "quote_decimals"),
}
_SECONDS = {"breaker_window_s": "breaker_window_ns", "breaker_halt_s": "breaker_halt_ns"}
_PLAIN = ("max_open_orders", "maker_fee_ppm", "taker_fee_ppm", "band_ppm", "breaker_ppm")


class ChangeParameters(MarketDeed):
    name = "parameters"
    title = "Change the parameters"
    about = "Open orders keep their fees. What open orders would not fit, the engine refuses."
    permission = "exchange.request_market_change"
    form = ParametersForm

    def initial(self, row: Model | None) -> dict[str, object]:
        market = _market(row)
        values: dict[str, object] = {name: getattr(market, name) for name in _PLAIN}
        for name, (parameter, decimals) in _DECIMALS.items():
            values[name] = format_atoms(getattr(market, parameter), getattr(market, decimals))
        for name, parameter in _SECONDS.items():
            values[name] = _plain_seconds(getattr(market, parameter))
        return values

    def facts(self, row: Model) -> list[tuple[str, object]]:
        return [
            *super().facts(row),
            *((name.replace("_", " "), value) for name, value in self.initial(row).items()),
        ]

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        market = _market(row)
        return [
            request_market_change(
                market=market,
                changes=_changes(market, doing.values),
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(market.pk),
            )
        ]


def _changes(market: Market, values: Mapping[str, Any]) -> dict[str, int]:
    """Only what differs, so that the request says what was changed. Raises Precision, OutOfRange."""
    wanted = {name: values[name] for name in _PLAIN if name in values}
    for name in _DECIMALS.keys() & values.keys():
        parameter, decimals = _DECIMALS[name]
        wanted[parameter] = units.scaled(values[name], getattr(market, decimals), name)
    for name in _SECONDS.keys() & values.keys():
        wanted[_SECONDS[name]] = units.scaled(values[name], 9, name)
    return {name: value for name, value in wanted.items() if value != getattr(market, name)}


def _plain_seconds(nanoseconds: int) -> str:
    return str(nanoseconds // _S) if nanoseconds % _S == 0 else format_atoms(nanoseconds, 9)


class ReferencePriceForm(DeedForm):
    price = forms.DecimalField(min_value=0, help_text="0: the last trade.")


class SetReferencePrice(MarketDeed):
    name = "reference-price"
    title = "Set the reference price"
    about = "What the price band stands around."
    permission = "exchange.request_reference_price"
    form = ReferencePriceForm

    def initial(self, row: Model | None) -> dict[str, object]:
        market = _market(row)
        return {"price": units.price(market.reference_price_ticks, market)}

    def facts(self, row: Model) -> list[tuple[str, object]]:
        return [*super().facts(row), ("reference price", self.initial(row)["price"])]

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        market = _market(row)
        return [
            request_reference_price(
                market=market,
                price_ticks=units.scaled(doing.values["price"], market.price_decimals, "price"),
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(market.pk),
            )
        ]


class FeeTierForm(DeedForm):
    tier = forms.IntegerField(min_value=1, max_value=MAX_FEE_TIER)
    maker_fee_ppm = forms.IntegerField(min_value=-PPM, max_value=PPM, help_text="100 is a basis point.")
    taker_fee_ppm = forms.IntegerField(min_value=-PPM, max_value=PPM)


class SetFeeTier(MarketDeed):
    name = "fee-tier"
    title = "Set the rates of a fee tier"
    about = "From the next order on. No rebate of any tier may exceed the lowest taker fee of the market."
    permission = "exchange.request_fee_tier"
    form = FeeTierForm

    def facts(self, row: Model) -> list[tuple[str, object]]:
        market = _market(row)
        own = [("tier 0", f"maker {market.maker_fee_ppm} ppm, taker {market.taker_fee_ppm} ppm")]
        tiers = FeeTier.objects.filter(market=market).order_by("tier")
        return [
            *own,
            *(
                (f"tier {one.tier}", f"maker {one.maker_fee_ppm} ppm, taker {one.taker_fee_ppm} ppm")
                for one in tiers
            ),
        ]

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        return [
            request_fee_tier(
                market=_market(row),
                tier=doing.values["tier"],
                maker_fee_ppm=doing.values["maker_fee_ppm"],
                taker_fee_ppm=doing.values["taker_fee_ppm"],
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(_market(row).pk),
            )
        ]


class CancelAllOfMarket(MarketDeed):
    name = "cancel-all"
    title = "Cancel all orders of everybody"
    about = "Every open order of the market, at once, in any status. Halt it first to keep it empty."
    permission = "exchange.request_cancel_all"
    takes = Takes.MANY

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        market = _market(row)
        return [
            request_cancel_all(
                shard=market.shard_id,
                market=market.symbol,
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(market.pk),
            )
        ]


class CancelAllOfShard(EngineDeed):
    name = "cancel-everything"
    title = "Cancel all orders of all markets"
    about = "Every open order of everybody in every market of the shard."
    permission = "exchange.request_cancel_all"
    takes = Takes.MANY

    def subject(self, row: Model | None, doing: Doing) -> str:
        assert row is not None
        return f"shard:{row.pk}"

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        assert isinstance(row, Shard)
        return [
            request_cancel_all(
                shard=row.number,
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(row.number),
            )
        ]
