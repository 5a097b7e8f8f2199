"""Whoever cannot be told all is told so by the end of his connection, and begins anew."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import redis

from access.sockets.connection import TOO_BUSY
from config.children import ChildProcess
from exchange.models import AccountMessage
from tests.api.house import House, answers, started
from tests.binance.api_socket import listening
from tests.binance.house import Trader
from tests.platform.processes import free_port
from tests.support.waiting import until


@contextmanager
def a_web(house: House) -> Iterator[tuple[str, ChildProcess]]:
    with ExitStack() as stack:
        folder = house.folder / "held"
        folder.mkdir()
        port = free_port()
        web = started("web", folder, {**house.env, "PORT": str(port)}, stack)
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url, web))
        yield url, web


@contextmanager
def held(web: ChildProcess) -> Iterator[None]:
    """It does not move meanwhile."""
    os.kill(web.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(web.pid, signal.SIGCONT)


def places(who: Trader, **order: str) -> bool:
    return who.try_order(**order).status == 200


def test_who_missed_what_is_not_kept_any_more_is_closed(house: House, alice: Trader) -> None:
    messages = AccountMessage.objects.filter(account_id=alice.person.user_id)
    with a_web(house) as (url, web), listening(url, alice) as socket:
        socket.await_report(i=alice.order()["orderId"])
        with held(web):
            with redis.Redis.from_url(house.servers.redis_url) as client:
                client.client_kill_filter(_type="pubsub")
            for price in ("90.00", "91.00", "92.00"):
                until(partial(places, alice, price=price))
            kept = messages.latest("sequence").sequence
            messages.filter(sequence__lt=kept).delete()
        assert socket.closed_with() == TOO_BUSY
        assert len(socket.reports) == 1
    with listening(house.url, alice) as socket:
        socket.await_report(i=alice.order(price="93.00")["orderId"])
