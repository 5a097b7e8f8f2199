"""The ASGI entry of the web process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# What follows needs the settings and the models.
from access.door import FrontDoor  # noqa: E402
from access.http import shutdown_hooks, startup_hooks  # noqa: E402
from exchange.api.session import close_gateway, open_gateway  # noqa: E402

startup_hooks.append(open_gateway)
shutdown_hooks.append(close_gateway)
application = FrontDoor()
