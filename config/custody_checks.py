"""System checks of custody: which chain, whose keys. None shows a key, a secret or a URL with one in it."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.keys import Standard, read_account_key
from custody.bitcoin.types import Network, Role
from custody.chains.registry import NoSource, source_of
from custody.signers.registry import signer_of

_LEAST_POLL_SECONDS, _MOST_POLL_SECONDS = 0.1, 60.0
_IN_PROCESS = ("memory", "pkcs11")  # to look at these would be to open them
_HINT = "docs/custody.md says what each of the settings may be."


def check_dev_chain(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Whoever reaches the development chain mines as he likes: no money may depend on it."""
    if not settings.DEV_CHAIN:
        return []
    wrong = [] if settings.DEMO or settings.DEBUG else ["outside of a demo"]
    wrong += [] if settings.BITCOIN_NETWORK == Network.REGTEST else ["on another network than regtest"]
    hint = "Unset BALLAST_DEV_CHAIN, or BALLAST_DEMO=1 and BALLAST_BITCOIN_NETWORK=regtest."
    return [Error(f"The development chain is on {one}.", hint=hint, id="ballast.E012") for one in wrong]


def check_custody(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Custody that is off is not looked at."""
    if not settings.CUSTODY:
        return []
    try:
        network = Network(settings.BITCOIN_NETWORK)
    except ValueError:
        problem = f"BALLAST_BITCOIN_NETWORK is none of {', '.join(Network)}."
        return [Error(problem, hint=_HINT, id="ballast.E013")]
    return [*_chain(network), *_signers(network), *_cold(network), *_times(), *_who(network)]


def _chain(network: Network) -> list[CheckMessage]:
    if not settings.CHAIN_URL:
        hint = "Set BALLAST_CHAIN to core+http://user:password@host:port of your node, or esplora+https://.."
        return [
            Error("Custody is on, and BALLAST_CHAIN names no chain source.", hint=hint, id="ballast.E014")
        ]
    wrong: list[CheckMessage] = []
    named = (("BALLAST_CHAIN", settings.CHAIN_URL), ("BALLAST_CHAIN_SECOND", settings.CHAIN_SECOND))
    for name, url in named:
        try:
            if url:
                source_of(url, network)
        except NoSource as error:
            wrong.append(Error(f"{name}: {error}.", hint=_HINT, id="ballast.E014"))
    return wrong


def _signers(network: Network) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for role, (url, secret) in settings.SIGNERS.items():
        name = f"BALLAST_SIGNER_{role.upper()}"
        if not url:
            found.append(_missing(name, Role(role)))
            continue
        try:
            if url.partition(":")[0] not in _IN_PROCESS:
                signer_of(Role(role), url, secret, network)
            elif network is Network.MAIN:
                found.append(_in_process(name))
        except ValueError as error:
            found.append(Error(f"{name}: {error}", hint=_HINT, id="ballast.E015"))
    urls = [url for role, (url, _) in settings.SIGNERS.items() if role != Role.HOT and url]
    if len(set(urls)) < len(urls):
        problem = "BALLAST_SIGNER_PROTOCOL and BALLAST_SIGNER_BACKUP are one signer: two keys in one hand."
        found.append(Error(problem, hint="Let another party run the backup.", id="ballast.E016"))
    return found


def _in_process(name: str) -> CheckMessage:
    """Whoever takes over a web process would have the key, and limits that end with the process are none."""
    problem = f"{name} would sign inside the house's own processes."
    hint = "Run `python -m custody.cosigner` with that key and name its URL."
    return Error(problem, hint=hint, id="ballast.E019")


def _missing(name: str, role: Role) -> CheckMessage:
    hint = "Run `python -m custody.cosigner` and name it, or switch BALLAST_CUSTODY off."
    if role is Role.HOT:
        problem = f"Custody is on, and {name} is not set: nobody has the key of deposit addresses."
        return Error(problem, hint=hint, id="ballast.E015")
    return Warning(f"{name} is not set: no vault can have an address.", hint=hint, id="ballast.W002")


def _cold(network: Network) -> list[CheckMessage]:
    if not settings.COLD_KEY:
        problem = "BALLAST_COLD_KEY is not set: the hot wallet keeps whatever comes."
        return [Warning(problem, hint="Set it to an account's xpub with its origin.", id="ballast.W003")]
    try:
        read_account_key(settings.COLD_KEY, network, Standard.SINGLE)
    except BitcoinError as error:
        problem = f"BALLAST_COLD_KEY is no account key of this network ({error.reason})."
        return [Error(problem, hint="It is written as [fingerprint/84h/0h/0h]xpub..", id="ballast.E017")]
    return []


def _times() -> list[CheckMessage]:
    wrong = []
    if not _LEAST_POLL_SECONDS <= settings.CUSTODY_POLL_SECONDS <= _MOST_POLL_SECONDS:
        wrong.append("BALLAST_CUSTODY_POLL_SECONDS")
    if settings.CHAIN_START_HEIGHT is not None and settings.CHAIN_START_HEIGHT < 0:
        wrong.append("BALLAST_CHAIN_START_HEIGHT")
    return [Error(f"{name} is out of range.", hint=_HINT, id="ballast.E018") for name in wrong]


def _who(network: Network) -> list[CheckMessage]:
    if network is not Network.MAIN or not settings.OWN_BACKUP:
        return []
    problem = "The house runs the backup itself: with the protocol's key it could take what is in vaults."
    return [
        Warning(problem, hint="Let another party run it, and unset BALLAST_OWN_BACKUP.", id="ballast.W004")
    ]
