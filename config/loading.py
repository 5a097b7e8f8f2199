"""How a process loads: without looking for garbage, and without what libraries would bring for nobody.

A process imports some two thousand modules before it does anything, and it is started by hundreds of tests,
by `manage.py up` a dozen at a time, by whoever waits for a restart. It never changes what a module does.
"""

import gc
import sys
from types import ModuleType
from typing import cast

_TILL_LOADED = ("requests", "pygments")  # REST framework would have them; ccxt and rich need them, later
_NEVER = ("httpx._main",)  # a command line, which brings rich, click and pygments
_modules = cast(dict[str, ModuleType | None], sys.modules)  # None: "cannot be imported"


def begin_loading() -> None:
    """Nothing that modules make at import is garbage: looking at all of it again and again costs a fifth."""
    gc.disable()
    for name in (*_TILL_LOADED, *_NEVER):
        _modules.setdefault(name, None)


def end_loading() -> None:
    """What was loaded stays till the process ends, so nobody needs to look at it again."""
    for name in _TILL_LOADED:
        if _modules.get(name, sys) is None:
            del _modules[name]
    gc.freeze()
    gc.enable()
