"""Whose vaults' coins wait: of an owner who was frozen, suspended or disabled since he signed."""

from django.db.models import Q, QuerySet

from access.roles import suspended
from custody.models import AccountFreeze, VaultWallet


def barred_vaults() -> QuerySet[VaultWallet]:
    frozen = AccountFreeze.objects.filter(ended_at__isnull=True).values("owner_id")
    is_barred = Q(owner__in=frozen) | Q(owner__in=suspended()) | Q(owner__is_active=False)
    return VaultWallet.objects.filter(is_barred)
