"""What ccxt reads of markets: everything that a stranger may see."""

import time
from typing import Any

LIVING = "BTC/USDB"


def test_it_knows_the_servers_time(nobody: Any) -> None:
    assert abs(nobody.fetch_time() - time.time() * 1000) < 5_000
