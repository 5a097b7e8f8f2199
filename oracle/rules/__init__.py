"""What the oracle decides, purely: integers of 1e-8 USD, milliseconds of UTC, no clock and no chance."""
