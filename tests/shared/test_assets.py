"""URLs of static files: they change with the contents, and with nothing else."""

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


def test_url_contains_the_hash_of_the_file(folder):
    address = Assets(folder, "/static").asset_url("css/tokens.css")
    assert address == f"/static/css/tokens.css?v={content_hash(b'a {}')}"


def test_url_stays_while_the_server_runs(folder):
    running = Assets(folder, "/static")
    before = running.asset_url("css/tokens.css")
    write(folder / "css/tokens.css", "b {}")
    assert running.asset_url("css/tokens.css") == before


def test_url_of_a_changed_file_changes_in_development(folder):
    running = Assets(folder, "/static", is_watching=True)
    before, map_before = running.asset_url("css/tokens.css"), running.import_map()
    write(folder / "css/tokens.css", "b { color: red }")
    write(folder / "js/lib/more.js", "export {};")
    assert running.asset_url("css/tokens.css") != before
    assert "teamchat/lib/more" in running.import_map()["imports"].keys() - map_before["imports"].keys()


def test_vendor_url_is_found_in_the_manifest(folder):
    assert Assets(folder, "/static").vendor_url("icons") == "/static/vendor/icons-3.svg"


def test_missing_manifest_names_the_command(folder):
    (folder / "vendor/manifest.json").unlink()
    with pytest.raises(RuntimeError, match="bin/vendor"):
        Assets(folder, "/static").vendor_url("icons")


def test_import_map_contains_modules_and_libraries(folder):
    names = Assets(folder, "/static").import_map()["imports"]
    assert set(names) == {"htmx", "socket.io-client", "uplot", "teamchat/app", "teamchat/lib/csrf"}
    assert all("?v=" in address for name, address in names.items() if name.startswith("teamchat/"))


def test_template_functions_return_the_same_urls(folder):
    app = Flask("assets", static_folder=folder, static_url_path="/static")
    write(folder / "js/a<b.js", "")
    assets.init_app(app)
    with app.app_context():
        rendered = app.jinja_env.from_string("{{ import_map() }} {{ vendor_url('htmx') }}").render()
    assert "<" not in rendered
    assert rendered.endswith("/static/vendor/htmx-1.js")
    assert json.loads(rendered.rpartition(" ")[0])["imports"]["teamchat/a<b"]


def test_preloads_contain_each_static_import_once(folder):
    write(
        folder / "js/app.js",
        'import htmx from "htmx";\nimport {\n  a,\n} from "teamchat/lib/a";\nimport "teamchat/lib/csrf";\n',
    )
    write(
        folder / "js/lib/a.js",
        'export { b } from "teamchat/lib/csrf";\n/** @type {import("teamchat/x").X} */\n',
    )
    write(
        folder / "js/lib/csrf.js",
        'import { a } from "teamchat/lib/a";\nexport const late = () => import("teamchat/late");\n',
    )
    running = Assets(folder, "/static")
    expected = [
        "/static/vendor/htmx-1.js",
        running.asset_url("js/lib/a.js"),
        running.asset_url("js/lib/csrf.js"),
    ]
    assert running.preloads(("teamchat/app",)) == expected


def test_preloads_leave_out_the_entries(folder):
    write(folder / "js/more.js", 'import "teamchat/lib/csrf";\nimport "teamchat/app";\n')
    running = Assets(folder, "/static")
    assert running.preloads(("teamchat/app", "teamchat/more")) == [running.asset_url("js/lib/csrf.js")]
