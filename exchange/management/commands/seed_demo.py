"""Seeds the demo and keeps its users' API keys where `manage.py call` finds them."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from access.http import Scope
from access.second_factor import new_secret
from access.selectors import live_keys
from access.services import Origin, create_api_key, revoke_api_key
from access.signing import KeyKind
from custody.services.demo import NotReady, seed_house, seed_person
from exchange.demo_keys import DemoKey, keys_file, read_demo_keys, write_demo_keys
from exchange.services.demo import NAMES, DemoUser, seed_demo

LOOPBACK = ("127.0.0.0/8", "::1/128")
LABEL = "demo"


class Command(BaseCommand):
    help = "Make the demo market and users with play money; print their API keys. Repeatable."

    def handle(self, *_: Any, **options: Any) -> None:
        path = keys_file(Path(settings.STATE_DIR))
        known = read_demo_keys(path)
        people = seed_demo()
        keys = {demo.user.username: _key_of(demo, known) for demo in people}
        write_demo_keys(path, keys)
        if settings.DEV_CHAIN:
            keys = {**keys, **self._bitcoin_of([one for one in people if one.user.username in NAMES], keys)}
            write_demo_keys(path, keys)
        self.stdout.write("Demo users (play money; keys also in " + os.path.relpath(path) + "):")
        for name in NAMES:  # those of bots are in the file
            self.stdout.write(f"  {name:<6} key {keys[name].key}  secret {keys[name].secret}")

    def _bitcoin_of(self, people: list[DemoUser], keys: dict[str, DemoKey]) -> dict[str, DemoKey]:
        """Their keys again, with what withdrawals take; nothing where the chain or a signer is not there."""
        try:
            seed_house()
            return {demo.user.username: _withdrawing(demo, keys[demo.user.username]) for demo in people}
        except NotReady as error:
            self.stderr.write(f"No bitcoin for the demo users yet, try again later: {error}")
            return {}


def _withdrawing(demo: DemoUser, known: DemoKey) -> DemoKey:
    live = {key.public_id for key in live_keys(demo.user.pk)}
    if not known.totp_secret:
        known = replace(known, totp_secret=new_secret())
    seed_person(user_id=demo.user.pk, totp_secret=known.totp_secret)
    if known.withdraw_key in live:
        return known
    new = create_api_key(
        user_id=demo.user.pk,
        label="demo withdrawals",
        kind=KeyKind.HMAC,
        scopes=[Scope.READ, Scope.WITHDRAW],
        allowed_networks=LOOPBACK,
        origin=Origin(),
    )
    return replace(known, withdraw_key=new.key.public_id, withdraw_secret=new.secret)


def _key_of(demo: DemoUser, known: dict[str, DemoKey]) -> DemoKey:
    """The key of last time where it still is good, else a new one in place of those whose file is gone."""
    name = demo.user.username
    live = {key.public_id for key in live_keys(demo.user.pk)}
    if name in known and known[name].key in live:
        return known[name]
    for lost in live_keys(demo.user.pk).filter(label=LABEL):
        revoke_api_key(user_id=demo.user.pk, key_id=lost.pk, origin=Origin())
    earlier = known.get(name, DemoKey("", ""))
    new = create_api_key(
        user_id=demo.user.pk,
        label=LABEL,
        kind=KeyKind.HMAC,
        scopes=[Scope.READ, Scope.TRADE],
        origin=Origin(),
    )
    return replace(earlier, key=new.key.public_id, secret=new.secret)
