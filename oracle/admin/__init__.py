"""The oracle in the admin: prices, rounds and sources to be read; a change asks for a reason."""

from oracle.admin import history, incidents, policies, sources

__all__ = ["history", "incidents", "policies", "sources"]
