"""Whence a request to a page came, as the audit trail and the list of logins want it."""

from django.http import HttpRequest

from access.services import Origin
from logs.context import current_request_id


def origin_of_page(request: HttpRequest, user_id: int | None = None) -> Origin:
    agent = request.META.get("HTTP_USER_AGENT", "")[:256]
    return Origin(user_id, None, request.META.get("REMOTE_ADDR", ""), agent, current_request_id())
