"""Ballast's API for Python: `Client`, `AsyncClient` and `Socket`.

It knows no more of the house than its documents.
"""

from ballast_sdk.client import AsyncClient, Client
from ballast_sdk.connection import SocketOptions
from ballast_sdk.errors import ApiError, ConnectionFailed, OutcomeUnknown, SdkError, UnreadableAnswer
from ballast_sdk.local_book import LocalBook
from ballast_sdk.messages import Notice
from ballast_sdk.options import Options
from ballast_sdk.signing import Login, fresh_id, private_key
from ballast_sdk.socket import Socket
from ballast_sdk.subscriptions import Subscription

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ConnectionFailed",
    "LocalBook",
    "Login",
    "Notice",
    "Options",
    "OutcomeUnknown",
    "SdkError",
    "Socket",
    "SocketOptions",
    "Subscription",
    "UnreadableAnswer",
    "fresh_id",
    "private_key",
]
