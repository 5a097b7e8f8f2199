"""Seeds the demo and keeps its users' API keys where `manage.py call` finds them."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from access.http import Scope
from access.selectors import live_keys
from access.services import Origin, create_api_key
from access.signing import KeyKind
from exchange.demo_keys import DemoKey, keys_file, read_demo_keys, write_demo_keys
from exchange.services.demo import NAMES, DemoUser, seed_demo


class Command(BaseCommand):
    help = "Make the demo market and users with play money; print their API keys. Repeatable."

    def handle(self, *_: Any, **options: Any) -> None:
        path = keys_file(Path(settings.STATE_DIR))
        known = read_demo_keys(path)
        keys = {demo.user.username: _key_of(demo, known) for demo in seed_demo()}
        write_demo_keys(path, keys)
        self.stdout.write("Demo users (play money; keys also in " + os.path.relpath(path) + "):")
        for name in NAMES:  # those of bots are in the file
            self.stdout.write(f"  {name:<6} key {keys[name].key}  secret {keys[name].secret}")


def _key_of(demo: DemoUser, known: dict[str, DemoKey]) -> DemoKey:
    """The key of last time where it still is good, else a new one."""
    name = demo.user.username
    live = {key.public_id for key in live_keys(demo.user.pk)}
    if name in known and known[name].key in live:
        return known[name]
    new = create_api_key(
        user_id=demo.user.pk,
        label="demo",
        kind=KeyKind.HMAC,
        scopes=[Scope.READ, Scope.TRADE],
        origin=Origin(),
    )
    return DemoKey(new.key.public_id, new.secret)
