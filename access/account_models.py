"""What is stored about accounts: who is logged in where, mail addresses to confirm, mails to send."""

from django.conf import settings
from django.db import models


class Login(models.Model):
    """One session of one user. It outlives its session: it says from where there was a login before.

    `session_key` is the one in Django's table, where it stands as plainly; it opens nothing once that row is
    gone.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="login_of_user")]

    def __str__(self) -> str:
        return f"login {self.pk} of {self.user_id}"


class EmailClaim(models.Model):
    """An address that a user says is his. It is his once he opens what was sent there."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    email = models.EmailField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["email"], name="email_claim_address")]

    def __str__(self) -> str:
        return f"address that {self.user_id} has to confirm"


class AccountMail(models.Model):
    """A mail about an account, to be sent soon. Its text, which may carry a link that opens something, is
    encrypted, and gone once it is sent or given up. `recipient_hash` counts what goes to one address."""

    encrypted_text = models.BinaryField(default=b"")
    recipient_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["recipient_hash", "created_at"], name="mail_of_address"),
            models.Index(
                fields=["created_at"],
                name="mail_given_up",
                condition=models.Q(sent_at__isnull=True, next_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} mail {self.pk}"
