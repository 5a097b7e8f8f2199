"""The ASGI entry of the web process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# What follows needs the settings and the models.
from access.door import FrontDoor  # noqa: E402

application = FrontDoor()
