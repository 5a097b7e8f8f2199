"""What an account can ask of vaults, over HTTP and over sockets alike: read values in, what is shown out.

Everything here blocks and begins its own transactions. What it raises is the answer.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from access.services import Origin
from custody.errors import InvalidXpub
from vaults.rendering import (
    Shown,
    render_minted,
    render_repaid,
    render_saved,
    render_vault,
    render_withdrawal,
)
from vaults.rules.proofs import Proof
from vaults.selectors import view_of
from vaults.services.collateral import Close, Take, cancel, close, withdraw
from vaults.services.minting import Mint, mint
from vaults.services.opening import Opening, open_vault
from vaults.services.repaying import Repay, repay
from vaults.services.saving import Save, save
from vaults.services.signing import sign

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asker:
    """`key`: his own name for what he asks, which makes it happen once."""

    user_id: int
    key: str
    origin: Origin


def ask_open(asker: Asker, values: Values) -> Shown:
    now = timezone.now()
    proof = Proof(values["time"], values["proof"])
    ask = Opening(asker.user_id, asker.key, values["key"], proof, values["label"])
    try:
        vault = open_vault(ask, now)
    except InvalidXpub as error:  # a private one, too
        error.field = "key"
        raise
    return {"vault": render_vault(view_of(vault, now))}


def ask_mint(asker: Asker, vault_id: UUID, values: Values) -> Shown:
    ask = Mint(
        asker.user_id,
        vault_id,
        asker.key,
        amount_atoms=values["amount"],
        min_ratio_ppm=values["min_ratio"],
        max_debt_atoms=values["max_debt"],
    )
    return {"minted": render_minted(mint(ask, timezone.now()))}


def ask_repay(asker: Asker, vault_id: UUID, values: Values) -> Shown:
    ask = Repay(asker.user_id, vault_id, asker.key, values["amount"])
    return {"repaid": render_repaid(repay(ask, timezone.now()))}


def ask_save(asker: Asker, vault_id: UUID, values: Values) -> Shown:
    ask = Save(
        asker.user_id,
        vault_id,
        asker.key,
        repay_atoms=values["repay"],
        deposit_sats=values["deposit"],
        code=values["code"] or "",
    )
    return {"saved": render_saved(save(ask, timezone.now(), asker.origin))}


def ask_withdraw(asker: Asker, vault_id: UUID, values: Values) -> Shown:
    ask = Take(
        asker.user_id,
        vault_id,
        asker.key,
        amount_sats=values["amount"],
        address=values["address"],
        min_ratio_ppm=values["min_ratio"],
    )
    return {"withdrawal": render_withdrawal(withdraw(ask, timezone.now(), asker.origin))}


def ask_close(asker: Asker, vault_id: UUID, values: Values) -> Shown:
    ask = Close(asker.user_id, vault_id, asker.key, values["address"])
    done = close(ask, timezone.now(), asker.origin)
    return {"withdrawal": None if done is None else render_withdrawal(done)}


def ask_sign(user_id: int, vault_id: UUID, withdrawal_id: UUID, psbt: str, origin: Origin) -> Shown:
    signed = sign(user_id, vault_id, withdrawal_id, psbt, timezone.now(), origin)
    return {"withdrawal": render_withdrawal(signed)}


def ask_cancel(user_id: int, vault_id: UUID, withdrawal_id: UUID, origin: Origin) -> Shown:
    canceled = cancel(user_id, vault_id, withdrawal_id, timezone.now(), origin)
    return {"withdrawal": render_withdrawal(canceled)}
