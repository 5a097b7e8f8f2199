"""The areas of the site, as every page's head names them."""

from typing import NamedTuple


class Area(NamedTuple):
    """`key` is the page's block `area`, which marks where one is."""

    key: str
    url: str
    title: str


AREAS = (
    Area("trade", "/trade", "Trade"),
    Area("vaults", "/vaults", "Vaults"),
    Area("wallet", "/wallet", "Wallet"),
    Area("oracle", "/oracle", "Oracle"),
    Area("reserves", "/reserves", "Reserves"),
    Area("status", "/status", "Status"),
)
