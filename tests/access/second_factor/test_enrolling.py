"""A second factor comes by its first code, is replaced with a code of the old one, and goes with one too."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from access.errors import MissingField
from access.models import AuditEntry, RecoveryCode, SecurityChange, TotpDevice
from access.second_factor import (
    begin_enrolment,
    check_code,
    code_at,
    confirm_enrolment,
    remove_second_factor,
    remove_second_factor_of,
    second_factor_state,
    seed_second_factor,
    step_at,
)
from access.second_factor.codes import new_secret
from access.second_factor.enrolling import PENDING_FOR
from access.second_factor.errors import (
    InvalidCode,
    NoEnrolment,
    OwnSecondFactor,
    SecondFactorLocked,
    SecondFactorRequired,
)
from access.services import Origin
from tests.access.people import new_user
from tests.access.second_factor.enrolled import NOON, WRONG, Enrolled, enrolled, later

HERE = Origin(ip="203.0.113.9")


@pytest.fixture
def alice(db: None) -> Enrolled:
    return enrolled("alice")


def changes(user_id: int) -> list[str]:
    return list(SecurityChange.objects.filter(user_id=user_id).order_by("pk").values_list("kind", flat=True))


def audited(user_id: int) -> list[str]:
    entries = AuditEntry.objects.filter(subject=f"user:{user_id}").order_by("pk")
    return [entry.action.removeprefix("second_factor.") for entry in entries]


def test_it_counts_from_its_first_code_on(db: None) -> None:
    bob = new_user("bob")
    begun = begin_enrolment(user_id=bob.pk, now=NOON, origin=HERE)
    state = second_factor_state(user_id=bob.pk, now=NOON)
    assert (state.since, state.pending_until) == (None, NOON + PENDING_FOR)
    assert changes(bob.pk) == []
    first = code_at(begun.secret, step_at(NOON))
    with pytest.raises(SecondFactorRequired):
        check_code(user_id=bob.pk, code=first, now=NOON)
    confirm_enrolment(user_id=bob.pk, code=first, now=NOON, origin=HERE)
    state = second_factor_state(user_id=bob.pk, now=NOON)
    assert (state.since, state.pending_until, state.recovery_codes) == (NOON, None, 10)
    assert changes(bob.pk) == ["SECOND_FACTOR"]
    assert audited(bob.pk) == ["begun", "enrolled"]


def test_neither_secret_nor_codes_are_kept_readable(alice: Enrolled) -> None:
    device = TotpDevice.objects.get(pk=alice.user.pk)
    assert alice.secret.encode() not in bytes(device.encrypted_secret)
    hashes = RecoveryCode.objects.filter(user=alice.user).values_list("code_hash", flat=True)
    assert set(hashes).isdisjoint(alice.recovery_codes)
    assert alice.secret not in str(list(AuditEntry.objects.values()))


def test_a_wrong_first_code_puts_nothing_in_force_and_five_lock(db: None) -> None:
    bob = new_user("bob")
    begun = begin_enrolment(user_id=bob.pk, now=NOON, origin=HERE)
    for _ in range(5):
        with pytest.raises(InvalidCode):
            confirm_enrolment(user_id=bob.pk, code=WRONG, now=NOON, origin=HERE)
    with pytest.raises(SecondFactorLocked):
        confirm_enrolment(user_id=bob.pk, code=code_at(begun.secret, step_at(NOON)), now=NOON, origin=HERE)
    assert second_factor_state(user_id=bob.pk, now=NOON).since is None


def test_beginning_again_gives_another_secret(db: None) -> None:
    bob = new_user("bob")
    first = begin_enrolment(user_id=bob.pk, now=NOON, origin=HERE)
    second = begin_enrolment(user_id=bob.pk, now=NOON, origin=HERE)
    assert first.secret != second.secret
    with pytest.raises(InvalidCode):
        confirm_enrolment(user_id=bob.pk, code=code_at(first.secret, step_at(NOON)), now=NOON, origin=HERE)


def test_who_waits_too_long_begins_again(db: None) -> None:
    bob = new_user("bob")
    begun = begin_enrolment(user_id=bob.pk, now=NOON, origin=HERE)
    end = NOON + PENDING_FOR
    with pytest.raises(NoEnrolment):
        confirm_enrolment(user_id=bob.pk, code=code_at(begun.secret, step_at(end)), now=end, origin=HERE)


@pytest.mark.parametrize("by_recovery", [False, True])
def test_another_one_takes_its_place_with_its_code_and_not_before_its_own(
    alice: Enrolled, by_recovery: bool
) -> None:
    old = alice.recovery_codes[0] if by_recovery else alice.code(later())
    begun = begin_enrolment(user_id=alice.user.pk, code=old, now=later(), origin=HERE)
    check_code(user_id=alice.user.pk, code=alice.code(later(2)), now=later(2))
    codes = confirm_enrolment(
        user_id=alice.user.pk, code=code_at(begun.secret, step_at(later(2))), now=later(2), origin=HERE
    )
    with pytest.raises(InvalidCode):
        check_code(user_id=alice.user.pk, code=alice.code(later(3)), now=later(3))
    check_code(user_id=alice.user.pk, code=code_at(begun.secret, step_at(later(3))), now=later(3))
    assert set(codes).isdisjoint(alice.recovery_codes)
    assert RecoveryCode.objects.filter(user=alice.user).count() == 10
    assert changes(alice.user.pk) == ["SECOND_FACTOR"] * 2


def test_nothing_is_begun_beside_one_in_force_without_its_code(alice: Enrolled) -> None:
    with pytest.raises(MissingField):
        begin_enrolment(user_id=alice.user.pk, now=later(), origin=HERE)
    with pytest.raises(InvalidCode):
        begin_enrolment(user_id=alice.user.pk, code=WRONG, now=later(), origin=HERE)
    assert second_factor_state(user_id=alice.user.pk, now=later()).pending_until is None


@pytest.mark.parametrize("by_recovery", [False, True])
def test_its_owner_removes_it_with_a_code(alice: Enrolled, by_recovery: bool) -> None:
    code = alice.recovery_codes[3] if by_recovery else alice.code(later())
    remove_second_factor(user_id=alice.user.pk, code=code, now=later(), origin=HERE)
    assert second_factor_state(user_id=alice.user.pk, now=later()).since is None
    assert not RecoveryCode.objects.filter(user=alice.user).exists()
    assert changes(alice.user.pk) == ["SECOND_FACTOR"] * 2
    assert audited(alice.user.pk) == ["begun", "enrolled", "removed"]


def test_wrong_codes_and_wrong_recovery_codes_remove_nothing_and_count(alice: Enrolled) -> None:
    other = enrolled("bob").recovery_codes[0]
    for code in (WRONG, other, other, WRONG, other):
        with pytest.raises(InvalidCode):
            remove_second_factor(user_id=alice.user.pk, code=code, now=later(), origin=HERE)
    with pytest.raises(SecondFactorLocked):
        remove_second_factor(user_id=alice.user.pk, code=alice.recovery_codes[0], now=later(), origin=HERE)


def test_a_recovery_code_counts_once(alice: Enrolled) -> None:
    code = alice.recovery_codes[0]
    begin_enrolment(user_id=alice.user.pk, code=code, now=later(), origin=HERE)
    assert second_factor_state(user_id=alice.user.pk, now=later()).recovery_codes == 9
    with pytest.raises(InvalidCode):
        begin_enrolment(user_id=alice.user.pk, code=code, now=later(), origin=HERE)


def test_steps_before_a_removal_count_no_more_after_it(alice: Enrolled) -> None:
    remove_second_factor(user_id=alice.user.pk, code=alice.code(later()), now=later(), origin=HERE)
    assert TotpDevice.objects.get(pk=alice.user.pk).last_step == step_at(later())


def test_an_operator_removes_it_and_says_why(alice: Enrolled) -> None:
    olga = Origin(user_id=new_user("olga").pk)
    remove_second_factor_of(user_id=alice.user.pk, now=later(), origin=olga, reason="lost her telephone")
    assert changes(alice.user.pk) == ["SECOND_FACTOR"] * 2
    entry = AuditEntry.objects.get(subject=f"user:{alice.user.pk}", action__endswith="removed_by_operator")
    assert (entry.user_id, entry.after) == (olga.user_id, {"reason": "lost her telephone"})
    with pytest.raises(SecondFactorRequired):
        remove_second_factor_of(user_id=alice.user.pk, now=later(), origin=olga, reason="again")


def test_an_operator_does_not_remove_his_own(alice: Enrolled) -> None:
    """Whoever got in as an operator by a password would else set up another one and wait for a day."""
    herself = Origin(user_id=alice.user.pk)
    with pytest.raises(OwnSecondFactor):
        remove_second_factor_of(user_id=alice.user.pk, now=later(), origin=herself, reason="lost it")
    assert second_factor_state(user_id=alice.user.pk, now=later()).since is not None


def test_people_of_a_demo_have_one_since_before(db: None, settings: Settings) -> None:
    settings.DEMO = True
    bob = new_user("bob")
    for _ in range(2):
        seed_second_factor(
            user_id=bob.pk, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", changed_at=NOON - timedelta(days=2)
        )
    check_code(user_id=bob.pk, code=code_at("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", step_at(NOON)), now=NOON)
    (change,) = SecurityChange.objects.filter(user_id=bob.pk)
    assert change.at == NOON - timedelta(days=2)


def test_another_secret_of_a_demo_takes_the_place_of_the_first(db: None, settings: Settings) -> None:
    settings.DEMO = True
    bob, secrets = new_user("bob"), [new_secret(), new_secret()]
    for secret in secrets:
        seed_second_factor(user_id=bob.pk, secret=secret, changed_at=NOON - timedelta(days=2))
    check_code(user_id=bob.pk, code=code_at(secrets[1], step_at(NOON)), now=NOON)


def test_outside_a_demo_nobody_is_given_one(db: None) -> None:
    with pytest.raises(AssertionError):
        seed_second_factor(user_id=new_user("bob").pk, secret="JBSWY3DPEHPK3PXP", changed_at=NOON)
