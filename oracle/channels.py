"""What one can listen to: the price."""

from access.fields import BooleanField
from access.serializers import StrictSerializer
from access.sockets.channels import Channel, Values, register_channel
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from oracle.feed import PriceSubscription, price_feed


class PricesForm(StrictSerializer):
    """`sources`: with every source's quote and what became of it."""

    sources = BooleanField(default=False)


async def _prices(connection: Connection, values: Values) -> Subscription:
    return PriceSubscription(connection.outbox, price_feed(), with_sources=values["sources"])


def register_channels() -> None:
    register_channel(
        Channel("prices", PricesForm, None, lambda values: "sources" if values["sources"] else "", _prices)
    )
