"""The trading socket `/ws/v1/`: what can be listened to and asked for there. `access.sockets` says how."""

from access.sockets.consumer import SocketConsumer
from access.sockets.protocol import HouseDialect
from exchange.feeds.channels import register_channels
from exchange.feeds.orders import register_operations

register_channels()
register_operations()


HOUSE_DIALECT = HouseDialect()


class TradingConsumer(SocketConsumer):
    """Live data, and orders."""

    async def open_dialect(self) -> HouseDialect:
        return HOUSE_DIALECT
