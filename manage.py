#!/usr/bin/env python
"""Entry point of every management command."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from exchange.compiled.loading import NotCompiled, choose_engine

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Before anything imports the engine. All but the engine's own process run the interpreted one.
    if sys.argv[1:2] == ["run_engine"]:
        try:
            choose_engine(settings.ENGINE)
        except NotCompiled as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)
