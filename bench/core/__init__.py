"""Table 1: the engine alone."""
