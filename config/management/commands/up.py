"""`manage.py up`: the whole exchange on this machine until Ctrl-C."""

import os
import signal
import threading
from argparse import ArgumentParser, BooleanOptionalAction
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.embedded.errors import ServerError
from config.machine import Machine, StartError, Stopped, Wish
from config.screen import Screen

_PAUSE_SECONDS = 0.05


class Command(BaseCommand):
    help = (
        "Run everything on this machine: servers where no URL names one, migrations, a demo, every process."
    )
    requires_system_checks = ()  # what they would look for, this command provides

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            default=None,
            help="demo users and money; default: only with own servers",
        )

    def handle(self, *, port: int, host: str, demo: bool | None, **options: Any) -> None:
        stopping = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask_to_stop)
        if demo is None:  # never invent money in a database that somebody named
            demo = settings.DEMO if "BALLAST_DEMO" in os.environ else not os.environ.get("DATABASE_URL")
        wish = Wish(settings.BASE_DIR, settings.STATE_DIR.absolute(), host, port, demo, os.environ)
        screen = Screen()
        run(Machine(wish, screen.tell, stopping.is_set), screen, stopping)


def run(machine: Machine, screen: Screen, stopping: threading.Event) -> None:
    screen.opening(machine.wish.state_dir)
    try:
        machine.start()
        screen.show(machine)
        while not stopping.is_set():
            if not machine.run_once():
                stopping.wait(_PAUSE_SECONDS)
    except Stopped:
        pass
    except (StartError, ServerError) as error:
        raise CommandError(str(error)) from None
    finally:
        screen.closing()
        machine.stop()
    screen.closed()
