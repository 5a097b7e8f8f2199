"""Wallets: the next free index of each branch, and the 2-of-3 of each vault."""

from django.conf import settings
from django.db import models


class WalletCounter(models.Model):
    """The next index that no address has, of one branch of one wallet ("hot", "cold", "vaults")."""

    wallet = models.CharField(max_length=64)
    branch = models.PositiveSmallIntegerField()
    next_index = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="custody_counter_once", fields=["wallet", "branch"])]

    def __str__(self) -> str:
        return f"{self.wallet}/{self.branch}"


class VaultWallet(models.Model):
    """The 2-of-3 of one vault, at one index of its keys. `spec` is its WalletSpec; keys never change."""

    reference = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    index = models.PositiveIntegerField(unique=True)
    spec = models.JSONField()
    descriptor = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
