"""Property tests of bitcoin have no deadline for an example: on a busy machine it would be the machine's."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
