"""Everybody gets the source of what runs, and nothing else of this machine."""

import io
import tarfile

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture(scope="module")
def names() -> set[str]:
    response = Client().get("/source")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
        return set(archive.getnames())


def test_it_has_what_is_needed_to_run_it(names: set[str]) -> None:
    wanted = ["LICENSE", "README.md", "manage.py", "requirements.txt", "config/settings.py"]
    wanted += ["dashboard/templates/dashboard/base.html", "dashboard/static/dashboard/js/frame.js"]
    assert {f"ballast/{name}" for name in wanted} <= names


def test_nothing_of_a_deployment_is_in_it(names: set[str]) -> None:
    assert all(name.startswith("ballast/") and ".." not in name for name in names)
    assert not [name for name in names if name.split("/")[1].startswith(".")]
    assert not [
        name for name in names if any(part in name for part in ("node_modules", "__pycache__", ".env"))
    ]


def test_every_page_leads_to_it() -> None:
    assert f'href="{settings.SOURCE_URL}"' in Client().get("/design/").content.decode()
