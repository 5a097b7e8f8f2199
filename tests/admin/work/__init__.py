"""What waits for operators, what they find, and what they see of a customer."""
