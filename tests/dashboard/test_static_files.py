"""Static files: each version has its own URLs, compressed where it helps; old pages still find theirs."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from config.static_version import static_version

SHEET = "dashboard/css/parts.css"


def content(client: Client, url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.get(url, headers=headers)
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body, dict(response.items())


def test_a_file_is_kept_for_ever_and_packed_for_who_can_unpack(client: Client) -> None:
    url = settings.STATIC_URL + SHEET
    _, plain, headers = content(client, url)
    assert "immutable" in headers["Cache-Control"]
    status, packed, headers = content(client, url, accept_encoding="br, gzip")
    assert (status, headers["Content-Encoding"], headers["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert int(headers["Content-Length"]) == len(packed) < len(plain) // 2
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity", ""])
def test_nothing_is_packed_for_who_does_not_say_so(client: Client, accepted: str) -> None:
    _, _, headers = content(client, settings.STATIC_URL + SHEET, accept_encoding=accepted)
    assert "Content-Encoding" not in headers


def test_a_page_of_another_release_gets_the_file_and_does_not_keep_it(client: Client) -> None:
    status, body, headers = content(client, f"/static/{'0' * 12}/{SHEET}")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    assert body == content(client, settings.STATIC_URL + SHEET)[1]


@pytest.mark.parametrize(
    "url", [f"/static/{SHEET}", f"/static/xyz/{SHEET}", f"/static/{'0' * 12}/nothing.css"]
)
def test_what_is_no_file_is_not_there(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_the_version_changes_with_content_and_name_alone(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("one==1")
    versions = []
    for place, name, text in [("a", "x", "1"), ("b", "x", "1"), ("c", "y", "1"), ("d", "x", "2")]:
        folder = tmp_path / place
        folder.mkdir()
        (folder / name).write_text(text)
        versions.append(static_version([folder], pins))
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
