"""Imported before all tests of it: what only tests use of bitcoinlib reads the files that came with it."""

from importlib import import_module

from custody.bitcoin import bitcoinlib_door

for _name in ("main", "encoding"):
    _part = vars(import_module(f"bitcoinlib.{_name}"))
    _part["BCL_DATA_DIR"] = _part["BCL_INSTALL_DIR"] / "data"

__all__ = ["bitcoinlib_door"]
