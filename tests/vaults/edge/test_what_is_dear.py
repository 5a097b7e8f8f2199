"""What takes the house much takes many tokens: who floods runs out of them long before others wait."""

from django.conf import settings

from access.http import Operation
from access.sockets.channels import operations
from vaults.api.reserves import ProofEndpoint
from vaults.api.vaults import OPEN_COST, VaultsEndpoint
from vaults.channels import register_operations


def cost_of(handler: object) -> int:
    found: Operation = handler.operation  # type: ignore[attr-defined]
    return found.cost


def test_opening_takes_as_many_over_a_socket_as_over_http() -> None:
    register_operations()
    assert operations["vault.open"].cost == cost_of(VaultsEndpoint.post) == OPEN_COST >= 20
    assert {operations[f"vault.{name}"].cost for name in ("mint", "repay", "sign", "cancel")} == {1}


def test_no_key_has_more_than_five_proofs_hashed_in_a_second() -> None:
    """Each takes a core some 30 ms."""
    a_second, _ = settings.RATE_LIMITS["key"]
    assert a_second <= 5 * cost_of(ProofEndpoint.get)
