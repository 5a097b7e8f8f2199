"""Binance's wire format: what its surfaces share stands here, each surface has a folder of its own."""
