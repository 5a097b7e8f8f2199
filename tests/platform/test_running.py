"""Other commands of the machine find the servers of a running `up`, and what is set wins."""

from pathlib import Path

from config.running import running_environment, tell_nothing, tell_others

URLS = {"DATABASE_URL": "postgresql:///somewhere", "REDIS_URL": "unix:///somewhere.sock"}


def test_it_tells_where_the_servers_are_and_nothing_else(tmp_path: Path) -> None:
    tell_others(tmp_path, {**URLS, "HOME": "/root"})
    assert running_environment(tmp_path) == URLS


def test_what_was_told_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    tell_others(tmp_path, URLS)
    assert (tmp_path / "environment.json").stat().st_mode & 0o077 == 0


def test_nothing_is_known_before_the_start_and_after_the_stop(tmp_path: Path) -> None:
    assert running_environment(tmp_path) == {}
    tell_others(tmp_path, URLS)
    tell_nothing(tmp_path)
    assert running_environment(tmp_path) == {}


def test_a_damaged_file_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text("{")
    assert running_environment(tmp_path) == {}
