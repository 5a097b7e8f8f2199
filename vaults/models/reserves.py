"""Proofs of what is owed to customers: published roots, which stay for ever, and the leaves under them."""

from django.db import models

HASH_BYTES = 32


class ReserveSnapshot(models.Model):
    """Append-only. `root` commits to all the rest of it that is published (`reserves.tree`).

    `assets` are codes in the order of the tree's sums; `totals` of the leaves and `backing`, what all the
    house's accounts come to at that moment, are texts of atoms in the same order. `position`: the latest
    transfer that was counted. `secret` makes the salts and the order of the leaves, and is never shown.
    """

    taken_at = models.DateTimeField()
    position = models.BigIntegerField()
    assets = models.JSONField()
    totals = models.JSONField()
    backing = models.JSONField()
    customers = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField()
    root = models.CharField(max_length=2 * HASH_BYTES)
    secret = models.BinaryField(max_length=HASH_BYTES)
    took_ms = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(name="vaults_snapshot_time", fields=["taken_at"])]

    def __str__(self) -> str:
        return f"snapshot {self.pk}"


class ReserveLeaves(models.Model):
    """A part of a snapshot's leaves that is a whole subtree, with its node. Forgotten when it is old.

    `first_order` is that of its first leaf: whose part holds a leaf is one look-up.
    """

    snapshot = models.ForeignKey(ReserveSnapshot, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    first_order = models.BinaryField(max_length=HASH_BYTES)
    node_hash = models.BinaryField(max_length=HASH_BYTES)
    node_sums = models.JSONField()
    leaves = models.BinaryField()

    class Meta:
        verbose_name = "part of leaves"
        verbose_name_plural = "parts of leaves"
        constraints = [
            models.UniqueConstraint(name="vaults_leaves_number", fields=["snapshot", "number"]),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of snapshot {self.snapshot_id}"
