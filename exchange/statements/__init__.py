"""Statements of an account: what moved through its wallets, what it traded and what it gained by that."""
