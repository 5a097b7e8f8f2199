"""The admin shows the ledger to operators and lets nobody change it."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.ledger.scene import funding, hold, move
from tests.support.operators import operator as begin_as_operator

pytestmark = pytest.mark.usefixtures("ledger")


@pytest.fixture
def operator(client: Client) -> Client:
    begin_as_operator(client)
    return client


MODELS = ["asset", "account", "transfer", "pendingtransfer"]


@pytest.mark.parametrize("model", MODELS)
def test_an_operator_reads_every_table(operator: Client, model: str) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    move(alice, bob, 1)
    hold(alice, bob, 1)
    response = operator.get(reverse(f"admin:ledger_{model}_changelist"))
    assert response.status_code == 200
    assert response.context["cl"].result_count > 0


@pytest.mark.parametrize("model", MODELS)
def test_nobody_adds_changes_or_deletes(operator: Client, model: str) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    ids = {"asset": "BTC", "account": alice.pk, "transfer": move(alice, bob, 1).pk}
    pk = ids.get(model) or hold(alice, bob, 1).pk
    assert operator.get(reverse(f"admin:ledger_{model}_add")).status_code == 403
    assert operator.get(reverse(f"admin:ledger_{model}_change", args=[pk])).status_code == 200
    assert operator.post(reverse(f"admin:ledger_{model}_change", args=[pk]), {}).status_code == 403
    assert operator.post(reverse(f"admin:ledger_{model}_delete", args=[pk])).status_code == 403
