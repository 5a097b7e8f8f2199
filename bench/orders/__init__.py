"""Table 3: signed orders to their durable reply, over HTTP and websocket."""
