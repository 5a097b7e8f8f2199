"""Run inside the house, once: opens the markets and makes the people, prints their keys as JSON.

BTC-USDB lives (`flow`); ETH-USDB is quiet, so that a life of an order there is the same each time; the others
refuse: few open orders, a price band, closed.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from collections.abc import Iterable  # noqa: E402

from django.contrib.auth.models import User  # noqa: E402

from access.http import Scope  # noqa: E402
from access.services import Origin, create_api_key  # noqa: E402
from access.signing import KeyKind  # noqa: E402
from exchange.rules import TransferDirection  # noqa: E402
from exchange.services.markets import open_market  # noqa: E402
from exchange.services.transfers import begin_transfer  # noqa: E402
from ledger.services import issue_demo_funds, open_asset  # noqa: E402

ATOMS = 10**8
MONEY = {"BTC": 1_000, "ETH": 10_000, "USDB": 50_000_000}
IN_FUNDING = {"BTC": 10, "ETH": 10, "USDB": 10_000}
BOTH = (Scope.READ, Scope.TRADE)
PEOPLE = {
    "mira": BOTH,  # makes the living market
    "toby": BOTH,  # takes from it
    "anna": BOTH,
    "bert": BOTH,
    "rita": (Scope.READ,),
    "olga": BOTH,  # meets limits
    "paul": BOTH,  # has nothing
}


def main() -> None:
    open_asset(code="ETH", name="Ether", decimals=8)

    open_market(symbol="ETH-USDB", min_notional_atoms=5 * ATOMS, price_decimals=2, quantity_decimals=5)
    open_market(
        symbol="ETH-BTC",
        price_decimals=5,
        quantity_decimals=3,
        quantity_step_lots=10,
        price_step_ticks=10,
        min_notional_atoms=ATOMS // 1000,
        max_notional_atoms=10 * ATOMS,
        max_open_orders=3,
        band_ppm=500_000,
    )
    people = {name: _person(name, scopes, funds=name != "paul") for name, scopes in PEOPLE.items()}
    print(json.dumps(people))


def _person(name: str, scopes: Iterable[Scope], *, funds: bool) -> dict[str, object]:
    user = User.objects.create_user(f"conformance-{name}")
    new = create_api_key(user_id=user.pk, label=name, kind=KeyKind.HMAC, scopes=scopes, origin=Origin())
    for asset, amount in MONEY.items() if funds else ():
        _give(user.pk, asset, amount)
    return {"user_id": user.pk, "key": new.key.public_id, "secret": new.secret}


def _give(user_id: int, asset: str, amount: int) -> None:
    key = f"conformance:{user_id}:{asset}"
    whole = (amount + IN_FUNDING[asset]) * ATOMS
    issue_demo_funds(owner_id=user_id, asset=asset, amount_atoms=whole, key=key)
    begin_transfer(
        user_id=user_id,
        shard=0,
        direction=TransferDirection.TO_TRADING,
        asset=asset,
        amount_atoms=amount * ATOMS,
        key=key,
    )


if __name__ == "__main__":
    main()
