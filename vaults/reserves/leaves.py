"""A snapshot's leaves as they are kept: in parts that are whole subtrees, packed, in the tree's order."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from vaults.reserves.tree import (
    PART_DEPTH,
    Leaf,
    Node,
    Sums,
    audit_id,
    depth_of,
    leaf_node,
    levels_above,
    order_of,
    salt_of,
)

Customer: TypeAlias = tuple[int, str, Sums]  # user id, username, amounts

PART: int = 2**PART_DEPTH
_LEVEL = 1  # packs hashes of names and amounts: more time finds little more


class Kept(NamedTuple):
    """What a leaf is made of, with the snapshot's secret. Amounts are texts: some have more than 64 bits."""

    user_id: int
    username: str
    amounts: Sequence[str]


class Part(NamedTuple):
    """`first_order` is the order of its first leaf."""

    number: int
    first_order: bytes
    node: Node
    packed: bytes


_decoder = msgspec.msgpack.Decoder(list[Kept])


def leaf_of(kept: Kept, secret: bytes) -> Leaf:
    amounts = tuple(int(atoms) for atoms in kept.amounts)
    return Leaf(salt_of(secret, kept.user_id), audit_id(kept.user_id, kept.username), amounts)


def parts_of(customers: Sequence[Customer], secret: bytes, assets: int) -> list[Part]:
    """In whatever order they come."""
    ordered = sorted((order_of(secret, one[0]), one) for one in customers)
    depth = part_depth(len(ordered))
    return [
        _part(start // PART, ordered[start : start + PART], secret, depth, assets)
        for start in range(0, len(ordered), PART)
    ]


def parts_in(leaves: int) -> int:
    return -(-leaves // PART)


def part_depth(leaves: int) -> int:
    """The whole tree's where one part holds it."""
    return min(depth_of(leaves), PART_DEPTH)


def _part(
    number: int,
    ordered: Sequence[tuple[bytes, Customer]],
    secret: bytes,
    depth: int,
    assets: int,
) -> Part:
    kept = [
        Kept(user_id, username, [str(atoms) for atoms in amounts])
        for _, (user_id, username, amounts) in ordered
    ]
    top = part_levels(kept, secret, depth, assets)[-1][0]
    return Part(number, ordered[0][0], top, zlib.compress(msgspec.msgpack.encode(kept), _LEVEL))


def part_levels(kept: Sequence[Kept], secret: bytes, depth: int, assets: int) -> list[list[Node]]:
    return levels_above([leaf_node(leaf_of(one, secret)) for one in kept], 0, depth, assets)


def unpacked(packed: bytes) -> list[Kept]:
    return _decoder.decode(zlib.decompress(packed))
