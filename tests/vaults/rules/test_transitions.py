"""The table of a vault's states, walked whole: every state with every event."""

from itertools import product

import pytest

from vaults.rules.statuses import FREE, OWING, SCANNED, VaultEvent, VaultStatus, next_status

S, E = VaultStatus, VaultEvent
# As the design has it; freezing and thawing stand apart.
EDGES = {
    (S.PENDING, S.ACTIVE),
    (S.PENDING, S.CLOSED),
    (S.ACTIVE, S.WARNING),
    (S.WARNING, S.ACTIVE),
    (S.ACTIVE, S.LIQUIDATING),
    (S.WARNING, S.LIQUIDATING),
    (S.ACTIVE, S.CLOSING),
    (S.WARNING, S.CLOSING),
    (S.LIQUIDATING, S.ACTIVE),
    (S.LIQUIDATING, S.WARNING),
    (S.LIQUIDATING, S.LIQUIDATED),
    (S.LIQUIDATED, S.CLOSING),
    (S.CLOSING, S.CLOSED),
}
FREEZABLE = {S.ACTIVE, S.WARNING, S.LIQUIDATING, S.LIQUIDATED, S.CLOSING}
EXPECTED = {
    (S.PENDING, E.FUND): S.ACTIVE,
    (S.PENDING, E.FINISH): S.CLOSED,
    (S.ACTIVE, E.WARN): S.WARNING,
    (S.ACTIVE, E.LIQUIDATE): S.LIQUIDATING,
    (S.ACTIVE, E.CLOSE): S.CLOSING,
    (S.ACTIVE, E.FREEZE): S.FROZEN,
    (S.WARNING, E.CALM): S.ACTIVE,
    (S.WARNING, E.LIQUIDATE): S.LIQUIDATING,
    (S.WARNING, E.CLOSE): S.CLOSING,
    (S.WARNING, E.FREEZE): S.FROZEN,
    (S.LIQUIDATING, E.RECOVER): S.ACTIVE,
    (S.LIQUIDATING, E.RECOVER_WARNED): S.WARNING,
    (S.LIQUIDATING, E.SETTLE): S.LIQUIDATED,
    (S.LIQUIDATING, E.FREEZE): S.FROZEN,
    (S.LIQUIDATED, E.CLOSE): S.CLOSING,
    (S.LIQUIDATED, E.FREEZE): S.FROZEN,
    (S.CLOSING, E.FINISH): S.CLOSED,
    (S.CLOSING, E.FREEZE): S.FROZEN,
}


@pytest.mark.parametrize(("status", "event"), list(product(VaultStatus, VaultEvent)))
def test_each_event_in_each_state_leads_where_the_table_says(status: VaultStatus, event: VaultEvent) -> None:
    assert next_status(status, event) is EXPECTED.get((status, event))
    if (status, event) != (S.FROZEN, E.THAW):
        for before in VaultStatus:  # what a vault was before it was frozen matters to thawing only
            assert next_status(status, event, before) is EXPECTED.get((status, event))


def test_the_edges_are_those_of_the_design_and_no_others() -> None:
    reached = {(start, end) for (start, _), end in EXPECTED.items() if end is not S.FROZEN}
    assert reached == EDGES


@pytest.mark.parametrize("before", VaultStatus)
def test_a_thaw_leads_to_the_state_before(before: VaultStatus) -> None:
    assert next_status(S.FROZEN, E.THAW, before) is (before if before in FREEZABLE else None)


def test_nothing_leaves_a_closed_vault() -> None:
    assert all(next_status(S.CLOSED, event) is None for event in VaultEvent)


def test_every_state_can_be_reached() -> None:
    known, found = {S.PENDING}, {S.PENDING}
    while found:
        found = {end for (start, _), end in EXPECTED.items() if start in known} - known
        known |= found
    assert known == set(VaultStatus)


def test_groups_of_states_name_what_may_owe() -> None:
    assert set(FREE) < set(SCANNED) < set(OWING)
    assert not set(OWING) & {S.PENDING, S.CLOSING, S.CLOSED, S.LIQUIDATED}
