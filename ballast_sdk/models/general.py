"""Types of the API: what answers about general are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model


class Ticket(Model, frozen=True, kw_only=True):
    """ticket: For one auth on the websocket."""

    ticket: str
    expires_in_ms: int
