"""A house that was deployed as on a platform: once with TLS to its servers, once without."""

from collections.abc import Iterator

import pytest

from tests.platform.deploy.clients import Customers
from tests.platform.deploy.deployed import Deployed
from tests.platform.deploy.servers import sold_servers


@pytest.fixture(scope="module", params=["plain", "tls"])
def deployed(request: pytest.FixtureRequest) -> Iterator[Deployed]:
    """Its servers stand and its database is empty; nothing has been released yet."""
    with sold_servers() as sold:
        house = Deployed(sold, over_tls=request.param == "tls")
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("SSL_CERT_FILE", str(house.certificate))  # the clients' trust
                yield house
        finally:
            house.stop()


@pytest.fixture(scope="module")
def customers(deployed: Deployed) -> Customers:
    """Released, web and all at work, and people who may trade."""
    code, said = deployed.release()
    assert code == 0, said
    deployed.start("all")
    deployed.start_web()
    customers = Customers(deployed)
    customers.await_trading()
    return customers
