"""What is stored about who may speak, what was said before, and who did what."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from access.account_models import AccountMail, EmailClaim, Login
from access.notice_models import (
    DeliveryStatus,
    Notice,
    NoticeChannel,
    NoticeChoice,
    NoticeDelivery,
    WebhookEndpoint,
)
from access.proposal_models import OperatorProposal, ProposalStatus
from access.signing import KeyKind

__all__ = [
    "AccountMail",
    "AccountRole",
    "ApiKey",
    "AuditEntry",
    "DeliveryStatus",
    "EmailClaim",
    "IdempotencyRecord",
    "Login",
    "Notice",
    "NoticeChannel",
    "NoticeChoice",
    "NoticeDelivery",
    "OperatorProposal",
    "ProposalStatus",
    "RecoveryCode",
    "Role",
    "SecurityChange",
    "SecurityChangeKind",
    "TotpDevice",
    "WebhookEndpoint",
]


class ApiKey(models.Model):
    """A key of one user. Of an HMAC key the secret is stored encrypted, of an Ed25519 key the public key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    label = models.CharField(max_length=64, blank=True)
    public_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in KeyKind])
    encrypted_secret = models.BinaryField(default=b"")
    public_key = models.CharField(max_length=44, blank=True)
    scopes = models.JSONField(default=list)
    allowed_networks = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    exposed_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        permissions = [("revoke_apikey", "Can revoke API keys of others")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scopes__contains=["withdraw"]) | ~Q(allowed_networks=[]),
                name="withdraw_scope_needs_networks",
            ),
            models.CheckConstraint(
                condition=Q(kind="HMAC", public_key="") | Q(kind="ED25519", encrypted_secret=b""),
                name="key_kind_has_its_material_only",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class IdempotencyRecord(models.Model):
    """One request that must happen once: what it was, and what was answered when it was done."""

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    claim = models.UUIDField()
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="one_record_per_user_and_key")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.key}"


class AuditEntry(models.Model):
    """Append-only and hash-chained: each entry's hash covers its content and the hash before it.

    People and keys are plain numbers, so that nothing done to a user's row can reach into the past.
    """

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
            models.Index(fields=["user_id", "id"], name="audit_by_user"),
            models.Index(fields=["request_id"], name="audit_by_request", condition=~Q(request_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject}"


class TotpDevice(models.Model):
    """The second factor of a user: the secret in force, and one that is being set up until `pending_until`.

    Rows outlive their secret: no code of a step up to `last_step` ever counts again.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    encrypted_secret = models.BinaryField(default=b"")
    pending_secret = models.BinaryField(default=b"")
    pending_until = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        permissions = [("remove_second_factor", "Can remove the second factor of others")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, encrypted_secret=b"")
                | (Q(confirmed_at__isnull=False) & ~Q(encrypted_secret=b"")),
                name="second_factor_in_force_has_its_secret",
            )
        ]

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """Takes the place of a code where a second factor is removed or replaced, once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class SecurityChangeKind(models.TextChoices):
    PASSWORD = "PASSWORD"  # noqa: S105  # a kind, no password
    SECOND_FACTOR = "SECOND_FACTOR"
    ADDRESS_LIST = "ADDRESS_LIST"
    EMAIL = "EMAIL"


class SecurityChange(models.Model):
    """Append-only: what holds a user's withdrawals for a while. The database itself notes passwords."""

    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=SecurityChangeKind.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id", "at"], name="security_change_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(SecurityChangeKind)), name="security_change_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} of {self.user_id}"


class Role(models.TextChoices):
    CUSTOMER = "CUSTOMER"
    KEEPER = "KEEPER"
    SUSPENDED = "SUSPENDED"


class AccountRole(models.Model):
    """The role of who is not just a customer, or was not always. What it allows: `access.roles`."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="account_role"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    changed_at = models.DateTimeField()

    class Meta:
        permissions = [
            ("set_account_role", "Can set the role of others"),
            ("disable_account", "Can disable accounts of others and end their logins"),
        ]
        constraints = [models.CheckConstraint(condition=Q(role__in=list(Role)), name="account_role_is_one")]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"
