"""Calls of the SDK about Alice's notices and webhooks."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from access.notices.webhooks import create_webhook
from access.services import Origin
from tests.api.people import Trader

URL = "https://93.184.215.14/hook"


def _webhook(alice: Trader) -> str:
    user_id = alice.user_id
    made = create_webhook(user_id=user_id, url=URL, label="", now=timezone.now(), origin=Origin())
    return str(made.endpoint.pk)


NOTICE_CALLS: dict[str, Callable[[Any, Trader], Any]] = {
    "get_notices": lambda c, s: c.notices.find(unread=True, page_size=1),
    "post_notices_read": lambda c, s: c.notices.mark_read(up_to="1"),
    "get_notice_settings": lambda c, s: c.notices.settings(),
    "put_notice_settings": lambda c, s: c.notices.choose(
        [{"kind": "WEBHOOK_DISABLED", "by_email": True, "by_webhook": False}]
    ),
    "get_webhooks": lambda c, s: c.notices.webhooks(),
    "post_webhooks": lambda c, s: c.notices.create_webhook(url=URL),
    "delete_webhooks_by_webhook_id": lambda c, s: c.notices.delete_webhook(_webhook(s)),
    "post_webhooks_by_webhook_id_test": lambda c, s: c.notices.test_webhook(_webhook(s)),
}
NOTICES_BY_LOGIN = {"post_webhooks"}
