"""What an account is told of itself: its orders, its fills and its money, event by event."""
