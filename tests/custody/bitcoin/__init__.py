"""Imported before all tests of it, so that bitcoinlib finds the home that is made for it."""

from custody.bitcoin import bitcoinlib_door

__all__ = ["bitcoinlib_door"]
