"""The spot surface's market streams: live data in Binance's words, each frame made once for all listeners."""
