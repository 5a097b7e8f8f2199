"""Table 4: one message to many websocket subscribers."""
