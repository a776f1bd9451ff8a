"""What is kept is its owner's alone, except where a group writes, as in a container's volume."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.sharing import refusal, share
from testbed.commands import yuanju
from tests.conftest import SEEDS


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


@pytest.mark.parametrize(("around", "file", "folder"), [(0o755, "600", "700"), (0o775, "660", "770")])
def test_the_group_has_the_owners_rights_where_it_may_write(
    tmp_path: Path, around: int, file: str, folder: str
) -> None:
    (tmp_path / "kept").touch(mode=0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    tmp_path.chmod(around)
    for path in (tmp_path / "kept", tmp_path / "folder"):
        share(path)
    assert (mode(tmp_path / "kept"), mode(tmp_path / "folder")) == (file, folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners as here")
def test_a_refusal_tells_whose_a_file_is_and_what_to_do(tmp_path: Path) -> None:
    user = os.geteuid()
    others = Path("/")
    if user == 0:
        others = tmp_path / "theirs"
        others.mkdir()
        os.chown(others, 65534, -1)
    owner = others.stat().st_uid
    refused = PermissionError(errno.EACCES, "Permission denied", str(others / "missing" / "file"))
    assert refusal(refused) == (
        f"{others} belongs to user {owner}, and this runs as user {user}; run it as {owner}, or chown -R it"
    )


def test_a_refusal_of_ones_own_file_says_what_the_system_says(tmp_path: Path) -> None:
    own = PermissionError(errno.EACCES, "Permission denied", str(tmp_path))
    assert refusal(own) == f"{tmp_path}: Permission denied"
    assert refusal(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"


def test_in_a_container_another_user_of_the_group_can_go_on(
    tmp_path: Path, prepared: Callable[[Path], Path], dictionaries: Path
) -> None:
    index = prepared(tmp_path / "index")
    index.chmod(0o775)
    environment = {"YUANJU_DOCUMENTS": str(SEEDS), "YUANJU_INDEX": str(index), "container": "oci"}
    assert yuanju("check", environment=environment).returncode == 0
    kept = [path for path in (*index.rglob("*"), *dictionaries.rglob("*")) if not path.is_symlink()]
    owners, groups = stat.S_IRUSR | stat.S_IWUSR, stat.S_IRGRP | stat.S_IWGRP
    closed = [path for path in kept if path.stat().st_mode & (owners | groups) != owners | groups]
    assert (len(kept) > 10, closed) == (True, [])
