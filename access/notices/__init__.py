"""What people are told: in the list of their notices, by e-mail, and by webhooks of their own."""

from access.notices.services import MAX_NOTICES, Notice, notify

__all__ = ["MAX_NOTICES", "Notice", "notify"]
