"""Sources and policies: seeded once, changed by operators with a reason, in force from the next round on."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from pytest_django import Settings

from access.errors import DomainError
from access.models import AuditEntry
from oracle.models import PolicyVersion, Round, SourceRow
from oracle.operator_errors import InvalidPolicy, InvalidSource
from oracle.rules.encoding import verdicts_from_json
from oracle.rules.figures import LIMITS, figures_of, with_figures, wrong_figure
from oracle.rules.policy import Policy, SourceTerms
from oracle.rules.quotes import PRICE_ONE, Verdict
from oracle.services.changing_terms import change_policy, change_source
from oracle.services.terms import policy_in_force, seed_sources
from tests.oracle.rows import SOURCES, House, by, committed_view

SOME = [*SOURCES, "kraken:USDT/USD", "house:BTC-USDB"]


def verdicts(round_id: int) -> dict[str, Verdict]:
    row = Round.objects.get(pk=round_id)
    return {one.source: one.verdict for one in verdicts_from_json(row.verdicts)}


def test_a_release_makes_a_row_of_each_source_and_leaves_operators_changes(
    house: House, settings: Settings, olga: int
) -> None:
    settings.ORACLE_SOURCES = SOME
    call_command("release", verbosity=0)
    rows = {row.name: (row.base, row.currency, row.weight) for row in SourceRow.objects.all()}
    assert rows["kraken:BTC/USD"] == ("BTC", "USD", 1)
    assert rows["kraken:USDT/USD"] == ("USDT", "USD", 1)
    assert rows["house:BTC-USDB"] == ("BTC", "USDB", 0)
    row = SourceRow.objects.get(name=SOURCES[0])
    change_source(source_id=row.pk, changes={"weight": 3}, origin=by(olga), reason="deep")
    settings.ORACLE_SOURCES = SOME[1:]
    call_command("release", verbosity=0)
    assert SourceRow.objects.get(name=SOURCES[0]).weight == 3
    assert SourceRow.objects.count() == len(SOME)
    assert SOURCES[0] not in policy_in_force().sources


def test_a_source_without_a_row_is_taken_as_a_new_one(house: House, settings: Settings) -> None:
    settings.ORACLE_SOURCES = SOME
    without = policy_in_force()
    seed_sources()
    assert policy_in_force() == without
    assert without.sources["house:BTC-USDB"].weight == 0
    assert without.sources["kraken:BTC/USD"] == SourceTerms()


def test_the_next_round_goes_by_what_an_operator_has_changed(house: House, olga: int) -> None:
    seed_sources()
    house.round(60_000)
    row = SourceRow.objects.get(name=SOURCES[0])
    change_source(source_id=row.pk, changes={"is_enabled": False}, origin=by(olga), reason="it lies")
    house.round(60_000)
    assert verdicts(1)[SOURCES[0]] is Verdict.KEPT
    assert verdicts(2)[SOURCES[0]] is Verdict.DISABLED
    assert Round.objects.get(pk=2).refusal == "INSUFFICIENT_SOURCES"
    version = change_policy(changes={"min_sources": 2}, origin=by(olga), reason="two are enough")
    assert version is not None
    house.round(60_000)
    assert Round.objects.get(pk=3).price_e8 == 60_000 * PRICE_ONE
    assert committed_view().policy_version == version.pk
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.after["reason"]) for entry in entries if entry.after] == [
        ("oracle.source_changed", "it lies"),
        ("oracle.policy_changed", "two are enough"),
    ]
    assert entries[0].before == {"is_enabled": True}


def test_a_longer_memory_is_read_again(house: House, olga: int) -> None:
    change_policy(
        changes={"twap_window_ms": 60_000, "minting_window_ms": 60_000}, origin=by(olga), reason="x"
    )
    house.rounds(*[60_000] * 60)
    assert committed_view().twap_covered_ms == 60_000
    change_policy(changes={"twap_window_ms": 100_000}, origin=by(olga), reason="x")
    house.round(60_000)
    assert committed_view().twap_covered_ms == 100_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weight": 11}, "weight"),
        ({"weight": -1}, "weight"),
        ({"min_price_e8": 5, "max_price_e8": 5}, "min_price"),
        ({"min_price_e8": -1}, "min_price"),
        ({"max_price_e8": SourceTerms().max_price_e8 + 1}, "max_price"),
        ({"max_age_ms": 0}, "max_age_ms"),
        ({"max_age_ms": 86_400_001}, "max_age_ms"),
    ],
)
def test_terms_that_no_source_can_have_are_refused(
    house: House, olga: int, changes: Mapping[str, int], field: str
) -> None:
    seed_sources()
    row = SourceRow.objects.get(name=SOURCES[0])
    with pytest.raises(InvalidSource) as refused:
        change_source(source_id=row.pk, changes=changes, origin=by(olga), reason="x")
    assert refused.value.field == field
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"min_sources": 0},
        {"max_deviation_ppm": 0},
        {"max_deviation_ppm": 1_000_001},
        {"halting_jump_ppm": 99_999},
        {"stale_after_ms": 3_999},
        {"twap_window_ms": 0},
        {"liquidations_move_ppm": 0},
        {"minting_cooldown_ms": 10**12},
    ],
)
def test_a_policy_that_cannot_work_is_refused(house: House, olga: int, changes: Mapping[str, int]) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        change_policy(changes=changes, origin=by(olga), reason="x")
    assert refused.value.field in changes
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("reason", ["", " ", "x" * 301])
def test_nothing_changes_without_a_reason(house: House, olga: int, reason: str) -> None:
    with pytest.raises(DomainError, match="Say why"):
        change_policy(changes={"min_sources": 2}, origin=by(olga), reason=reason)


def test_what_is_already_so_is_no_new_version(house: House, olga: int) -> None:
    assert change_policy(changes={"min_sources": 3}, origin=by(olga), reason="x") is None
    assert not PolicyVersion.objects.exists()


def test_a_version_is_never_changed(house: House, olga: int) -> None:
    change_policy(changes={"min_sources": 2}, origin=by(olga), reason="x")
    with pytest.raises(IntegrityError, match="append-only"):
        PolicyVersion.objects.update(reason="y")


def test_every_figure_of_a_policy_is_an_operators_and_keeps_its_value() -> None:
    policy = Policy()
    assert with_figures(policy, figures_of(policy)) == policy
    assert wrong_figure(figures_of(policy)) == ""
    for name, (least, most) in LIMITS.items():
        for value in (least - 1, most + 1):
            assert wrong_figure({**figures_of(policy), name: value}) == name
        other = with_figures(policy, {name: most})
        assert figures_of(other) == {**figures_of(policy), name: most}
    assert replace(policy, version=1) != policy
