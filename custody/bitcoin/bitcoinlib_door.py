"""The one place that imports bitcoinlib, and what is used of it: the letters of addresses.

It writes settings and a log into a home on import; it gets one that is gone afterwards, and logs nothing.
"""

import logging
import os
import sys
import tempfile
import warnings
from importlib.machinery import PathFinder
from types import ModuleType

_NAME = "bitcoinlib"


def _leave_the_rest_out() -> None:
    """The package's own beginning imports its wallets, its services and SQLAlchemy, which takes each process
    half a second; so a bare package stands in its place, and what is imported of it is what is used."""
    found = PathFinder.find_spec(_NAME)
    assert found is not None, "bitcoinlib is not installed"
    bare = ModuleType(_NAME)
    bare.__path__ = list(found.submodule_search_locations or ())
    sys.modules.setdefault(_NAME, bare)


_said = os.environ.get("BCL_DATA_DIR")
with tempfile.TemporaryDirectory(prefix="ballast-bitcoinlib-") as _home, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _leave_the_rest_out()
    os.environ["BCL_DATA_DIR"] = _home
    from bitcoinlib.encoding import (
        EncodingError,
        addr_base58_to_pubkeyhash,
        addr_bech32_checksum,
        addr_bech32_to_pubkeyhash,
        change_base,
        pubkeyhash_to_addr_base58,
        pubkeyhash_to_addr_bech32,
    )

    _logger = logging.getLogger("bitcoinlib")
    for _handler in tuple(_logger.handlers):
        _logger.removeHandler(_handler)
        _handler.close()
    _logger.disabled = True
if _said is None:
    del os.environ["BCL_DATA_DIR"]
else:
    os.environ["BCL_DATA_DIR"] = _said

__all__ = [
    "EncodingError",
    "addr_base58_to_pubkeyhash",
    "addr_bech32_checksum",
    "addr_bech32_to_pubkeyhash",
    "change_base",
    "pubkeyhash_to_addr_base58",
    "pubkeyhash_to_addr_bech32",
]
