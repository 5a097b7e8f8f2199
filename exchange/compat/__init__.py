"""The trading of this house in the wire formats of others. Nothing here knows more than `/api/v1` does."""
