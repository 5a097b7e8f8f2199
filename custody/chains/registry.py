"""Makes a chain source of the URL that an operator writes, and the one of the settings."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

from custody.bitcoin.types import Network
from custody.chains.compared import Compared
from custody.chains.core_rpc import CoreRpc
from custody.chains.esplora import Esplora
from custody.chains.json_rpc import JsonRpc, Login
from custody.chains.source import ChainSource
from custody.chains.transport import TIMEOUT_S

SHAPES = "core+http://user:password@host:port, core+https://.., esplora+https://host/path"


class NoSource(ValueError):
    """A URL that names no source. The message never carries it: there may be a password in it."""


def configured_source() -> ChainSource:
    """Of CHAIN_URL, compared with CHAIN_SECOND where one is given. Raises NoSource."""
    network = Network(settings.BITCOIN_NETWORK)
    first = source_of(settings.CHAIN_URL, network)
    return Compared(first, source_of(settings.CHAIN_SECOND, network)) if settings.CHAIN_SECOND else first


def dev_chain(patience_s: float) -> JsonRpc:
    """The development chain that runs beside the house, for what no source can do: mine and pay."""
    login = Login(settings.DEV_CHAIN_USER, settings.DEV_CHAIN_PASSWORD)
    return JsonRpc(f"http://{settings.DEV_CHAIN_BIND}", "/", login, patience_s)


def source_of(url: str, network: Network, *, timeout_s: float = TIMEOUT_S) -> ChainSource:
    """Asks nothing yet; each exchange has `timeout_s`, a block more. Raises NoSource."""
    try:
        parts = urlsplit(url)
        kind, _, scheme = parts.scheme.partition("+")
        address = _address(parts, scheme)
    except ValueError as error:
        raise NoSource(f"no URL of a chain source: {SHAPES}") from error
    if kind == "core":
        return CoreRpc(address, network, _login(parts), parts.path or "/", timeout_s)
    if kind == "esplora":
        if scheme == "http" and not _is_here(parts.hostname or ""):
            raise NoSource("esplora+http:// is for this machine only; use esplora+https://")
        if parts.query or parts.username:
            raise NoSource("an Esplora's URL has no user and no query")
        return Esplora(address + parts.path.rstrip("/"), network, timeout_s)
    raise NoSource(f"no kind of chain source: {SHAPES}")


def _address(parts: SplitResult, scheme: str) -> str:
    if scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("no address")
    host = parts.hostname.encode("ascii").decode()  # other letters would only fail later
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{parts.port}" if parts.port else f"{scheme}://{host}"


def _login(parts: SplitResult) -> Login:
    query = parse_qs(parts.query)
    if set(query) - {"cookie"}:
        raise NoSource("the only query of a node's URL is ?cookie=/file")
    if "cookie" in query:
        return Login(cookie=Path(query["cookie"][0]))
    return Login(unquote(parts.username or ""), unquote(parts.password or ""))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
