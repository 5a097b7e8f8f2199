"""The trading API under /api/v1: thin handlers over services and selectors, and what they look like."""
