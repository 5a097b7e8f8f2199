"""An owner's wallet as other people have made it (embit): it knows the seed and signs what it is given."""

from dataclasses import dataclass

from embit.bip32 import HDKey
from embit.networks import NETWORKS
from embit.psbt import PSBT

from tests.custody.support.wallets import seed_of

PATH = "48h/1h/0h/2h"
_REGTEST = NETWORKS["regtest"]


@dataclass(frozen=True)
class OwnersWallet:
    root: HDKey

    @property
    def account_key(self) -> str:
        account = self.root.derive(f"m/{PATH}").to_public().to_base58(_REGTEST["xpub"])
        return f"[{self.root.my_fingerprint.hex()}/{PATH}]{account}"

    def secret_at(self, branch: int, index: int) -> bytes:
        return bytes(self.root.derive(f"m/{PATH}/{branch}/{index}").key.serialize())

    def signed(self, psbt: str) -> str:
        """With all that this seed can sign of it."""
        given = PSBT.from_string(psbt)
        assert given.sign_with(self.root) == len(given.inputs)
        return str(given.to_string())


def wallet_of(name: str) -> OwnersWallet:
    return OwnersWallet(HDKey.from_seed(seed_of(name), version=_REGTEST["xprv"]))
