"""What owners of vaults are told of."""

from access.notices.kinds import NoticeKind

KINDS = (
    NoticeKind(
        "VAULT_WARNING", "A vault is close to liquidation", "The price comes close to a vault's limit."
    ),
    NoticeKind("VAULT_LIQUIDATING", "A vault may be liquidated", "A vault is below its liquidation ratio."),
    NoticeKind("VAULT_RECOVERED", "A vault is out of liquidation", "A vault is above its limit again."),
)
