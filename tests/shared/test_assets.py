"""Addresses of files change with their contents, and with nothing else."""

import json

import pytest
from flask import Flask

from app import assets
from app.assets import Assets, content_hash


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "css/tokens.css", "a {}")
    write(tmp_path / "js/app.js", 'import "teamchat/lib/csrf";')
    write(tmp_path / "js/lib/csrf.js", "export {};")
    files = {
        "htmx": "htmx-1.js",
        "socket.io-client": "socket.io-client-2.js",
        "uplot": "uplot-4.js",
        "icons": "icons-3.svg",
    }
    write(tmp_path / "vendor/manifest.json", json.dumps({"source": "x", "files": files}))
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_address_of_a_file_carries_its_hash(folder):
    address = Assets(folder, "/static").asset_url("css/tokens.css")
    assert address == f"/static/css/tokens.css?v={content_hash(b'a {}')}"


def test_a_running_server_keeps_the_address_it_has_given(folder):
    served = Assets(folder, "/static")
    before = served.asset_url("css/tokens.css")
    write(folder / "css/tokens.css", "b {}")
    assert served.asset_url("css/tokens.css") == before


def test_while_developing_a_changed_file_gets_another_address(folder):
    served = Assets(folder, "/static", is_watching=True)
    before, map_before = served.asset_url("css/tokens.css"), served.import_map()
    write(folder / "css/tokens.css", "b { color: red }")
    write(folder / "js/lib/more.js", "export {};")
    assert served.asset_url("css/tokens.css") != before
    assert "teamchat/lib/more" in served.import_map()["imports"].keys() - map_before["imports"].keys()


def test_a_library_is_found_by_its_name_in_the_manifest(folder):
    assert Assets(folder, "/static").vendor_url("icons") == "/static/vendor/icons-3.svg"


def test_without_libraries_the_message_says_what_to_run(folder):
    (folder / "vendor/manifest.json").unlink()
    with pytest.raises(RuntimeError, match="bin/vendor"):
        Assets(folder, "/static").vendor_url("icons")


def test_the_import_map_names_every_module_and_the_libraries(folder):
    names = Assets(folder, "/static").import_map()["imports"]
    assert set(names) == {"htmx", "socket.io-client", "uplot", "teamchat/app", "teamchat/lib/csrf"}
    assert all("?v=" in address for name, address in names.items() if name.startswith("teamchat/"))


def test_templates_ask_by_the_same_names(folder):
    app = Flask("assets", static_folder=folder, static_url_path="/static")
    write(folder / "js/a<b.js", "")
    assets.init_app(app)
    with app.app_context():
        rendered = app.jinja_env.from_string("{{ import_map() }} {{ vendor_url('htmx') }}").render()
    assert "<" not in rendered
    assert rendered.endswith("/static/vendor/htmx-1.js")
    assert json.loads(rendered.rpartition(" ")[0])["imports"]["teamchat/a<b"]
