"""What one can listen to: one's own notices."""

from access.http import Scope
from access.notices.feed import NoticeSubscription, notice_feed
from access.serializers import StrictSerializer
from access.sockets.channels import Channel, Values, register_channel
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription


class NoticesForm(StrictSerializer):
    """Nothing is chosen: all notices of whoever listens."""


async def _notices(connection: Connection, values: Values) -> Subscription:
    return NoticeSubscription(connection.outbox, notice_feed(), connection.account)


def register_channels() -> None:
    register_channel(Channel("notices", NoticesForm, Scope.READ, lambda _: "", _notices))
