"""Live data of a web process: one subscription to Redis, fanned out to whoever listens on its sockets."""
