"""What custody does on the clock."""
