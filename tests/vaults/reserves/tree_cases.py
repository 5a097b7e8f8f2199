"""Customers by number, the tree over them as a whole, and published proofs of it without a database."""

import hashlib
from collections.abc import Sequence
from typing import Any

from vaults.reserves.leaves import Customer, leaf_of, part_depth, part_levels, parts_of, unpacked
from vaults.reserves.tree import Facts, Leaf, Node, depth_of, levels_above, path_in, published_root

SECRET = hashlib.sha256(b"a secret").digest()


def customers(amounts: Sequence[tuple[int, ...]]) -> list[Customer]:
    return [(number, f"user{number}", each) for number, each in enumerate(amounts, start=1)]


def top_of(given: Sequence[Customer], assets: int, secret: bytes = SECRET) -> Node:
    """As a snapshot makes it: of parts."""
    parts = parts_of(given, secret, assets)
    return levels_above([one.node for one in parts], part_depth(len(given)), depth_of(len(given)), assets)[
        -1
    ][0]


def all_proofs(given: Sequence[Customer], assets: int) -> list[tuple[Leaf, int, list[Node]]]:
    """Of everybody, out of one tree without parts."""
    kept = [one for part in parts_of(given, SECRET, assets) for one in unpacked(part.packed)]
    levels = part_levels(kept, SECRET, depth_of(len(kept)), assets)
    return [(leaf_of(one, SECRET), index, path_in(levels, index, 0)) for index, one in enumerate(kept)]


ASSETS = ("BTC", "USDB")


def published(given: Sequence[Customer], taken_ms: int = 1_700_000_000_000) -> list[dict[str, Any]]:
    """The proof of each as the API gives it, in the order of their leaves. Of two assets."""
    top = top_of(given, 2)
    depth = depth_of(len(given))
    snapshot = {
        "snapshot_id": "1",
        "taken_ms": taken_ms,
        "position": "77",
        "customers": len(given),
        "depth": depth,
        "root": published_root(Facts(taken_ms, 77, len(given), ASSETS), depth, top),
        "totals": _sums(top.sums),
    }
    return [
        {
            "snapshot": snapshot,
            "leaf": {
                "audit_id": leaf.audit_id,
                "salt": leaf.salt.hex(),
                "index": str(index),
                "amounts": _sums(leaf.amounts),
            },
            "path": [{"hash": step.hash.hex(), "sums": _sums(step.sums)} for step in path],
        }
        for leaf, index, path in all_proofs(given, 2)
    ]


def _sums(sums: tuple[int, ...]) -> list[dict[str, str]]:
    return [{"asset": asset, "atoms": str(atoms)} for asset, atoms in zip(ASSETS, sums, strict=True)]
