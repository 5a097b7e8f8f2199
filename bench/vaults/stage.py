"""Owners with an API key and a vault full of bitcoin each, as JSON: `python -m bench.vaults.stage OWNERS`.

The price stands still for as long as the load lasts; bitcoin comes as a watcher would tell of it.
"""

import hashlib
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  (models need django.setup first)
from django.db.models import F  # noqa: E402

from access.http import Scope  # noqa: E402
from access.services import Origin, create_api_key  # noqa: E402
from access.signing import KeyKind  # noqa: E402
from custody.bitcoin.proofs import PROOF_PLACE, prove  # noqa: E402
from custody.bitcoin.types import Network, Role  # noqa: E402
from custody.models import ChainPosition, Coin, WatchedScript  # noqa: E402
from custody.services.wallet_keys import keep_key  # noqa: E402
from custody.signers.seeds import AccountSecret, account_from_seed  # noqa: E402
from ledger.services import seed_assets  # noqa: E402
from oracle.models import Current  # noqa: E402
from oracle.rules import Band  # noqa: E402
from oracle.rules.encoding import encode_view  # noqa: E402
from oracle.selectors import NO_ROUND  # noqa: E402
from vaults.models import FiguresVersion, Vault  # noqa: E402
from vaults.rules.figures import Figures, as_values  # noqa: E402
from vaults.rules.proofs import Proof  # noqa: E402
from vaults.services.coins import follow  # noqa: E402
from vaults.services.minting import Mint, mint  # noqa: E402
from vaults.services.opening import Opening, open_vault  # noqa: E402
from vaults.services.rate import begin_accumulator  # noqa: E402

HEIGHT = 1_000
DEEP = 10
BITCOIN = 10 * 10**8
DOLLARS = 50_000 * 10**8
PRICE = 60_000 * 10**8
HOUR_MS = 3_600_000


def main(owners: int) -> None:
    now = datetime.now(UTC)
    seed_assets()
    begin_accumulator(now)
    for role in (Role.HOT, Role.PROTOCOL, Role.BACKUP):
        keep_key(role=role, key=_secret(role.value, role).key, party=role.value)
    FiguresVersion.objects.create(**as_values(replace(Figures(), max_vaults=1_000)), reason="bench")
    ChainPosition.objects.create(network=Network.REGTEST.value, height=HEIGHT)
    _put_price(now)
    staged = [_owner(number, now) for number in range(owners)]
    for one in staged:
        pay(Vault.objects.get(pk=one["vault"]), BITCOIN)
    while follow(now):
        pass
    for one in staged:
        mint(Mint(one["user"], UUID(one["vault"]), "first-mint", DOLLARS), now)
    json.dump(staged, sys.stdout)


def pay(vault: Vault, sats: int) -> None:
    """As the watcher tells it: deep enough in the chain to count."""
    ChainPosition.objects.update(facts_number=F("facts_number") + 1, reviewed_number=F("reviewed_number") + 1)
    number = ChainPosition.objects.get().facts_number
    watched = WatchedScript.objects.get(address=vault.address)
    Coin.objects.create(
        txid=f"{number:064x}", vout=0, watched=watched, value_sats=sats, height=DEEP, told_number=number
    )


def _owner(number: int, now: datetime) -> dict[str, Any]:
    user = User.objects.create(username=f"owner-{number}")
    secret = _secret(f"owner-{number}", Role.USER)
    account_key = f"[{secret.key.fingerprint}/{secret.key.path}]{secret.key.xpub}"
    time_s = int(now.timestamp())
    proof = prove(secret.secret_at(PROOF_PLACE), Network.REGTEST, user.pk, secret.key, time_s)
    vault = open_vault(Opening(user.pk, "first", account_key, Proof(time_s, proof)), now)
    key = create_api_key(
        user_id=user.pk,
        label="bench",
        kind=KeyKind.HMAC,
        scopes=[Scope.READ, Scope.TRADE],
        origin=Origin(),
    )
    opening = {"key": account_key, "proof": proof, "time": time_s}
    return {
        "user": user.pk,
        "vault": str(vault.pk),
        "api_key": [key.key.public_id, key.secret],
        "opening": opening,
    }


def _secret(name: str, role: Role) -> AccountSecret:
    return account_from_seed(hashlib.sha512(name.encode()).digest(), role, Network.REGTEST)


def _put_price(now: datetime) -> None:
    now_ms = int(now.timestamp() * 1000)
    band = Band(PRICE, 0, now_ms)
    view = replace(
        NO_ROUND,
        round_id=1,
        round_ms=now_ms,
        last=band,
        confirming=band,
        twap_e8=PRICE,
        twap_covered_ms=HOUR_MS,
        stale_after_ms=HOUR_MS,
    )
    Current.objects.update_or_create(pk=1, defaults={"view": encode_view(view)})


if __name__ == "__main__":
    main(int(sys.argv[1]))
