"""What owners are told when the price moves their vaults: once for each entry into a state."""

from collections.abc import Mapping
from types import MappingProxyType

from access.notices import Notice
from ledger.money import format_atoms
from oracle.rendering import render_price_e8
from vaults.rules.statuses import VaultEvent
from vaults.rules.texts import bitcoin, dollars, ratio_text
from vaults.services.restating import Restated

_SAVE = "Add bitcoin or repay to save it."
_WORDS: Mapping[VaultEvent, tuple[str, str]] = MappingProxyType(
    {
        VaultEvent.WARN: ("VAULT_WARNING", f"is close to liquidation, which begins below {{limit}}. {_SAVE}"),
        VaultEvent.LIQUIDATE: ("VAULT_LIQUIDATING", f"is below {{limit}} and may be liquidated now. {_SAVE}"),
        VaultEvent.RECOVER: ("VAULT_RECOVERED", "is out of liquidation."),
        VaultEvent.RECOVER_WARNED: (
            "VAULT_RECOVERED",
            f"is out of liquidation, and close to it, which begins below {{limit}}. {_SAVE}",
        ),
    }
)


def notice_of(one: Restated) -> Notice | None:
    """None where there is nothing that an owner has to know: that a warning has passed, the vault shows."""
    if one.event not in _WORDS:
        return None
    kind, words = _WORDS[one.event]
    limit, ratio = _percent(one.figures.liquidation_ratio_ppm), _percent(one.ratio_ppm or 0)
    name = f'"{one.vault.label}"' if one.vault.label else str(one.vault.id)
    text = f"Your vault {name}, at {ratio} by a price of {_dollars(one.grounds.price_e8)}, "
    return Notice(one.vault.owner_id, kind, one.key, text + words.format(limit=limit), _data(one))


def _data(one: Restated) -> dict[str, object]:
    return {
        "vault_id": str(one.vault.id),
        "version": one.vault.version,
        "status": one.vault.status,
        "price": render_price_e8(one.grounds.price_e8),
        "debt": dollars(one.debt_atoms),
        "collateral": bitcoin(one.vault.collateral_sats),
        "ratio": ratio_text(one.ratio_ppm or 0),
        "liquidation_ratio": ratio_text(one.figures.liquidation_ratio_ppm),
    }


def _percent(ppm: int) -> str:
    """To a hundredth, rounded down: what is below a limit is never shown at it."""
    return f"{format_atoms(ppm // 100, 2)} %"


def _dollars(price_e8: int) -> str:
    return format_atoms(price_e8 // 10**6, 2)
