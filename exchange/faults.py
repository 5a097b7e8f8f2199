"""Named points at which a test can make this process die, stop or fail, to prove that nothing is lost there.

Inert unless the environment names a point: `BALLAST_FAULT=before_commit:3:kill` kills the process the
third time it passes `before_commit`.
"""

import os
import signal

_point, _passes, _action = [*os.environ.get("BALLAST_FAULT", "").split(":"), "", ""][:3]
_remaining = int(_passes or 1) if _point else 0
_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


def fault_point(name: str) -> None:
    """Marks a moment in the life of a batch. Costs one comparison where no fault is asked for."""
    global _remaining
    if name != _point or not _remaining:
        return
    _remaining -= 1
    if not _remaining:
        os.kill(os.getpid(), _SIGNALS[_action or "kill"])
