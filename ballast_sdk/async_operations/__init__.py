"""Every operation of the API, by subject. Generated: do not edit."""

from ballast_sdk.async_operations.bitcoin import AsyncBitcoinApi
from ballast_sdk.async_operations.general import AsyncGeneralApi
from ballast_sdk.async_operations.keys import AsyncKeysApi
from ballast_sdk.async_operations.markets import AsyncMarketsApi
from ballast_sdk.async_operations.notices import AsyncNoticesApi
from ballast_sdk.async_operations.oracle import AsyncOracleApi
from ballast_sdk.async_operations.orders import AsyncOrdersApi
from ballast_sdk.async_operations.reserves import AsyncReservesApi
from ballast_sdk.async_operations.vaults import AsyncVaultsApi
from ballast_sdk.async_operations.wallet import AsyncWalletApi
from ballast_sdk.sending import AsyncSend


class AsyncOperations:
    def __init__(self, send: AsyncSend) -> None:
        self.bitcoin = AsyncBitcoinApi(send)
        self.general = AsyncGeneralApi(send)
        self.keys = AsyncKeysApi(send)
        self.markets = AsyncMarketsApi(send)
        self.notices = AsyncNoticesApi(send)
        self.oracle = AsyncOracleApi(send)
        self.orders = AsyncOrdersApi(send)
        self.reserves = AsyncReservesApi(send)
        self.vaults = AsyncVaultsApi(send)
        self.wallet = AsyncWalletApi(send)
