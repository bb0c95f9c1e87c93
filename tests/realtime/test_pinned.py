"""Pinned libraries: another version or a changed source is refused at start."""

import pytest
from socketio.redis_manager import RedisManager

from app.realtime import pinned
from app.realtime.manager import HintManager
from app.realtime.pinned import UnsupportedLibrary


def test_installed_libraries_are_supported():
    pinned.check()


@pytest.mark.parametrize("name", pinned.VERSIONS)
def test_other_version_is_refused_in_one_sentence(monkeypatch, name):
    installed = pinned.VERSIONS[name]
    monkeypatch.setitem(pinned.VERSIONS, name, "0.1")
    with pytest.raises(UnsupportedLibrary) as refusal:
        pinned.check()
    assert str(refusal.value) == (
        "Reinstall the libraries (pip install --force-reinstall -r requirements.txt): "
        f"{name} {installed} is installed and 0.1 is supported."
    )


@pytest.mark.parametrize("path", pinned.SOURCES)
def test_changed_source_is_refused(monkeypatch, path):
    monkeypatch.setitem(pinned.SOURCES, path, "changed")
    library, supported = pinned._library_of(path)
    with pytest.raises(UnsupportedLibrary, match=f"{path} is not that of {library} {supported}"):
        pinned.check()


def test_missing_source_is_refused(monkeypatch):
    monkeypatch.setitem(pinned.SOURCES, "engineio.socket:Socket.nothing", "0")
    with pytest.raises(UnsupportedLibrary, match=r"Socket\.nothing is not that of python-engineio"):
        pinned.check()


def test_methods_replaced_by_the_redis_manager_are_pinned():
    replaced = [
        name for name, value in vars(HintManager).items() if callable(value) and hasattr(RedisManager, name)
    ]
    pinned_names = {path.rpartition(".")[2] for path in pinned.MANAGER}
    assert len(replaced) > 3 and not set(replaced) - pinned_names
