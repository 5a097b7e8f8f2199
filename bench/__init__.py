"""Measures what the engine and the durable path do on this machine. `make bench` runs it."""
