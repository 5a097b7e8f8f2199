"""The ASGI entry of the web process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# What follows needs the settings and the models.
from access.door import FrontDoor  # noqa: E402
from access.http import shutdown_hooks, startup_hooks  # noqa: E402
from access.notices.feed import open_notices  # noqa: E402
from access.sockets.front import SocketDoor  # noqa: E402
from access.sockets.tickets import close_tickets, open_tickets  # noqa: E402
from access.sockets.watch import start_watch, stop_watch  # noqa: E402
from access.sockets.wire import close_wire, open_wire  # noqa: E402
from config.health_pages import close_health, open_health  # noqa: E402
from config.routing import socket_router  # noqa: E402
from exchange.compat.binance.front import BinanceFront  # noqa: E402
from exchange.compat.binance.limits import close_limits, shared_limits  # noqa: E402
from exchange.compat.binance.spot.streams.hub import close_streams, open_streams  # noqa: E402
from exchange.compat.binance.spot.table import SPOT  # noqa: E402
from exchange.compat.binance.spot.user_data.keys import close_listen_keys  # noqa: E402
from exchange.feeds.hub import close_hub, open_hub  # noqa: E402
from exchange.web_gateway import close_gateway, open_gateway  # noqa: E402
from oracle.feed import close_prices, open_prices  # noqa: E402
from vaults.feed import close_vaults_feed, open_vaults_feed  # noqa: E402

startup_hooks += [
    open_health,
    open_gateway,
    open_tickets,
    open_hub,
    open_streams,
    open_prices,
    open_vaults_feed,
    open_notices,
    open_wire,
    start_watch,
]
shutdown_hooks += [
    stop_watch,
    close_wire,
    close_vaults_feed,
    close_prices,
    close_streams,
    close_hub,
    close_tickets,
    close_gateway,
    close_limits,
    close_listen_keys,
    close_health,
]
application = FrontDoor(SocketDoor(socket_router), [BinanceFront(SPOT, shared_limits())])
