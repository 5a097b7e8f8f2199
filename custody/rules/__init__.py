"""What custody decides, purely."""
