"""Ballast's API for Python: `Client`, `AsyncClient` and `Socket`.

It knows no more of the house than its documents.
"""

from ballast_sdk.client import AsyncClient, Client
from ballast_sdk.errors import ApiError, ConnectionFailed, OutcomeUnknown, SdkError, UnreadableAnswer
from ballast_sdk.options import Options
from ballast_sdk.signing import Login, fresh_id, private_key

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ConnectionFailed",
    "Login",
    "Options",
    "OutcomeUnknown",
    "SdkError",
    "UnreadableAnswer",
    "fresh_id",
    "private_key",
]
