"""The pages of vaults and reserves as the server gives them: words and frames, to whoever may see them."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

NUMBER = "9046ccd6-a21b-4702-b641-a3aff4bafc30"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/vaults", "/reserves"])
def test_everybody_sees_what_is_for_everybody(path: str) -> None:
    assert Client().get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/vaults/new", f"/vaults/{NUMBER}", "/reserves/proof"])
def test_nobody_is_asked_to_log_in_and_comes_back(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/login?next={path.replace('/', '%2F')}"


@pytest.mark.django_db
def test_a_page_does_not_say_whether_a_vault_exists() -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    response = client.get(f"/vaults/{NUMBER}")
    assert response.status_code == 200
    assert f'data-vault="{NUMBER}"' in response.content.decode()


@pytest.mark.django_db
def test_the_proofs_page_knows_who_looks_from_the_session() -> None:
    client, alice = Client(), User.objects.create_user("alice")
    client.force_login(alice)
    page = client.get("/reserves/proof").content.decode()
    assert f'data-audit-id="{alice.pk}:alice"' in page


def test_the_script_is_the_one_of_the_documentation() -> None:
    response = Client().get("/reserves/verify_liabilities.py")
    assert response.content == (Path(settings.BASE_DIR) / "docs/verify_liabilities.py").read_bytes()
    assert response.headers["Content-Disposition"] == 'attachment; filename="verify_liabilities.py"'
