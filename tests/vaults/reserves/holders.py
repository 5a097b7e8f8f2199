"""Customers with money, few or many, and proofs of theirs held against the script that they run."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet

from ledger.rules import Purpose
from ledger.services import seed_assets
from tests.ledger.scene import funding, hold, house, move, trading
from vaults.models import ReserveSnapshot
from vaults.reserves.proofs import OwnProof, proof_of
from vaults.reserves.rendering import render_proof, render_snapshot
from vaults.reserves.summary import decimals_of_assets

_PEOPLE = """
INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff, is_active,
                       date_joined)
SELECT 'holder' || lpad(n::text, 7, '0'), '', '', '', '', false, false, true, now()
  FROM generate_series(1, %s) AS n"""
_MONEY = """
INSERT INTO ledger_account (owner_id, asset_id, purpose, shard, balance_atoms)
SELECT id, %s, 'FUNDING', 0, %s * substr(username, 7)::bigint FROM auth_user WHERE username LIKE 'holder%%'"""
_ISSUED = """
INSERT INTO ledger_account (asset_id, purpose, shard, balance_atoms) VALUES (%s, 'DEMO_ISSUE', 0, %s)"""
SCRIPT = Path(settings.BASE_DIR) / "docs" / "verify_liabilities.py"


@cache
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_liabilities", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def small_town() -> tuple[User, User, User]:
    """Alice has money everywhere, Bob some that is set aside, Carol none."""
    seed_assets()
    alice = funding("alice", 700).owner
    trading("alice", 50)
    trading("alice", 5, shard=1)
    funding("alice", 9_000, "USDB")
    bobs = funding("bob", 300)
    hold(bobs, house(Purpose.WITHDRAWALS), 100)
    carol = funding("carol").owner
    move(funding("dave", 40), house(Purpose.WITHDRAWALS), 40)
    assert alice is not None
    assert bobs.owner is not None
    assert carol is not None
    return alice, bobs.owner, carol


def crowd(count: int) -> QuerySet[User]:
    """Number n has n atoms of BTC and 2n of USDB, out of the demo issue and without transfers."""
    seed_assets()
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [count])
        for asset, times in (("BTC", 1), ("USDB", 2)):
            cursor.execute(_MONEY, [asset, times])
            cursor.execute(_ISSUED, [asset, -times * count * (count + 1) // 2])
    return User.objects.filter(username__startswith="holder").order_by("pk")


def shown_proof(user: User, snapshot: ReserveSnapshot | None = None) -> dict[str, Any]:
    found: OwnProof = proof_of(user.pk, None if snapshot is None else snapshot.pk)
    return render_proof(found, decimals_of_assets())


def proved(user: User, snapshot: ReserveSnapshot) -> dict[str, int]:
    """What the script believes of the user's proof, against the snapshot as everybody sees it."""
    shown = shown_proof(user, snapshot)
    script().check(shown, render_snapshot(snapshot, decimals_of_assets()))
    assert shown["leaf"]["audit_id"] == f"{user.pk}:{user.username}"
    return {row["asset"]: int(row["atoms"]) for row in shown["leaf"]["amounts"]}


def totals(snapshot: ReserveSnapshot) -> dict[str, int]:
    return dict(zip(snapshot.assets, map(int, snapshot.totals), strict=True))
