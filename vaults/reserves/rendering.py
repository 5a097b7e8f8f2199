"""Reserves as the API shows them. Proofs are in atoms, as they are hashed; all else in decimal strings."""

from collections.abc import Iterable
from datetime import datetime

from custody.selectors_reserves import ReserveCoin
from health.selectors import InvariantView
from ledger.money import format_atoms
from vaults.models import ReserveSnapshot
from vaults.rendering import Shown
from vaults.reserves.proofs import OwnProof
from vaults.reserves.tree import Sums
from vaults.reserves.vault_pages import PublicVault
from vaults.rules.moments import milliseconds
from vaults.rules.texts import bitcoin, dollars, ratio_text


def _moment(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def render_snapshot(snapshot: ReserveSnapshot, decimals: dict[str, int]) -> Shown:
    return {
        "snapshot_id": str(snapshot.pk),
        "taken_ms": milliseconds(snapshot.taken_at),
        "position": str(snapshot.position),
        "customers": snapshot.customers,
        "depth": snapshot.depth,
        "root": snapshot.root,
        "totals": [
            {"asset": asset, "atoms": total, "amount": format_atoms(int(total), decimals[asset])}
            for asset, total in zip(snapshot.assets, snapshot.totals, strict=True)
        ],
    }


def render_proof(proof: OwnProof, decimals: dict[str, int]) -> Shown:
    """What `docs/verify_liabilities.py` reads."""
    assets = proof.snapshot.assets
    return {
        "snapshot": render_snapshot(proof.snapshot, decimals),
        "leaf": {
            "audit_id": proof.leaf.audit_id,
            "salt": proof.leaf.salt.hex(),
            "index": str(proof.index),
            "amounts": _atoms(assets, proof.leaf.amounts),
        },
        "path": [{"hash": step.hash.hex(), "sums": _atoms(assets, step.sums)} for step in proof.path],
    }


def _atoms(assets: Iterable[str], sums: Sums) -> list[Shown]:
    return [{"asset": asset, "atoms": str(atoms)} for asset, atoms in zip(assets, sums, strict=True)]


def render_identity(view: InvariantView) -> Shown:
    """`holds` is null where it was never looked at."""
    is_known = view.checked_at is not None
    return {
        "name": view.name,
        "meaning": view.about,
        "holds": view.violations == 0 if is_known else None,
        "violations": view.violations,
        "violated_since_ms": _moment(view.violated_since),
        "checked_ms": _moment(view.checked_at),
        "whole_checked_ms": _moment(view.whole_at),
    }


def render_reserve_coin(coin: ReserveCoin) -> Shown:
    return {
        "txid": coin.txid,
        "vout": coin.vout,
        "amount": bitcoin(coin.value_sats),
        "address": coin.address,
        "confirmations": coin.confirmations,
        "being_spent": coin.is_leaving,
    }


def render_public_vault(shown: PublicVault) -> Shown:
    vault, figures = shown.vault, shown.vault.figures.figures
    return {
        "vault_id": str(vault.pk),
        "status": vault.status,
        "addresses": list(shown.addresses),
        "collateral": bitcoin(vault.collateral_sats),
        "leaving": bitcoin(shown.leaving_sats),
        "debt": dollars(shown.debt_atoms),
        "ratio": ratio_text(shown.ratio_ppm),
        "liquidation_ratio": ratio_text(figures.liquidation_ratio_ppm),
        "coins_count": shown.total.coins,
        "coins_amount": bitcoin(shown.total.sats),
        "coins": [
            {**render_reserve_coin(coin), "status": shown.statuses.get(coin.coin_id)} for coin in shown.coins
        ],
    }
