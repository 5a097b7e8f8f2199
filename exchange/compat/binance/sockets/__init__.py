"""What all sockets that speak Binance share: how a message is read, and how a connection ends."""
