"""What operators decide about sources and the policy: the next round goes by it. All of it is audited."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from access.services import Facts, Origin, record_audit
from oracle.models import PolicyVersion, SourceRow
from oracle.models.terms import MAX_WEIGHT
from oracle.operator_errors import InvalidPolicy, InvalidSource
from oracle.rules.figures import LIMITS, figures_of, wrong_figure
from oracle.rules.policy import SourceTerms
from oracle.services.current import lock_current
from oracle.services.operators import required_reason
from oracle.services.terms import COLUMNS, policy_in_force

CHANGEABLE = ("is_enabled", *COLUMNS)
MOST_AGE_MS = LIMITS["max_age_ms"][1]


@transaction.atomic
def change_source(
    *, source_id: int, changes: Mapping[str, int | bool | None], origin: Origin, reason: str
) -> SourceRow:
    """New values of some of CHANGEABLE. Raises InvalidSource, OperatorReasonRequired."""
    assert set(changes) <= set(CHANGEABLE), "no terms of a source"
    reason = required_reason(reason)
    lock_current()
    row = SourceRow.objects.select_for_update().get(pk=source_id)
    before = _terms(row)
    for name, value in changes.items():
        setattr(row, name, value)
    _refuse_bad_terms(row)
    row.save()
    after = _terms(row)
    changed = {name for name in CHANGEABLE if before[name] != after[name]}
    if changed:
        record_audit(
            origin=origin,
            action="oracle.source_changed",
            subject=f"oracle:source:{row.name}",
            before={name: before[name] for name in CHANGEABLE if name in changed},
            after={**{name: after[name] for name in CHANGEABLE if name in changed}, "reason": reason},
        )
    return row


def _terms(row: SourceRow) -> Facts:
    return {name: getattr(row, name) for name in CHANGEABLE}


def _refuse_bad_terms(row: SourceRow) -> None:
    most = SourceTerms().max_price_e8
    if not 0 <= row.weight <= MAX_WEIGHT:
        raise InvalidSource(f"A weight is 0 to {MAX_WEIGHT}.", field="weight")
    if not 0 <= row.min_price_e8 < row.max_price_e8:
        raise InvalidSource("The lower bound is below the upper one.", field="min_price")
    if row.max_price_e8 > most:
        raise InvalidSource("No price is that high.", field="max_price")
    if row.max_age_ms is not None and not 0 < row.max_age_ms <= MOST_AGE_MS:
        raise InvalidSource(f"An age is 1 to {MOST_AGE_MS} ms.", field="max_age_ms")


@transaction.atomic
def change_policy(*, changes: Mapping[str, int], origin: Origin, reason: str) -> PolicyVersion | None:
    """A new version: the one in force with these figures. None where nothing would be another.

    Raises InvalidPolicy, OperatorReasonRequired.
    """
    assert set(changes) <= set(LIMITS), "no figures of a policy"
    reason = required_reason(reason)
    lock_current()
    policy = policy_in_force()
    before = figures_of(policy)
    after = {**before, **changes}
    _refuse_bad_figures(after)
    changed = [name for name in LIMITS if before[name] != after[name]]
    if not changed:
        return None
    version = PolicyVersion.objects.create(content=after, operator_id=origin.user_id, reason=reason)
    record_audit(
        origin=origin,
        action="oracle.policy_changed",
        subject=f"oracle:policy:{version.pk}",
        before={"version": policy.version, **{name: before[name] for name in changed}},
        after={**{name: after[name] for name in changed}, "reason": reason},
    )
    return version


def check_policy(changes: Mapping[str, int]) -> None:
    """Refuse what `change_policy` would. Raises InvalidPolicy."""
    _refuse_bad_figures({**figures_of(policy_in_force()), **changes})


def _refuse_bad_figures(figures: Mapping[str, int]) -> None:
    wrong = wrong_figure(figures)
    if wrong:
        least, most = LIMITS[wrong]
        raise InvalidPolicy(f"{wrong} is out of its range.", field=wrong, least=least, most=most)
    period_ms = int(settings.ORACLE_POLL_SECONDS * 1000)
    if figures["stale_after_ms"] < 2 * period_ms:
        raise InvalidPolicy("A price would be stale before the next round.", field="stale_after_ms")
