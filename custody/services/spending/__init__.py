"""How coins of ours are spent: planned, signed, told, bumped, settled. Each step commits before the next."""
