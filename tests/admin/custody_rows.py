"""Bitcoin in nearly every table of custody, by its own services over a chain in memory."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from access.second_factor import code_at, seed_second_factor, step_at
from access.second_factor.codes import new_secret
from access.services import Origin
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Network, Role
from custody.chains.registry import source_of
from custody.models import Coin, ReorgReceivable, Restoration, UnexpectedSpend, Withdrawal
from custody.selectors_terms import terms_in_force
from custody.services.allowed_addresses import Target, seed_address
from custody.services.approvals import approve_withdrawal
from custody.services.freezes import freeze_account
from custody.services.spending.plan import plan_withdrawals
from custody.services.stops import let_withdrawals_go_on, stop_withdrawals
from custody.services.terms import approve_terms, propose_terms
from custody.services.vault_wallets import open_vault_wallet
from custody.services.wallets import refill_address
from custody.services.watching.watcher import Watcher
from custody.services.withdrawals import Wanted, request_withdrawal
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.house import BTC, CustodyHouse, know_keys
from tests.custody.support.wallets import account

OUTSIDE = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
LONG_AGO = timedelta(days=30)


@dataclass(frozen=True)
class Customers:
    """Both have three bitcoin and an old address. `asked` counts the codes that were used."""

    secrets: dict[str, str]

    def ask(self, name: str, sats: int, key: str) -> Withdrawal:
        user, now = User.objects.get(username=name), timezone.now()
        wanted = Wanted(user.pk, key, Target(address=OUTSIDE), sats)
        code = code_at(self.secrets[name], step_at(now))
        return request_withdrawal(wanted=wanted, code=code, now=now, origin=Origin(user.pk))


def switch_on(settings: Settings) -> None:
    settings.CUSTODY, settings.BITCOIN_NETWORK, settings.SIGNERS = True, "regtest", {}
    settings.COLD_KEY, settings.CHAIN_START_HEIGHT = "", None


def customers(house: CustodyHouse, *names: str) -> Customers:
    since, secrets = timezone.now() - LONG_AGO, {}
    for name in names:
        house.deposit(name, 3 * BTC)
        user = User.objects.get(username=name)
        secrets[name] = new_secret()
        seed_second_factor(user_id=user.pk, secret=secrets[name], changed_at=since)
        seed_address(owner_id=user.pk, address=OUTSIDE, label="out", created_at=since)
    return Customers(secrets)


def custody_rows(settings: Settings) -> None:
    switch_on(settings)
    know_keys()
    olga, oscar = (Origin(User.objects.get_or_create(username=name)[0].pk) for name in ("ottilie", "oscar"))
    with serving_bitcoind() as node:
        source = source_of(node.url, Network.REGTEST)
        house = CustodyHouse(node.chain, source, Watcher(source))
        people = customers(house, "dora", "emil")
        node.chain.pay(bytes(refill_address().script), BTC)
        node.chain.mine(1)
        house.watch()
        source.close()
    proposal = propose_terms(changes={"fee_sats": 3_000}, origin=olga, reason="dear")
    approve_terms(proposal_id=proposal.pk, origin=oscar, reason="agreed", now=timezone.now())
    large = people.ask("dora", 2 * BTC, "large")
    approve_withdrawal(withdrawal_id=large.pk, origin=oscar, reason="known")
    people.ask("emil", BTC // 10, "small")
    plan_withdrawals(rate=2_000, terms=terms_in_force(), now=timezone.now())
    stop = stop_withdrawals(origin=olga, reason="a look")
    let_withdrawals_go_on(stop_id=stop.pk, origin=oscar, reason="fine", now=timezone.now())
    now = timezone.now()
    Restoration.objects.create(stop=stop, backup="ballast-1", snapshot_at=now, height=1, restored_at=now)
    emil = User.objects.get(username="emil")
    open_vault_wallet(emil.pk, "vault:1", key_text(account("user", Role.USER).key))
    freeze_account(owner_id=emil.pk, origin=olga, reason="asked for")
    coin = Coin.objects.filter(deposit__owner=emil).get()
    UnexpectedSpend.objects.create(coin=coin, txid="ab" * 32)
    ReorgReceivable.objects.create(deposit=coin.deposit, owner=emil, number=1, owed_sats=1)
