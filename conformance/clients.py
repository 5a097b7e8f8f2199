"""Released clients with other URLs, as `docs/clients/` tells their users to make them."""

from typing import Any

import binance
import ccxt
import ccxt.async_support
import ccxt.pro

from conformance.people import Person

# ccxt knows what some numbers mean on spot only at Binance's own host names (docs/clients/ccxt.md).
SPOT_EXCEPTIONS = ccxt.binance().exceptions["spot"]["exact"]


def urls(url: str) -> dict[str, Any]:
    """ccxt's `urls.api`. The path of spot streams must contain `/stream`."""
    socket = url.replace("http", "ws", 1)
    rest = {"public": "/api/v3", "private": "/api/v3", "v1": "/api/v1", "sapi": "/sapi/v1"}
    api: dict[str, Any] = {name: url + path for name, path in rest.items()}
    api["ws"] = {"spot": f"{socket}/stream/ws", "ws-api": {"spot": f"{socket}/ws-api/v3"}}
    return api


def config(url: str, person: Person | None = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "urls": {"api": urls(url)},
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchMargins": False},
        "exceptions": {"exact": SPOT_EXCEPTIONS},
        "enableRateLimit": False,
        "timeout": 20_000,
        **more,
    }
    return made if person is None else {**made, "apiKey": person.key, "secret": person.secret}


def ccxt_of(url: str, person: Person | None = None, **more: Any) -> Any:
    return ccxt.binance(config(url, person, **more))


def ccxt_async_of(url: str, person: Person | None = None, **more: Any) -> Any:
    return ccxt.async_support.binance(config(url, person, **more))


def ccxt_pro_of(url: str, person: Person | None = None, **more: Any) -> Any:
    return ccxt.pro.binance(config(url, person, **more))


def point_python_binance_at(url: str) -> None:
    """Its URLs are attributes of its classes."""
    socket = url.replace("http", "ws", 1)
    for client in (binance.Client, binance.AsyncClient):
        client.API_URL = f"{url}/api"
        client.MARGIN_API_URL = f"{url}/sapi"
        client.WS_API_URL = f"{socket}/ws-api/v3"
    binance.BinanceSocketManager.STREAM_URL = f"{socket}/"
