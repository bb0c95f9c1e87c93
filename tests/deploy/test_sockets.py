"""Folders of sockets, and answers on them."""

import os

import pytest

from deploy.local import sockets


@pytest.fixture
def short(tmp_path, monkeypatch):
    """Use an empty runtime directory with a short path."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_short_path_is_used(short):
    path = short / "run"
    if len(os.fsencode(path)) > sockets.LONGEST_FOLDER:
        pytest.fail("the temporary folder's own path is too long for this test")
    assert sockets.socket_folder(path) == path
    assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["x" * 100, "mes documents", "à jour", "a;b"])
def test_unsuitable_path_links_to_a_private_folder(short, name):
    path = short / name / "run"
    folder = sockets.socket_folder(path)
    assert path.readlink() == folder
    assert folder.parent == short
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sockets.socket_folder(path) == folder


def test_two_checkouts_have_two_folders(short):
    folders = {sockets.socket_folder(short / ("x" * 100) / name) for name in ("one", "two")}
    assert len(folders) == 2


def test_folder_that_others_can_enter_is_refused(short):
    path = short / ("x" * 100)
    sockets.socket_folder(path).chmod(0o755)
    with pytest.raises(PermissionError):
        sockets.socket_folder(path)


def test_missing_socket_does_not_answer(tmp_path):
    assert not sockets.mariadb_answers(tmp_path / "mariadb.sock")
    assert not sockets.redis_answers(tmp_path / "redis.sock")
