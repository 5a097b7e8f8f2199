"""Wallets: whose keys they are made of, the next free index of each branch, and the 2-of-3 of each vault."""

from django.conf import settings
from django.db import models

from custody.bitcoin.types import Role


class WalletKey(models.Model):
    """The public key of a role as it was first learned: another one is refused until an operator says so.

    So addresses are made without asking a signer. `key` is its text; "" of a token, which has a key of its
    own for each vault. `party` is who runs the signer.
    """

    role = models.CharField(
        max_length=8, primary_key=True, choices=[(one, one.value) for one in Role if one is not Role.USER]
    )
    key = models.CharField(max_length=200, blank=True)
    party = models.CharField(max_length=100, blank=True)
    learned_at = models.DateTimeField()
    refused_key = models.CharField(max_length=200, blank=True)  # what was shown later and is not believed

    def __str__(self) -> str:
        return self.role


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
