"""What waits for an operator's word is counted, with the age of the oldest, and is for the metrics alone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from access.services import Origin
from config.approval_checks import CHECKS, approvals
from custody.models import TermsProposal
from custody.services.terms import propose_terms


def waiting() -> dict[str, tuple[int, int]]:
    return {one.subject: (one.figures["waiting"], one.figures["age_ms"]) for one in approvals()}


@pytest.fixture
def origin(db: None) -> Origin:
    return Origin(user_id=User.objects.create(username="olga", is_staff=True).pk)


def test_nothing_waits_in_a_new_house(db: None, settings: Settings) -> None:
    settings.CUSTODY = True
    assert waiting() == dict.fromkeys(("deeds", "terms", "figures", "resume_oracle", "withdrawals"), (0, 0))
    settings.CUSTODY = False
    assert "withdrawals" not in waiting()


def test_a_proposal_is_counted_with_its_age(origin: Origin) -> None:
    propose_terms(changes={"max_addresses": 5}, origin=origin, reason="less at stake")
    TermsProposal.objects.update(created_at=timezone.now() - timedelta(hours=2))
    count, age_ms = waiting()["terms"]
    assert (count, age_ms // 3_600_000) == (1, 2)


def test_nobody_but_the_metrics_is_told() -> None:
    assert all(not check.for_everybody for check in CHECKS)
