"""A customer's proof that he is in a snapshot, made when he asks: his leaf and the path from it to the root.

One part of the leaves is hashed for it, however many customers there are.
"""

from dataclasses import dataclass

from vaults.models import ReserveLeaves, ReserveSnapshot
from vaults.reserves.errors import LeavesForgotten, NotInSnapshot, SnapshotNotFound
from vaults.reserves.leaves import PART, leaf_of, part_depth, part_levels, parts_in, unpacked
from vaults.reserves.tree import Leaf, Node, levels_above, order_of, path_in


@dataclass(frozen=True, slots=True)
class OwnProof:
    """`index` is the leaf's place: its bits, from the lowest, say on which side each of `path` stands (1: on
    the left)."""

    snapshot: ReserveSnapshot
    leaf: Leaf
    index: int
    path: list[Node]


def snapshot_of(snapshot_id: int | None) -> ReserveSnapshot:
    """None: the newest. Raises SnapshotNotFound."""
    rows = ReserveSnapshot.objects.order_by("-pk")
    found = (rows if snapshot_id is None else rows.filter(pk=snapshot_id)).first()
    if found is None:
        raise SnapshotNotFound
    return found


def has_leaves(snapshot: ReserveSnapshot) -> bool:
    return snapshot.parts.count() == parts_in(snapshot.customers)


def proof_of(user_id: int, snapshot_id: int | None = None) -> OwnProof:
    """Raises SnapshotNotFound, NotInSnapshot, LeavesForgotten."""
    snapshot = snapshot_of(snapshot_id)
    if not has_leaves(snapshot):
        raise LeavesForgotten
    secret, assets = bytes(snapshot.secret), len(snapshot.assets)
    part = _part_with(snapshot, order_of(secret, user_id))
    kept = unpacked(bytes(part.leaves)) if part else []
    place = next((place for place, one in enumerate(kept) if one.user_id == user_id), None)
    if part is None or place is None:
        raise NotInSnapshot
    depth = part_depth(snapshot.customers)
    levels = part_levels(kept, secret, depth, assets)
    above = levels_above(_tops(snapshot), depth, snapshot.depth, assets)
    path = [*path_in(levels, place, 0), *path_in(above, part.number, depth)]
    return OwnProof(snapshot, leaf_of(kept[place], secret), part.number * PART + place, path)


def _part_with(snapshot: ReserveSnapshot, order: bytes) -> ReserveLeaves | None:
    """The one that would have a leaf of this order."""
    rows = snapshot.parts.filter(first_order__lte=order)
    return rows.order_by("-number").first()


def _tops(snapshot: ReserveSnapshot) -> list[Node]:
    rows = snapshot.parts.order_by("number").values_list("node_hash", "node_sums")
    return [Node(bytes(digest), tuple(int(atoms) for atoms in sums)) for digest, sums in rows]
