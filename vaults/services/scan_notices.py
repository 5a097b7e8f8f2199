"""What owners are told when the price moves their vaults: once for each entry into a state."""

from collections.abc import Mapping
from types import MappingProxyType

from access.notices import Notice
from ledger.money import format_atoms
from vaults.rules.statuses import VaultEvent
from vaults.services.restating import Restated

E8_DECIMALS = 8
RATIO_DECIMALS = 6
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
        "price": _e8(one.grounds.price_e8),
        "debt": _e8(one.debt_atoms),
        "collateral": _e8(one.vault.collateral_sats),
        "ratio": format_atoms(one.ratio_ppm or 0, RATIO_DECIMALS),
        "liquidation_ratio": format_atoms(one.figures.liquidation_ratio_ppm, RATIO_DECIMALS),
    }


def _percent(ppm: int) -> str:
    """To a hundredth, rounded down: what is below a limit is never shown at it."""
    return f"{format_atoms(ppm // 100, 2)} %"


def _dollars(price_e8: int) -> str:
    return format_atoms(price_e8 // 10**6, 2)


def _e8(amount: int) -> str:
    return format_atoms(amount, E8_DECIMALS)
