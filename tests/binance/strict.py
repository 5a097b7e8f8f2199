"""The small limits of the web process that is called `strict`, and room in their windows."""

import redis

from tests.api.house import House
from tests.support.waiting import until

WEIGHT, ORDERS_10S, ORDERS_1D = 40, 4, 6
GRACE = 10
SETTINGS = {
    "BALLAST_BINANCE_LIMITS": f"weight={WEIGHT},orders_10s={ORDERS_10S},orders_1d={ORDERS_1D}",
    "BALLAST_TRUSTED_PROXY_HOPS": "1",
}


def await_room(house: House, *, window_s: int = 60, needed_s: int = 20) -> None:
    """What follows must not be cut in two by the end of a window, which is the same for all."""
    with redis.Redis.from_url(house.servers.redis_url) as server:
        until(lambda: window_s - server.time()[0] % window_s >= needed_s)


def fill_the_day(house: House, user_id: int) -> None:
    """As if he had placed as many orders as a day has, none of them in the last ten seconds."""
    with redis.Redis.from_url(house.servers.redis_url) as server:
        key = f"binance:orders:{user_id}"
        day = server.get(key).split(b":")[2].decode()
        server.set(key, f"0:0:{day}:{ORDERS_1D}")
