"""Logins, addresses to confirm and mails about accounts, for reading. Keys and texts are not shown."""

from django.db.models import Q

from access.models import AccountMail, EmailClaim, Login
from access.read_only import LongTableAdmin, is_number
from access.views_of_people import HoldsPersonalData


class _OfUsers(HoldsPersonalData, LongTableAdmin):
    search_help_text = "A user's number"

    def matching(self, term: str) -> Q | None:
        return Q(user_id=int(term)) if is_number(term) else None


class LoginAdmin(_OfUsers):
    list_display = ("id", "user_id", "ip", "user_agent", "created_at", "seen_at", "ended_at")
    exclude = ("session_key",)


class EmailClaimAdmin(_OfUsers):
    list_display = ("user_id", "email", "at")


class AccountMailAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = ""
    list_display = ("id", "kind", "created_at", "sent_at", "attempts", "last_error")
    exclude = ("encrypted_text", "recipient_hash")


ADMINS = {Login: LoginAdmin, EmailClaim: EmailClaimAdmin, AccountMail: AccountMailAdmin}
