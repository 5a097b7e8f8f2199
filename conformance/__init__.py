"""Released clients of Binance against a running Ballast: nothing of theirs is changed, only their URLs."""
