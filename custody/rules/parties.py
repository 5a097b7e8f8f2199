"""Whom a vault's owner has to trust: who says to hold the house's two keys of each vault."""

from collections.abc import Mapping

UNKNOWN = "The signers have not said yet who runs them."
ONE_PARTY = (
    "One party holds the protocol key and the backup key, and two keys move a vault: vault owners trust that "
    "party with their bitcoin."
)
TWO_PARTIES = (
    "Different parties hold the protocol key and the backup key: only with the owner, or both together, can "
    "they move a vault's bitcoin."
)


def is_one_party(parties: Mapping[str, str], has_backup: bool) -> bool | None:
    """Whether protocol and backup key are in the same hands; None while nobody has said.

    `parties` by role. Where the house runs the backup it does not matter what the two call themselves.
    """
    protocol, backup = (" ".join(parties.get(role, "").split()) for role in ("protocol", "backup"))
    if has_backup:
        return True
    if not protocol or not backup:
        return None
    return protocol.casefold() == backup.casefold()


def trust_in(is_one: bool | None) -> str:
    """What that means, in a sentence."""
    return UNKNOWN if is_one is None else ONE_PARTY if is_one else TWO_PARTIES
