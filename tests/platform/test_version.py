"""Which version runs, by what a platform says, what is checked out, or a file; never an error."""

from pathlib import Path

import pytest

from config.version import UNKNOWN, version

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git(folder: Path, head: str, **files: str) -> Path:
    (folder / ".git" / "refs" / "heads").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(head)
    for name, text in files.items():
        (folder / ".git" / name.replace("__", "/").replace("_", "-")).write_text(text)
    return folder


@pytest.mark.parametrize("name", ["BALLAST_VERSION", "HEROKU_SLUG_COMMIT", "RAILWAY_GIT_COMMIT_SHA"])
def test_what_a_platform_says_comes_first(tmp_path: Path, name: str) -> None:
    assert version(git(tmp_path, "f" * 40), {name: COMMIT}) == COMMIT[:12]


def test_a_branch_is_followed_to_its_commit(tmp_path: Path) -> None:
    folder = git(tmp_path, "ref: refs/heads/main\n", refs__heads__main=f"{COMMIT}\n")
    assert version(folder, {}) == COMMIT[:12]


def test_so_is_one_that_git_has_packed(tmp_path: Path) -> None:
    folder = git(tmp_path, "ref: refs/heads/main\n", packed_refs=f"# pack-refs\n{COMMIT} refs/heads/main\n")
    assert version(folder, {}) == COMMIT[:12]


def test_without_git_a_file_says_it(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("1.4.0\n")
    assert version(tmp_path, {}) == "1.4.0"


def test_nothing_at_all_is_no_error(tmp_path: Path) -> None:
    assert version(tmp_path, {}) == UNKNOWN
    assert version(git(tmp_path, "ref: refs/heads/gone"), {}) == UNKNOWN
