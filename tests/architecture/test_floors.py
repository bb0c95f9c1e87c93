"""Imports go down only, never sideways between doors; only operations write; only doors know the web."""

from tests.support import source

FLOORS = {
    "app.models": 1,
    "app.rules": 2,
    "app.queries": 2,
    "app.operations": 3,
    "app.listeners": 4,
    "app.mail_rendering": 4,
    "app.blueprints": 5,
    "app.realtime": 5,
    "app.cli": 5,
    "app.jobs": 5,
}
DOORS = tuple(name for name, floor in FLOORS.items() if floor == 5)

BESIDE = {
    "app.errors": (),
    "app.config": (),
    "app.limits": ("app.errors",),
    "app.text": (),
    "app.assets": (),
    "app.background": (),
    "app.events": ("app.models",),
    "app.extensions": ("app.models",),
    "app.identity": ("app.models",),
    "app.i18n": ("app.extensions",),
    "app.htmx": ("app.i18n",),
    "app.templating": (),
    "app.channels": ("app.extensions",),
    "app.transaction": ("app.models", "app.errors", "app.events", "app.extensions"),
    "app.logs": ("app.identity",),
    "app.security": ("app.errors", "app.extensions", "app.identity"),
    "app.macros": (),
    "app.links": (),
    "app.encryption": (),
}
"""What stands beside the stairs, and what of the house each of them may know."""

WEB = ("flask_login", "flask_wtf", "wtforms", "flask_socketio", "socketio", "engineio", "werkzeug")
WEB_NAMES = {"request", "session", "render_template", "redirect", "url_for", "make_response", "Blueprint"}
WRITES = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects", "bulk_insert_mappings"}
WRITING_STATEMENTS = {"insert", "update", "delete"}

NEIGHBOURS = {"app.blueprints.setup.views": {"auth"}}
"""Sections that may know another one: whoever has installed the server is signed in at once."""

STARTS = {"app.cli.worker": {"app.jobs.worker"}}
"""The console's command that is the worker process."""

STARTERS = {"app.cli.worker": "app.jobs.worker"}
"""A command that does nothing but start another door."""

COMMITS = {"app.transaction", "app.operations.sessions"}
"""Beside the transaction itself: signing in gives its connection back while the password is compared."""

MODULES = sorted(source.modules())


def package_of(module: str) -> str:
    """app.rules.access → app.rules"""
    return ".".join(module.split(".")[:2])


def floor_of(module: str) -> int | None:
    return FLOORS.get(package_of(module))


def house_imports(module: str) -> set[str]:
    """What a module imports of ours."""
    ours = {name for name in source.imports(source.modules()[module]) if name.startswith("app.")}
    return ours - {module}


def _of(package: str) -> set[str]:
    return {name for name in MODULES if package_of(name) == package}


@source.each(module=MODULES)
def test_every_module_has_its_place(module):
    known = FLOORS.keys() | BESIDE.keys() | {"app", "app.integrations"}
    assert package_of(module) in known or module == "app", (
        f"{module} stands on no floor: say where it belongs"
    )


@source.each(module=[name for name in MODULES if floor_of(name)])
def test_nothing_reaches_up(module):
    own = floor_of(module)
    too_high = {name for name in house_imports(module) if (floor_of(name) or 0) > own}
    assert not too_high, f"{module} (floor {own}) reaches too high: {sorted(too_high)}"


@source.each(module=[name for name in MODULES if package_of(name) == "app.models"])
def test_models_know_only_models(module):
    """And how text is folded, which knows nothing of the house."""
    assert {package_of(name) for name in house_imports(module)} <= {"app.models", "app.text"}


@source.each(module=[name for name in MODULES if package_of(name) in DOORS])
def test_doors_do_not_know_each_other(module):
    others = {name for name in house_imports(module) if package_of(name) in DOORS} - _of(package_of(module))
    others -= {STARTERS.get(module)}
    others -= STARTS.get(module, set())
    assert not others, f"{module} reaches sideways: {sorted(others)}"


@source.each(module=[name for name in MODULES if name.startswith("app.blueprints.")])
def test_sections_do_not_know_each_other(module):
    own = module.split(".")[2]
    sections = {
        name.split(".")[2]
        for name in MODULES
        if name.count(".") >= 3 and package_of(name) == "app.blueprints"
    }
    asked = {name.split(".")[2] for name in house_imports(module) if name.startswith("app.blueprints.")}
    others = (asked & sections) - {own} - NEIGHBOURS.get(module, set())
    assert not others, f"{module} reaches into another section: {sorted(others)}"


@source.each(module=[name for name in MODULES if package_of(name) == "app.integrations"])
def test_integrations_know_nothing_of_the_house(module):
    assert {package_of(name) for name in house_imports(module)} <= {"app.integrations"}


@source.each(module=[name for name in MODULES if package_of(name) in BESIDE])
def test_what_stands_beside_the_stairs_knows_little(module):
    extra = {package_of(name) for name in house_imports(module)} - {package_of(module)}
    extra -= set(BESIDE[package_of(module)])
    assert not extra, f"{module} may not know {sorted(extra)}"


@source.each(module=[name for name in MODULES if 1 <= (floor_of(name) or 9) <= 3])
def test_the_lower_floors_do_not_know_the_web(module):
    name = source.modules()[module]
    assert not {one for one in source.imports(name) if one.split(".")[0] in WEB}
    assert not {word for home, word in source.imported_names(name) if home == "flask" and word in WEB_NAMES}


@source.each(module=[name for name in MODULES if package_of(name) == "app.listeners"])
def test_listeners_know_templates_and_no_request(module):
    name = source.modules()[module]
    assert not {word for home, word in source.imported_names(name) if (home, word) == ("flask", "request")}
    assert not {
        one for one in source.imports(name) if one.split(".")[0] in ("flask_login", "flask_wtf", "wtforms")
    }


@source.each(module=[name for name in MODULES if floor_of(name) in (2, 4, 5)])
def test_only_operations_write(module):
    name = source.modules()[module]
    called = {call for call, _ in source.calls(name)}
    assert not {
        call for call in called if call.startswith("db.session.") and call.rpartition(".")[2] in WRITES
    }
    statements = {word for home, word in source.imported_names(name) if home.startswith("sqlalchemy")}
    assert not statements & WRITING_STATEMENTS, f"{module} writes by itself"


@source.each(module=sorted(set(MODULES) - COMMITS))
def test_only_the_transaction_commits(module):
    called = {call for call, _ in source.calls(source.modules()[module])}
    assert not {call for call in called if call.endswith("session.commit")}


def test_the_exceptions_are_still_needed():
    for module in COMMITS:
        assert any(call.endswith("session.commit") for call, _ in source.calls(source.modules()[module])), (
            module
        )
    for module, started in STARTERS.items():
        assert started in house_imports(module), module
    for module, sections in NEIGHBOURS.items():
        asked = house_imports(module)
        assert all(any(name.startswith(f"app.blueprints.{one}.") for name in asked) for one in sections), (
            module
        )
