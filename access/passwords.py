"""How passwords are hashed, with a cost that only we change.

Django raises its own from release to release and hashes anew at a login: each would look like a change of
password and hold its owner's withdrawals.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class PinnedPasswordHasher(PBKDF2PasswordHasher):
    iterations = 1_000_000
