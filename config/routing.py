"""Every socket of the product."""

from channels.routing import URLRouter
from django.urls import path, re_path

from access.notices.channels import register_channels as register_notices
from access.sockets.front import nothing_here
from exchange.compat.binance.spot.socket_api import SpotApiConsumer
from exchange.compat.binance.spot.streams.consumer import StreamsConsumer
from exchange.consumers import TradingConsumer
from oracle.channels import register_channels as register_prices
from vaults.channels import register_channels as register_vaults
from vaults.channels import register_operations as register_vault_deeds

register_prices()
register_notices()
register_vaults()
register_vault_deeds()
socket_router = URLRouter(
    [
        path("ws/v1/", TradingConsumer.as_asgi()),
        re_path(r"^ws-api/v3/?$", SpotApiConsumer.as_asgi()),
        re_path(r"^ws/v[0-9]+(?:/|$)", nothing_here),  # type: ignore[arg-type]  # the house's own, not streams
        re_path(r"^(?:stream/)?ws(?:/(?P<names>.*))?$", StreamsConsumer.as_asgi()),
        re_path(r"^stream/?$", StreamsConsumer.as_asgi(), {"combined": True}),
        re_path(r"", nothing_here),  # type: ignore[arg-type]  # an ASGI application, as Channels wants
    ]
)
