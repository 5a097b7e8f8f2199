"""A web process that ends says so in the words of each path."""

import socket as sockets
import time
from contextlib import ExitStack

from tests.api.house import House, answers, started
from tests.binance.house import SYMBOL
from tests.binance.stream_client import streams
from tests.support.waiting import until


def test_a_server_that_leaves_says_so(house: House) -> None:
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    folder = house.folder / "leaving"
    folder.mkdir()
    with ExitStack() as stack:
        web = started("web", folder, {**house.env, "PORT": str(port)}, stack)
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url, web))
        one = stack.enter_context(streams(url, f"/ws/{SYMBOL.lower()}@trade"))
        api = stack.enter_context(streams(url, "/ws-api/v3"))
        now_ms = time.time_ns() // 1_000_000
        web.terminate()
        assert one.closed_with() == api.closed_with() == 1012
        last = one.heard[-1]
        assert api.heard[-1]["event"]["e"] == "serverShutdown"
        assert last["e"] == "serverShutdown"
        assert abs(last["E"] - now_ms) < 5_000
        until(lambda: web.poll() is not None)
        assert "Traceback" not in web.log.read_text()
