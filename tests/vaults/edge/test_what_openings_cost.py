"""Opening is dear wherever it is asked for: who floods it runs out of tokens long before wallets do."""

from access.sockets.channels import operations
from vaults.api.vaults import OPEN_COST
from vaults.channels import register_operations


def test_a_socket_takes_as_many_tokens_as_the_api() -> None:
    register_operations()
    assert operations["vault.open"].cost == OPEN_COST >= 20
    assert {operations[f"vault.{name}"].cost for name in ("mint", "repay", "sign", "cancel")} == {1}
