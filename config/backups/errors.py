"""What can go wrong with a backup, in words for who runs the house; none holds a password or a key."""


class BackupError(Exception):
    """It was not made, or cannot be believed, or not restored. Nothing half is left that counts."""


class NotConfigured(BackupError):
    """No place or no recipient is set."""
