"""The exchange in the admin: all of it to be read; a change is asked of an engine, with a reason."""

from exchange.admin import accounts, history, markets, requests

__all__ = ["accounts", "history", "markets", "requests"]
