"""A process whose loop is stuck leaves; one whose loop turns stays."""

import subprocess
import sys

from health.watchdog import STUCK

PROGRAM = """
import time
from health.watchdog import Watchdog

watchdog = Watchdog(limit=5, tick_s=0.1)
watchdog.start()
for _ in range(12):
    watchdog.silent_ticks = 0
    time.sleep(0.1)
print("turned for longer than the limit", flush=True)
time.sleep(60)
"""


def test_a_loop_that_turns_goes_on_and_one_that_is_stuck_ends_its_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=45, check=False
    )
    assert done.stdout == "turned for longer than the limit\n"
    assert done.returncode == STUCK
    assert "silent for" in done.stderr
