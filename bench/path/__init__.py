"""Table 2: the durable path."""
