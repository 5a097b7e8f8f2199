"""All that must always be true, looked at as a whole: for the end of a test that tried to break it."""

from django.db import transaction

from health.registry import Invariant, invariants


def assert_invariants_hold() -> None:
    """Over everything, and over what can have changed lately, which must not find more. In one transaction:
    hundreds of tests end with it, and a transaction for each question would cost more than the questions."""
    with transaction.atomic():
        broken = [problem for invariant in invariants() for problem in _problems(invariant)]
    assert broken == []


def _problems(invariant: Invariant) -> list[tuple[str, object]]:
    found = [invariant.whole()] + ([] if invariant.recent is None else [invariant.recent()])
    return [(invariant.name, one.offenders) for one in found if one.count]
