"""Where alerts are told: each a module with one shape, `Channel`."""
