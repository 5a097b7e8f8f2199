"""A Merkle-sum tree over what is owed to customers, purely: leaves, nodes, paths, and the published root.

A leaf is its customer's salt, name and amounts; a node hashes the hashes and the sums of both children, so a
sum cannot be moved between them. The number of leaves is filled up with empty ones to a power of two.
`docs/verify_liabilities.py` does the same without this module, on purpose.
"""

import hashlib
import hmac
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

# None begins another one, so that nothing can be taken for something else.
_LEAF, _NODE = b"ballast/reserves/leaf/1\n", b"ballast/reserves/node/1\n"
_EMPTY, _ROOT = b"ballast/reserves/empty/1\n", b"ballast/reserves/root/1\n"
_SALT, _ORDER = b"ballast/reserves/salt/1\n", b"ballast/reserves/order/1\n"
SUM_BYTES = 16
MAX_SUM = 2 ** (8 * SUM_BYTES) - 1
MAX_DEPTH = 40
MAX_ASSETS = 64
PART_DEPTH = 10  # of a part of the leaves that is kept together

Sums = tuple[int, ...]


class Node(NamedTuple):
    """`sums` are atoms of each asset, in the snapshot's order."""

    hash: bytes
    sums: Sums


class Leaf(NamedTuple):
    """One customer. `audit_id` is his alone and known to him: two customers cannot be shown one leaf."""

    salt: bytes
    audit_id: str
    amounts: Sums


class Facts(NamedTuple):
    """What the published root commits to, besides the tree."""

    taken_ms: int
    position: int
    customers: int
    assets: Sequence[str]


def audit_id(user_id: int, username: str) -> str:
    return f"{user_id}:{username}"


def salt_of(secret: bytes, user_id: int) -> bytes:
    """Without it nobody can try which amounts give a hash."""
    return hmac.digest(secret, _SALT + _number(user_id), "sha256")


def order_of(secret: bytes, user_id: int) -> bytes:
    """Leaves stand in this order: who is beside whom says nothing, and is another in each snapshot."""
    return hmac.digest(secret, _ORDER + _number(user_id), "sha256")


def leaf_node(leaf: Leaf) -> Node:
    name = leaf.audit_id.encode()
    content = _LEAF + leaf.salt + len(name).to_bytes(2, "big") + name + _packed(leaf.amounts)
    return Node(hashlib.sha256(content).digest(), leaf.amounts)


def parent(left: Node, right: Node) -> Node:
    content = _NODE + left.hash + _packed(left.sums) + right.hash + _packed(right.sums)
    sums = tuple(one + other for one, other in zip(left.sums, right.sums, strict=True))
    return Node(hashlib.sha256(content).digest(), sums)


@cache
def empty_node(level: int, assets: int) -> Node:
    """A subtree of so many levels without any customer."""
    if not level:
        return Node(hashlib.sha256(_EMPTY).digest(), (0,) * assets)
    below = empty_node(level - 1, assets)
    return parent(below, below)


def depth_of(leaves: int) -> int:
    """How many levels are above the leaves."""
    return max(leaves - 1, 0).bit_length()


def levels_above(nodes: Sequence[Node], level: int, depth: int, assets: int) -> list[list[Node]]:
    """`nodes`, which stand at `level`, and every level above them up to `depth`, which is one node."""
    found = [list(nodes)]
    for here in range(level, depth):
        below = found[-1]
        if len(below) % 2:
            below = [*below, empty_node(here, assets)]
        found.append([parent(left, right) for left, right in zip(below[::2], below[1::2], strict=True)])
    if not found[-1]:
        found[-1] = [empty_node(depth, assets)]
    return found


def path_in(levels: Sequence[Sequence[Node]], index: int, level: int) -> list[Node]:
    """The other child at each level on the way up. `level` is that of the first of `levels`."""
    path: list[Node] = []
    for here, nodes in enumerate(levels[:-1], start=level):
        beside = index ^ 1
        assets = len(nodes[0].sums)
        path.append(nodes[beside] if beside < len(nodes) else empty_node(here, assets))
        index >>= 1
    return path


def climbed(leaf: Node, index: int, path: Sequence[Node]) -> Node:
    """The top that a leaf and its path lead to."""
    node = leaf
    for beside in path:
        node = parent(beside, node) if index & 1 else parent(node, beside)
        index >>= 1
    return node


def published_root(facts: Facts, depth: int, top: Node) -> str:
    """In hexadecimal."""
    assert len(facts.assets) <= MAX_ASSETS
    assert depth <= MAX_DEPTH
    content = [_ROOT, _number(facts.taken_ms), _number(facts.position), _number(facts.customers)]
    content += [bytes([depth, len(facts.assets)]), top.hash]
    for asset, total in zip(facts.assets, top.sums, strict=True):
        name = asset.encode()
        content += [bytes([len(name)]), name, _packed((total,))]
    return hashlib.sha256(b"".join(content)).hexdigest()


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big")


def _packed(sums: Sums) -> bytes:
    """Raises OverflowError for what is below 0 or above MAX_SUM, which a sum never is."""
    return b"".join([one.to_bytes(SUM_BYTES, "big") for one in sums])
