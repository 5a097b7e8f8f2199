"""System checks of production, which is neither DEBUG nor DEMO: nothing in it is made up or for tests.

None shows a value of a setting. `config.deploy_ready_checks` has those that only the release step asks.
"""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from config.deploy_settings import is_warning
from custody.bitcoin.types import Network
from oracle.rules.names import NoSource, read_name

_FAULTS = ("BALLAST_FAULT", "BALLAST_CUSTODY_FAULT")
_IN_MEMORY = "memory:"
_HINT = "Or set BALLAST_DEMO=1: play money and nothing that is real."


def is_production() -> bool:
    return not (settings.DEBUG or settings.DEMO)


def check_faults(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """They end a process in the middle of a commit: that is what they are for."""
    if not is_production():
        return []
    return [
        Error(f"{name} is set: processes would fail on purpose.", hint="Unset it.", id="ballast.E040")
        for name in _FAULTS
        if os.environ.get(name)
    ]


def check_real_prices(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Money is judged by prices of today, never by what is made up or recorded."""
    if not is_production():
        return []
    made_up = [name for name in settings.ORACLE_SOURCES if _is_made_up(name)]
    found: list[CheckMessage] = []
    if made_up:
        problem = f"BALLAST_ORACLE_SOURCES has prices that are simulated or recorded: {', '.join(made_up)}."
        hint = f"Unset it: the default are real exchanges. {_HINT}"
        found.append(Error(problem, hint=hint, id="ballast.E041"))
    if settings.BOTS and settings.BOTS_TERMS["source"].partition(":")[0] in ("simulated", "recorded"):
        problem = "The bots would quote a market that is simulated or recorded, with money that is real."
        hint = f"Set BALLAST_BOTS_SOURCE to EXCHANGE:SYMBOL. {_HINT}"
        found.append(Error(problem, hint=hint, id="ballast.E041"))
    return found


def _is_made_up(name: str) -> bool:
    try:
        return read_name(name).is_simulated
    except NoSource:
        return False  # ballast.E005 says so


def check_real_custody(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Keys in the memory of the house's own processes, and coins that anybody mines, guard nothing."""
    if not is_production() or not settings.CUSTODY:
        return []
    found: list[CheckMessage] = [
        Error(
            f"BALLAST_SIGNER_{role.upper()} is a signer in memory: its key is in the house's own processes.",
            hint=f"Run `python -m custody.cosigner` and name its URL (docs/cosigner.md). {_HINT}",
            id="ballast.E042",
        )
        for role, (url, _) in settings.SIGNERS.items()
        if url.startswith(_IN_MEMORY)
    ]
    if settings.BITCOIN_NETWORK == Network.REGTEST:
        problem = "BALLAST_BITCOIN_NETWORK is regtest, where everybody mines what he likes."
        found.append(Error(problem, hint=f"Set it to main or testnet. {_HINT}", id="ballast.E043"))
    return found


def check_accepted(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A word that is none would accept nothing, and an error is never accepted."""
    words = [word.strip() for word in os.environ.get("BALLAST_ACCEPT", "").split(",") if word.strip()]
    wrong = [word for word in words if not is_warning(word)]
    if not wrong:
        return []
    problem = f"BALLAST_ACCEPT names what is no warning: {', '.join(wrong)}."
    hint = "It takes ids of warnings of ours, as W004,W005. What is an error has to be mended."
    return [Error(problem, hint=hint, id="ballast.E044")]
