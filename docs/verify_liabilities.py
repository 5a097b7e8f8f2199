"""Checks that the house has counted you among those it owes, with Python's standard library alone.

    python verify_liabilities.py proof.json --published snapshot.json

`proof.json` is the answer of GET /api/v1/reserves/proof with your key or login (without a file: standard
input). `snapshot.json` is the snapshot as everybody sees it, from GET /api/v1/reserves/snapshots/ID: best as
somebody else has downloaded it, so that you are not shown a root of your own. Or give --root HEX, and
--total BTC=ATOMS for each asset. Exits with 0 where all is well, with 1 where anything is not.
"""

import argparse
import hashlib
import json
import sys
from typing import Any

LEAF, NODE = b"ballast/reserves/leaf/1\n", b"ballast/reserves/node/1\n"
ROOT = b"ballast/reserves/root/1\n"
SUM_BYTES = 16
MOST = 2**128 - 1
MAX_DEPTH, MAX_ASSETS = 40, 64
MAX_BYTES = 1_000_000
FACTS = ("root", "taken_ms", "position", "customers", "depth")

PROVES = """
What this proves: a leaf with your name and these amounts is under this root, and the totals of the snapshot
are at least what the leaves on your way add up to: nothing was left out or made negative beside your path.
What it does not prove: that these amounts are all that you hold (compare them with what you know), that the
other customers have checked theirs, that others are shown the same root (compare it with them), or that the
house has what it owes (look at its coins in the chain: GET /api/v1/reserves and /reserves/vaults)."""


class Wrong(Exception):
    """Something in the proof is not as it must be."""


def whole(value: Any, name: str, most: int = MOST) -> int:
    """A whole number from 0 to `most`, as a number or as its digits."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 40:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{name} is no whole number: {value!r}")
    if not 0 <= value <= most:
        raise Wrong(f"{name} is out of range: {value}")
    return value


def digest(value: Any, name: str) -> bytes:
    try:
        found = bytes.fromhex(value)
    except (TypeError, ValueError):
        raise Wrong(f"{name} is not hexadecimal") from None
    if len(found) != 32:
        raise Wrong(f"{name} has {len(found)} bytes, not 32")
    return found


def member(content: Any, name: str, kind: type) -> Any:
    if not isinstance(content, dict) or not isinstance(content.get(name), kind):
        raise Wrong(f"{name} is missing, or of the wrong kind")
    return content[name]


def sums(rows: list[Any], assets: list[str], name: str) -> list[int]:
    """Atoms of each asset, in their order; none missing and none beside."""
    if [row.get("asset") if isinstance(row, dict) else None for row in rows] != assets:
        raise Wrong(f"{name} are not of the assets {', '.join(assets)}, in this order")
    return [whole(row.get("atoms"), name) for row in rows]


def packed(atoms: list[int]) -> bytes:
    return b"".join(each.to_bytes(SUM_BYTES, "big") for each in atoms)


def climb(proof: dict[str, Any], assets: list[str], depth: int) -> tuple[bytes, list[int]]:
    """The top of the tree, with its sums, as the leaf and its path make it."""
    leaf, path = member(proof, "leaf", dict), member(proof, "path", list)
    name = member(leaf, "audit_id", str).encode()
    if not 0 < len(name) < 2**16:
        raise Wrong("audit_id is too long, or empty")
    atoms = sums(member(leaf, "amounts", list), assets, "amounts of the leaf")
    salt = digest(leaf.get("salt"), "salt")
    here = hashlib.sha256(LEAF + salt + len(name).to_bytes(2, "big") + name + packed(atoms)).digest()
    index = whole(leaf.get("index"), "index", 2**MAX_DEPTH)
    if len(path) != depth:
        raise Wrong(f"the path has {len(path)} steps, the tree {depth}")
    for step in path:
        beside = digest(member(step, "hash", str), "hash of a step")
        beside_atoms = sums(member(step, "sums", list), assets, "sums of a step")
        own, other = here + packed(atoms), beside + packed(beside_atoms)
        here = hashlib.sha256(NODE + (other + own if index & 1 else own + other)).digest()
        atoms = [whole(one + two, "a sum") for one, two in zip(atoms, beside_atoms, strict=True)]
        index >>= 1
    if index:
        raise Wrong("the leaf's place is outside of the tree")
    return here, atoms


def root_of(snapshot: dict[str, Any], assets: list[str], top: bytes, totals: list[int]) -> str:
    """The root that a top and what the snapshot says of itself come to."""
    content = ROOT
    for name in ("taken_ms", "position", "customers"):
        content += whole(snapshot.get(name), name, 2**63 - 1).to_bytes(8, "big")
    content += bytes([whole(snapshot.get("depth"), "depth", MAX_DEPTH), len(assets)]) + top
    for asset, total in zip(assets, totals, strict=True):
        content += bytes([len(asset.encode())]) + asset.encode() + packed([total])
    return hashlib.sha256(content).hexdigest()


def assets_of(snapshot: dict[str, Any]) -> list[str]:
    rows = member(snapshot, "totals", list)
    names = [row.get("asset") if isinstance(row, dict) else None for row in rows]
    # They are printed: a house that cheats must not write over what is said here.
    if not all(
        isinstance(name, str) and name.isascii() and name.isalnum() and len(name) < 33 for name in names
    ):
        raise Wrong("the snapshot's assets have no names, or wrong ones")
    if not 0 < len(names) <= MAX_ASSETS:
        raise Wrong("the snapshot has no assets, or too many")
    if len(set(names)) != len(names):
        raise Wrong("the snapshot names an asset twice")
    return [str(name) for name in names]


def check(proof: dict[str, Any], published: dict[str, Any] | None) -> dict[str, Any]:
    """Raises Wrong. The snapshot that the proof is of."""
    snapshot: dict[str, Any] = member(proof, "snapshot", dict)
    assets = assets_of(snapshot)
    totals = sums(snapshot["totals"], assets, "totals")
    depth = whole(snapshot.get("depth"), "depth", MAX_DEPTH)
    if whole(snapshot.get("customers"), "customers", 2**MAX_DEPTH) > 2**depth:
        raise Wrong("the tree is too small for its customers")
    top, climbed = climb(proof, assets, depth)
    if climbed != totals:
        raise Wrong("the leaf and its path do not add up to the totals")
    if root_of(snapshot, assets, top, totals) != snapshot.get("root"):
        raise Wrong("the leaf and its path do not lead to the root")
    if published is not None:
        for name in FACTS:
            if published.get(name) != snapshot.get(name):
                raise Wrong(f"{name} is not the published one")
        if sums(member(published, "totals", list), assets, "published totals") != totals:
            raise Wrong("the totals are not the published ones")
    return snapshot


def read(name: str) -> dict[str, Any]:
    """A JSON object out of a file; "-" is standard input."""
    with open(sys.stdin.fileno() if name == "-" else name, "rb", closefd=name != "-") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Wrong(f"{name} is too long")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise Wrong(f"{name} is not JSON") from None
    if not isinstance(content, dict):
        raise Wrong(f"{name} is no object")
    return content


def compare(snapshot: dict[str, Any], root: str | None, totals: list[str]) -> None:
    """With what was given by hand."""
    if root is not None and root.strip().lower() != snapshot["root"]:
        raise Wrong("the root is not the published one")
    shown = {row["asset"]: str(whole(row["atoms"], "totals")) for row in snapshot["totals"]}
    for given in totals:
        asset, _, atoms = given.partition("=")
        if shown.get(asset) != atoms:
            raise Wrong(f"the total of {asset} is not the published one")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("proof", nargs="?", default="-", help="the proof's JSON; standard input without it")
    parser.add_argument("--published", metavar="FILE", help="the snapshot's JSON as everybody sees it")
    parser.add_argument("--root", metavar="HEX", help="the published root")
    parser.add_argument("--total", action="append", default=[], metavar="ASSET=ATOMS")
    parser.add_argument("--audit-id", metavar="ID", help="yours: the number and the name of your account")
    given = parser.parse_args()
    try:
        proof = read(given.proof)
        published = read(given.published) if given.published else None
        if published is not None:
            published = member(published, "snapshot", dict) if "snapshot" in published else published
        snapshot = check(proof, published)
        compare(snapshot, given.root, given.total)
        if given.audit_id is not None and given.audit_id != proof["leaf"]["audit_id"]:
            raise Wrong("the leaf is somebody else's")
    except (Wrong, OSError, UnicodeError) as problem:
        sys.stdout.write(f"NOT PROVED: {problem}.\n")
        return 1
    tell(proof, snapshot, compared=published is not None or given.root is not None)
    return 0


def tell(proof: dict[str, Any], snapshot: dict[str, Any], *, compared: bool) -> None:
    who = ascii(proof["leaf"]["audit_id"])
    lines = [f"PROVED: the leaf of {who} is in the snapshot with the root", snapshot["root"], ""]
    lines += [f"  yours   {row['atoms']:>24} atoms of {row['asset']}" for row in proof["leaf"]["amounts"]]
    lines += [f"  total   {row['atoms']:>24} atoms of {row['asset']}" for row in snapshot["totals"]]
    if not compared:
        lines += ["", "The root was taken from the proof itself: compare it with the published one."]
    sys.stdout.write("\n".join([*lines, PROVES, ""]))


if __name__ == "__main__":
    sys.exit(main())
