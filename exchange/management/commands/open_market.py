"""Opens a spot market; the engine of its shard creates it within a second."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import DomainError
from exchange.services.markets import open_market

_PARAMETERS = (
    "symbol",
    "price_decimals",
    "quantity_decimals",
    "shard",
    "maker_fee_ppm",
    "taker_fee_ppm",
    "min_notional_atoms",
    "max_open_orders",
)


class Command(BaseCommand):
    help = "Open the market BASE-QUOTE. One tick is 10^-price-decimals, one lot 10^-quantity-decimals."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("symbol")
        parser.add_argument("--price-decimals", type=int, required=True)
        parser.add_argument("--quantity-decimals", type=int, required=True)
        parser.add_argument("--shard", type=int, default=0)
        parser.add_argument("--maker-fee-ppm", type=int, default=200)
        parser.add_argument("--taker-fee-ppm", type=int, default=500)
        parser.add_argument("--min-notional-atoms", type=int, default=0)
        parser.add_argument("--max-open-orders", type=int, default=200)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            market = open_market(**{name: options[name] for name in _PARAMETERS})
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{market.symbol} is market {market.pk} of shard {market.shard_id}.")
