"""Opening: an account key that is proved, a wallet of one's own, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from access.errors import DomainError
from access.models import AccountRole, Role
from custody.bitcoin.types import Network
from custody.bitcoin.types import Role as KeyRole
from custody.models import VaultWallet, WatchedScript
from custody.services.vault_wallets import open_vault_wallet
from ledger.streams import events_of
from tests.custody.support.wallets import account
from tests.vaults.deeds.scene import NOON, assert_books_balance, opening_ask, proof_of, text_of, user
from vaults.models import FiguresVersion, Operation, Vault
from vaults.rules.proofs import Proof
from vaults.rules.statuses import VaultStatus
from vaults.services.figures import version_in_force
from vaults.services.opening import Opening, open_vault

pytestmark = pytest.mark.usefixtures("house")


def refusal(ask: Opening) -> DomainError:
    with pytest.raises(DomainError) as raised:
        open_vault(ask, NOON)
    assert not Vault.objects.exists()
    return raised.value


def test_it_makes_a_pending_vault_with_an_address_that_is_watched() -> None:
    vault = open_vault(opening_ask(label="savings"), NOON)
    assert (vault.status, vault.label, vault.version) == ("PENDING", "savings", 1)
    watched = WatchedScript.objects.get(address=vault.address)
    assert (watched.wallet, watched.owner_id, watched.branch) == (str(vault.pk), vault.owner_id, 0)
    assert [event.name for event in events_of(vault.stream)] == ["OPENED"]
    assert_books_balance()


def test_it_pins_the_figures_in_force() -> None:
    first = open_vault(opening_ask(), NOON)
    version = version_in_force()
    version.pk, version.min_ratio_ppm = None, 1_700_000
    version.save(force_insert=True)
    assert open_vault(opening_ask(), NOON).figures.min_ratio_ppm == 1_700_000
    assert Vault.objects.get(pk=first.pk).figures.min_ratio_ppm == 1_500_000


def test_two_vaults_of_one_key_have_addresses_of_their_own() -> None:
    assert open_vault(opening_ask(), NOON).address != open_vault(opening_ask(), NOON).address


def test_a_repeat_gives_the_same_vault_even_with_an_old_proof() -> None:
    ask = opening_ask()
    first = open_vault(ask, NOON)
    assert open_vault(ask, NOON + timedelta(days=1)).pk == first.pk
    assert open_vault(replace(ask, proof=Proof(0, "")), NOON).pk == first.pk
    assert Vault.objects.count() == VaultWallet.objects.count() == 1


def test_a_vaults_number_is_the_same_for_a_repeat_and_not_to_be_found_by_trying(settings: Settings) -> None:
    """The reserves show it to everybody, without its owner."""
    ask = opening_ask(key="savings")
    assert ask.vault_id == opening_ask(key="savings").vault_id != opening_ask("bob", key="savings").vault_id
    before = ask.vault_id
    settings.SECRET_KEY = "another" * 10
    assert ask.vault_id != before


def test_a_wallet_that_was_left_behind_is_taken_by_the_repeat() -> None:
    ask = opening_ask()
    wallet = open_vault_wallet(ask.owner_id, str(ask.vault_id), ask.account_key)
    assert open_vault(ask, NOON).reference == wallet.reference
    assert VaultWallet.objects.count() == 1


def test_a_wallet_that_was_left_behind_is_not_taken_for_another_key() -> None:
    ask = opening_ask()
    open_vault_wallet(ask.owner_id, str(ask.vault_id), text_of(account("other", KeyRole.USER)))
    assert refusal(ask).code == "KEY_REUSED"


def test_a_key_that_stands_for_another_opening_is_refused() -> None:
    ask = opening_ask()
    open_vault(ask, NOON)
    for changed in (replace(ask, label="other"), opening_ask(seed="other", key=ask.key)):
        with pytest.raises(DomainError) as raised:
            open_vault(changed, NOON)
        assert raised.value.code == "KEY_REUSED"


def test_two_people_may_use_the_same_word_as_key() -> None:
    alice = open_vault(opening_ask(key="mine"), NOON)
    bob = open_vault(opening_ask("bob", seed="bob", key="mine"), NOON)
    assert alice.pk != bob.pk


def test_anothers_proof_an_old_one_and_none_are_refused() -> None:
    ask = opening_ask()
    secret, mallory = account("user", KeyRole.USER), account("mallory", KeyRole.USER)
    now_s = int(NOON.timestamp())
    proofs = {
        "SIGNATURE": [proof_of(mallory, ask.owner_id), proof_of(secret, ask.owner_id + 1)],
        "TIME": [proof_of(secret, ask.owner_id, now_s - 601), proof_of(secret, ask.owner_id, now_s + 601)],
        "FORMAT": [Proof(now_s, ""), Proof(now_s, "A" * 88), Proof(now_s, ask.proof.signature + "\n")],
    }
    for reason, wrong in proofs.items():
        for proof in wrong:
            found = refusal(replace(ask, proof=proof))
            assert (found.code, found.details) == ("INVALID_PROOF", {"reason": reason})
    assert not VaultWallet.objects.exists()


def test_a_proof_holds_for_ten_minutes() -> None:
    ask = opening_ask()
    for seconds in (-600, 600):
        proof = proof_of(account("user", KeyRole.USER), ask.owner_id, int(NOON.timestamp()) + seconds)
        assert open_vault(opening_ask(proof=proof), NOON).version == 1


@pytest.mark.parametrize("field", ["account_key", "proof", "label"])
def test_a_private_key_is_refused_wherever_it_is_given_and_nowhere_kept(
    field: str, caplog: pytest.LogCaptureFixture
) -> None:
    private = (
        "tprv8ZgxMBicQKsPeDgjzdC36fs6bMjGApWDNLR9erAXMs5skhMv36j9MV5ecvfavji5khqjWaWSFhN3YcCUUdiKH6isR4Pwy3U"
    )
    ask = opening_ask()
    now_s = ask.proof.time_s
    given = {
        "account_key": replace(ask, account_key=private),
        "proof": replace(ask, proof=Proof(now_s, private)),
        "label": replace(ask, label=private[:64]),
    }
    found = refusal(given[field])
    assert (found.code, "tprv" in str(found), "tprv" in str(found.details)) == ("INVALID_XPUB", False, False)
    assert "tprv" not in caplog.text
    assert not VaultWallet.objects.exists()
    assert not Operation.objects.exists()


def test_a_key_of_another_network_and_one_of_the_house_are_refused() -> None:
    ask = opening_ask()
    main = text_of(account("user", KeyRole.USER, Network.MAIN))
    assert refusal(replace(ask, account_key=main)).code == "INVALID_XPUB"
    house = account("protocol", KeyRole.PROTOCOL)
    taken = replace(ask, account_key=text_of(house), proof=proof_of(house, ask.owner_id))
    assert refusal(taken).code == "INVALID_XPUB"


@pytest.mark.parametrize("ending", [VaultStatus.CLOSING, VaultStatus.CLOSED])
def test_an_owner_has_as_many_vaults_as_he_may_and_a_closed_one_does_not_count(ending: VaultStatus) -> None:
    version = version_in_force()
    version.pk, version.max_vaults = None, 2
    version.save(force_insert=True)
    vaults = [open_vault(opening_ask(), NOON) for _ in range(2)]
    with pytest.raises(DomainError) as raised:
        open_vault(opening_ask(), NOON)
    assert (raised.value.code, raised.value.details) == ("TOO_MANY_VAULTS", {"maximum": 2})
    assert VaultWallet.objects.count() == 2
    Vault.objects.filter(pk=vaults[0].pk).update(status=ending)
    assert open_vault(opening_ask(), NOON).version == 1
    assert FiguresVersion.objects.count() == 2


def test_who_opens_and_closes_without_end_is_stopped_for_a_day() -> None:
    version = version_in_force()
    version.pk, version.max_vaults = None, 1
    version.save(force_insert=True)
    for _ in range(5):
        open_vault(opening_ask(), NOON)
        Vault.objects.update(status=VaultStatus.CLOSED)
    with pytest.raises(DomainError) as raised:
        open_vault(opening_ask(), NOON)
    assert raised.value.code == "TOO_MANY_VAULTS"
    assert VaultWallet.objects.count() == 5
    Vault.objects.update(created_at=NOON - timedelta(days=1))
    assert open_vault(opening_ask(), NOON).version == 1


def test_a_suspended_account_opens_none_and_a_house_without_bitcoin_says_so(settings: Settings) -> None:
    AccountRole.objects.create(user=user("alice"), role=Role.SUSPENDED, changed_at=NOON)
    assert refusal(opening_ask()).code == "NOT_PERMITTED"
    settings.CUSTODY = False
    assert refusal(opening_ask("bob")).status == 503


def test_an_opening_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    open_vault(opening_ask(), NOON)
    ask = opening_ask()
    with django_assert_max_num_queries(24):  # two savepoints' four among them
        open_vault(ask, NOON)
