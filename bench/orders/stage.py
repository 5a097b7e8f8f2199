"""API keys for the first accounts of a staged database, as JSON: `python -m bench.orders.stage COUNT`."""

import json
import sys

import django

django.setup()

from access.http import Scope  # noqa: E402  (models need django.setup first)
from access.services import Origin, create_api_key  # noqa: E402
from access.signing import KeyKind  # noqa: E402
from bench.path.stage import TRADERS  # noqa: E402


def main(count: int) -> None:
    keys = {}
    for trader in TRADERS[:count]:
        new = create_api_key(
            user_id=trader,
            label="bench",
            kind=KeyKind.HMAC,
            scopes=[Scope.READ, Scope.TRADE],
            origin=Origin(),
        )
        keys[trader] = (new.key.public_id, new.secret)
    json.dump(keys, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
