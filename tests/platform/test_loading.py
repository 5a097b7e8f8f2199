"""What a process loads with, and what it is spared."""

from tests.platform.test_settings import run

WEB = """
import gc, sys
import config.asgi
spared = ("requests", "rich", "pygments", "httpx._main")
print(*(name for name in spared if sys.modules.get(name)), gc.isenabled())
"""
LATER = """
import django
django.setup()
import requests, rich.syntax
print(requests.__name__, rich.__name__)
"""


def test_the_web_process_is_spared_what_nobody_uses_and_looks_for_garbage_again() -> None:
    assert run(WEB) == "True"


def test_who_needs_what_others_are_spared_has_it() -> None:
    assert run(LATER) == "requests rich"
