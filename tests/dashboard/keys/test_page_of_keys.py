"""The page of keys as the server gives it: for everybody, and without a camera."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.camera import WITH_CAMERA

VAULT = "/vaults/9046ccd6-a21b-4702-b641-a3aff4bafc30"


@pytest.mark.django_db
def test_it_is_for_everybody_and_asks_the_server_for_nothing() -> None:
    page = Client().get("/keys")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'id="own-vaults"' not in text


@pytest.mark.django_db
def test_no_form_of_it_could_send_words_even_where_its_scripts_do_not_run() -> None:
    text = Client().get("/keys").content.decode()
    forms = re.findall(r"<form[^>]*>", text)
    assert len(forms) == 3  # of words to bring, words to check, a passphrase
    assert all('method="dialog"' in form and "action" not in form for form in forms)


@pytest.mark.django_db
def test_who_is_logged_in_sees_whose_keys_his_vaults_are_of() -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    assert 'id="own-vaults"' in client.get("/keys").content.decode()


@pytest.mark.django_db
def test_only_the_page_where_a_device_is_scanned_may_use_the_camera() -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    assert client.get(VAULT).headers["Permissions-Policy"] == WITH_CAMERA
    assert "camera=(self)" in WITH_CAMERA
    for path in ("/keys", "/vaults", "/vaults/new"):
        assert "camera=()" in client.get(path).headers["Permissions-Policy"]
