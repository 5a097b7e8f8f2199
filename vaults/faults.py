"""Named points at which a test can make this process die, to prove that nothing is lost or done twice.

Inert unless the environment names a point: `BALLAST_VAULT_FAULT=coins_followed:3` kills the process the
third time it passes `coins_followed`.
"""

import os
import signal

_point, _passes = [*os.environ.get("BALLAST_VAULT_FAULT", "").split(":"), "", ""][:2]
_remaining = int(_passes or 1) if _point else 0


def fault_point(name: str) -> None:
    """Marks a moment between two steps. Costs one comparison where no fault is asked for."""
    global _remaining
    if name != _point or not _remaining:
        return
    _remaining -= 1
    if not _remaining:
        os.kill(os.getpid(), signal.SIGKILL)
