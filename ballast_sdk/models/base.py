"""What every type of the API is: a value that is compared by its members and cannot be changed.

Members that this release does not know are ignored, so a later release of the house may add some.
"""

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the house answers."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the house is sent. None is left out."""
