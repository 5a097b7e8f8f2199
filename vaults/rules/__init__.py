"""What vaults decide, purely: integers of satoshis, of 1e-8 dollars and of rays, no clock and no chance."""
