"""What changes is shown beside what was: on the page of a deed, and in the trail."""

import pytest
from django import forms
from django.contrib.auth.models import User
from django.test import Client

from access.audit_diff import difference
from access.form_looks import beside_present
from access.services import Origin, record_audit
from tests.admin.cockpit.conftest import text


class Form(forms.Form):
    status = forms.ChoiceField(choices=[("OPEN", "Open to all"), ("HALTED", "Halted")])
    limit = forms.IntegerField()
    pinned = forms.BooleanField(required=False)
    note = forms.CharField()
    other = forms.CharField()


def test_a_field_has_its_present_value_beside_it_in_words() -> None:
    present = {"status": "OPEN", "limit": 7, "pinned": False, "note": None}
    shown = [(field.name, now, sent) for field, now, sent in beside_present(Form(), present)]
    assert shown == [
        ("status", "Open to all", "OPEN"),
        ("limit", "7", "7"),
        ("pinned", "no", "False"),
        ("note", "nothing", ""),
        ("other", "", ""),
    ]


def test_a_difference_says_the_reason_first_and_what_stayed_last() -> None:
    table = str(
        difference(
            {"a_same": 1, "status": "OPEN", "gone": True},
            {"a_same": 1, "status": "HALTED", "new": ["x"], "reason": "why"},
        )
    )
    order = [table.index(f">{name}</th>") for name in ("reason", "status", "gone", "new", "a_same")]
    assert order == sorted(order)
    assert (
        '<tr class="changed"><th scope="row">status</th><td class="was">OPEN</td><td class="is">HALTED</td>'
        in (table)
    )
    assert (
        '<tr class="removed"><th scope="row">gone</th><td class="was">true</td><td class="is"></td>' in table
    )
    assert '<tr class="same">' in table


@pytest.mark.parametrize(("before", "after"), [(None, None), ({}, {}), (None, {})])
def test_nothing_is_said_where_nothing_was_noted(before: object, after: object) -> None:
    assert difference(before, after) == "Nothing was noted."


def test_facts_are_never_markup() -> None:
    table = str(difference({"<b>": "<i>"}, ["<u>"]))
    assert "<b>" not in table
    assert "<i>" not in table
    assert "<u>" not in table


def test_the_page_of_an_entry_shows_it(client: Client, olga: User) -> None:
    entry = record_audit(
        origin=Origin(user_id=olga.pk),
        action="market.changed",
        subject="market:X",
        before={"fee": 1},
        after={"fee": 2, "reason": "dearer"},
    )
    page = text(client, f"/admin/access/auditentry/{entry.pk}/change/")
    assert '<td class="was">1</td><td class="is">2</td>' in page
    assert "dearer" in page
    assert entry.hash in page


def test_a_page_on_which_operators_change_rows_shows_what_will_change(client: Client, olga: User) -> None:
    assert 'id="changes"' in text(client, "/admin/exchange/feetierrule/add/")
