"""What can be changed in the exchange, beside what the engine changes."""
