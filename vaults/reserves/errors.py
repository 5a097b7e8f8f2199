"""What proofs refuse, each with its stable code."""

from access.errors import NotFound


class SnapshotNotFound(NotFound):
    pass


class NotInSnapshot(NotFound):
    code = "NOT_IN_SNAPSHOT"
    default_message = "You held nothing when this snapshot was taken, so there is no leaf of yours in it."


class LeavesForgotten(NotFound):
    code = "LEAVES_FORGOTTEN"
    default_message = "The leaves of this snapshot are too old: its root stays, proofs are not made any more."
