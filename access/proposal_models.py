"""What is stored of deeds that take two operators: what the first one wants, until a second one decides."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProposalStatus(models.TextChoices):
    OPEN = "OPEN"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class OperatorProposal(models.Model):
    """One deed of one page of the admin, to be carried out once another operator agrees.

    `page` is the model of the admin's page ("custody.walletkey"), `subject` the key of its row ("" where the
    form names it), `arguments` the form as it was sent, `facts` what its proposer saw. An open one whose time
    is over is none any more, whether or not its row says so yet.
    """

    page = models.CharField(max_length=80)
    deed = models.CharField(max_length=40)
    subject = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    about = models.CharField(max_length=200)
    permission = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    arguments_digest = models.CharField(max_length=64)
    facts = models.JSONField(default=list)
    token = models.UUIDField(unique=True)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.OPEN, db_index=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "proposal"
        permissions = [
            ("change_rights", "Can change what others may do, with another operator"),
            ("change_address", "Can change the mail address of others, with another operator"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(ProposalStatus)), name="operator_proposal_status"
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.APPROVED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("operator"))),
                name="operator_proposal_takes_two",
            ),
            models.UniqueConstraint(
                fields=["page", "deed", "subject", "arguments_digest"],
                name="operator_proposal_open_once",
                condition=Q(status=ProposalStatus.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}: {self.title}"
