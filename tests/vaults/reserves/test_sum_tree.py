"""The tree of liabilities: of every size each path leads to one top, whose sums are all amounts."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vaults.reserves.tree_cases import SECRET, all_proofs, customers, top_of
from vaults.reserves.leaves import PART, parts_of, unpacked
from vaults.reserves.tree import (
    MAX_SUM,
    Facts,
    Leaf,
    Node,
    climbed,
    depth_of,
    empty_node,
    leaf_node,
    order_of,
    parent,
    published_root,
    salt_of,
)

ATOMS = st.integers(0, 2**63 - 1)
AMOUNTS = st.integers(1, 3).flatmap(
    lambda assets: st.tuples(st.just(assets), st.lists(st.tuples(*[ATOMS] * assets), min_size=0, max_size=40))
)
SHA256 = hashlib.sha256


@given(AMOUNTS)
@settings(max_examples=60, deadline=None)
def test_every_path_leads_to_the_top_whose_sums_are_all_amounts(
    case: tuple[int, list[tuple[int, ...]]],
) -> None:
    assets, amounts = case
    people = customers(amounts)
    top = top_of(people, assets)
    assert top.sums == tuple(sum(each[place] for each in amounts) for place in range(assets))
    proofs = all_proofs(people, assets)
    assert {leaf.audit_id for leaf, _, _ in proofs} == {f"{number}:{name}" for number, name, _ in people}
    assert all(climbed(leaf_node(leaf), index, path) == top for leaf, index, path in proofs)
    assert all(len(path) == depth_of(len(people)) for _, _, path in proofs)


@pytest.mark.parametrize(
    ("leaves", "depth"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1024, 10), (1025, 11)]
)
def test_the_tree_is_filled_up_to_a_power_of_two(leaves: int, depth: int) -> None:
    assert depth_of(leaves) == depth


@pytest.mark.parametrize("leaves", [PART - 1, PART, PART + 1, 2 * PART + 1])
def test_parts_make_the_same_top_as_one_tree(leaves: int) -> None:
    people = customers([(number, 2 * number) for number in range(leaves)])
    top = top_of(people, 2)
    leaf, index, path = all_proofs(people, 2)[-1]
    assert climbed(leaf_node(leaf), index, path) == top
    assert sum(len(unpacked(part.packed)) for part in parts_of(people, SECRET, 2)) == leaves


def test_without_customers_the_top_is_the_empty_leaf() -> None:
    assert top_of([], 2) == Node(SHA256(b"ballast/reserves/empty/1\n").digest(), (0, 0)) == empty_node(0, 2)


def test_the_order_says_nothing_of_who_and_is_another_in_each_snapshot() -> None:
    people = customers([(1,)] * 50)
    orders = [
        [one.user_id for one in unpacked(parts_of(people, secret, 1)[0].packed)]
        for secret in (SECRET, SHA256(b"another").digest())
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(1, 51))
    assert list(range(1, 51)) not in orders


def test_it_is_the_same_tree_in_whatever_order_customers_come() -> None:
    people = customers([(number,) for number in range(33)])
    assert top_of(people, 1) == top_of(people[::-1], 1)


def test_a_salt_is_of_one_customer_in_one_snapshot_and_no_order() -> None:
    other = SHA256(b"another").digest()
    found = [
        salt_of(SECRET, 1),
        salt_of(SECRET, 2),
        salt_of(other, 1),
        order_of(SECRET, 1),
        order_of(other, 1),
    ]
    assert len({*found}) == 5


def test_a_leaf_is_hashed_as_the_documents_say() -> None:
    leaf = Leaf(b"s" * 32, "7:alice", (5, 2**70))
    content = b"ballast/reserves/leaf/1\n" + b"s" * 32 + b"\x00\x077:alice"
    content += bytes(15) + b"\x05" + (2**70).to_bytes(16, "big")
    assert leaf_node(leaf) == Node(SHA256(content).digest(), (5, 2**70))


def test_a_nodes_hash_has_both_childrens_sums_so_none_moves_between_them() -> None:
    left, right = Node(b"l" * 32, (10,)), Node(b"r" * 32, (0,))
    moved = Node(b"l" * 32, (4,)), Node(b"r" * 32, (6,))
    assert parent(left, right).sums == parent(*moved).sums
    assert parent(left, right).hash != parent(*moved).hash
    assert parent(left, right).hash != parent(right, left).hash


def test_no_node_is_a_leaf_or_an_empty_leaf() -> None:
    node = parent(Node(b"\x01" * 32, (0,)), Node(b"\x02" * 32, (0,)))
    assert len({node.hash, empty_node(0, 1).hash, empty_node(1, 1).hash}) == 3


@pytest.mark.parametrize("wrong", [-1, MAX_SUM + 1])
def test_it_refuses_sums_below_0_and_such_as_have_no_room(wrong: int) -> None:
    with pytest.raises(OverflowError):
        leaf_node(Leaf(bytes(32), "1:a", (wrong,)))
    with pytest.raises(OverflowError):
        parent(Node(bytes(32), (wrong,)), Node(bytes(32), (0,)))


def test_the_published_root_commits_to_everything_that_is_published() -> None:
    facts, top = Facts(1, 2, 3, ["BTC", "USDB"]), Node(b"t" * 32, (7, 8))
    others = [
        published_root(facts._replace(taken_ms=9), 2, top),
        published_root(facts._replace(position=9), 2, top),
        published_root(facts._replace(customers=4), 2, top),
        published_root(facts._replace(assets=["USDB", "BTC"]), 2, top),
        published_root(facts, 3, top),
        published_root(facts, 2, top._replace(sums=(8, 7))),
        published_root(facts, 2, top._replace(hash=b"u" * 32)),
    ]
    assert len({published_root(facts, 2, top), *others}) == 8
