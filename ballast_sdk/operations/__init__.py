"""Every operation of the API, by subject. Generated: do not edit."""

from ballast_sdk.operations.bitcoin import BitcoinApi
from ballast_sdk.operations.general import GeneralApi
from ballast_sdk.operations.keys import KeysApi
from ballast_sdk.operations.markets import MarketsApi
from ballast_sdk.operations.notices import NoticesApi
from ballast_sdk.operations.oracle import OracleApi
from ballast_sdk.operations.orders import OrdersApi
from ballast_sdk.operations.reserves import ReservesApi
from ballast_sdk.operations.vaults import VaultsApi
from ballast_sdk.operations.wallet import WalletApi
from ballast_sdk.sending import Send


class Operations:
    def __init__(self, send: Send) -> None:
        self.bitcoin = BitcoinApi(send)
        self.general = GeneralApi(send)
        self.keys = KeysApi(send)
        self.markets = MarketsApi(send)
        self.notices = NoticesApi(send)
        self.oracle = OracleApi(send)
        self.orders = OrdersApi(send)
        self.reserves = ReservesApi(send)
        self.vaults = VaultsApi(send)
        self.wallet = WalletApi(send)
