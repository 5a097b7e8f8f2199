"""What a crash would do: synthetic vaults under recorded prices, by the code that live ones go by."""
