"""Opens a spot market; the engine of its shard creates it within a second."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import DomainError
from exchange.models import LanePolicy
from exchange.services.markets import open_market

# What each is without the option.
_PARAMETERS = {
    "maker_fee_ppm": 200,
    "taker_fee_ppm": 500,
    "min_notional_atoms": 0,
    "max_notional_atoms": 2**62,
    "max_open_orders": 200,
    "price_step_ticks": 1,
    "quantity_step_lots": 1,
    "band_ppm": 0,
    "breaker_ppm": 0,
    "breaker_window_ns": 0,
    "breaker_halt_ns": 0,
}
_NAMED = ("symbol", "price_decimals", "quantity_decimals", "shard")


class Command(BaseCommand):
    help = "Open the market BASE-QUOTE. One tick is 10^-price-decimals, one lot 10^-quantity-decimals."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("symbol")
        parser.add_argument("--price-decimals", type=int, required=True)
        parser.add_argument("--quantity-decimals", type=int, required=True)
        parser.add_argument("--shard", type=int, default=0)
        parser.add_argument("--lane-policy", choices=LanePolicy.values, default=LanePolicy.FIFO.value)
        for name, default in _PARAMETERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            market = open_market(
                lane_policy=LanePolicy(options["lane_policy"]),
                **{name: options[name] for name in (*_NAMED, *_PARAMETERS)},
            )
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{market.symbol} is market {market.pk} of shard {market.shard_id}.")
