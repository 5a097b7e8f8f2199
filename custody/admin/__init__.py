"""Custody in the admin: all of it to be read; a change asks for a reason."""
