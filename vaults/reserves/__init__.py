"""What the public can check: what is owed to customers, what stands behind it, and what is always true."""
